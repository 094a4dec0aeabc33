package import Tensors

/// What a tower reads: the numbers of tiles or patches, and how they are laid out.
package struct VisionInput<Scalar: Real>: Sendable {
  /// The numbers, in the order of `ProcessedPicture.values`.
  var values: [Scalar]
  /// How they are laid out.
  var layout: VisionInputLayout

  /// An input.
  package init(_ values: [Scalar], _ layout: VisionInputLayout) {
    self.values = values
    self.layout = layout
  }
}

/// How the numbers that a tower reads are laid out.
package enum VisionInputLayout: Sendable, Hashable {
  /// Tiles of one size: `count · 3 · height · width`.
  case tiles(count: Int, height: Int, width: Int)
  /// Patches of pictures and videos after each other, each in merge order: `patches · numbers of a patch`.
  case patches([PatchGrid])
}

/// A transformer over the patches of pictures, in which all see each other.
///
/// It holds no weights, as the decoder does not; its parameters may lie behind a decoder's.
package struct VisionTower<Scalar: Real>: Sendable {
  /// The shape.
  package let configuration: VisionConfiguration

  let patch: ParameterID
  let learned: LearnedPositions?
  let layers: [VisionLayer]
  let head: PoolingHead?
  let classRow: ClassRow?
  let merger: VisionMerger?

  /// A tower of a shape.
  ///
  /// - Precondition: The layout has its parameters.
  package init(_ configuration: VisionConfiguration, in layout: ParameterLayout) {
    self.configuration = configuration
    patch = ParameterID("vision.patch", in: layout)
    learned = configuration.family.hasLearnedPositions ? LearnedPositions(layout) : nil
    layers = (0..<configuration.layers).map { VisionLayer("vision.layers.\($0).", in: layout) }
    let hasClassRow = configuration.family.hasClassRow
    head = configuration.pools && !hasClassRow ? PoolingHead(layout) : nil
    classRow = hasClassRow ? ClassRow(layout) : nil
    merger = configuration.outputs > 0 ? VisionMerger(layout) : nil
  }

  /// The hidden state of every patch after the last layer (and its norm, where there is one for all).
  ///
  /// - Parameters:
  ///   - input: Pictures.
  ///   - tape: The tape of the pass.
  /// - Returns: One row a patch: tiles row by row, each behind its class row where there is one, or patches in the order in
  ///   which the layers see them.
  /// - Throws: `VisionError` where the numbers do not fit the tower.
  package func hidden(
    _ input: VisionInput<Scalar>, on tape: Tape<Scalar>
  ) throws -> Variable {
    switch input.layout {
    case .tiles(let count, let height, let width):
      return try tiles(input.values, TileGrid(configuration, count, height, width), on: tape)
    case .patches(let grids):
      return try patches(input.values, PatchOrder(configuration, grids), on: tape)
    }
  }

  /// The rows that a decoder reads in the places of its picture tokens.
  ///
  /// - Parameters:
  ///   - hidden: What `hidden(_:on:)` returned for `layout`.
  ///   - layout: How the input was laid out.
  ///   - tape: The tape of the pass.
  /// - Returns: Rows as wide as the decoder, in the order of its tokens.
  /// - Throws: `VisionError` where the layout does not fit the tower.
  /// - Precondition: The tower leads to a decoder.
  package func rows(
    _ hidden: Variable, _ layout: VisionInputLayout, on tape: Tape<Scalar>
  ) throws -> Variable {
    guard let merger else { preconditionFailure("This tower leads to no decoder.") }
    switch layout {
    case .tiles(let count, let height, let width):
      let grid = try TileGrid(configuration, count, height, width)
      return merger.shuffle(hidden, try grid.shuffled(), configuration, on: tape)
    case .patches(let grids):
      let order = try PatchOrder(configuration, grids)
      return merger.merge(hidden, order.restored, configuration, on: tape)
    }
  }

  /// One row a tile, of `pooledWidth` numbers: what the pooling head makes of its patches, or its class row behind a norm and
  /// a matrix.
  ///
  /// - Precondition: The tower has a head or class rows, and `hidden` has as many rows a tile.
  package func pooled(_ hidden: Variable, tiles: Int, on tape: Tape<Scalar>) -> Variable {
    if let classRow {
      return classRow.apply(hidden, tiles: tiles, configuration, on: tape)
    }
    guard let head else { preconditionFailure("This tower has no pooling head.") }
    return head.apply(hidden, tiles: tiles, configuration, on: tape)
  }

  private func tiles(
    _ values: [Scalar], _ grid: TileGrid, on tape: Tape<Scalar>
  ) throws -> Variable {
    guard let learned else { throw VisionError.layout(configuration.family.rawValue) }
    let numbers = try grid.patches(values)
    let places = grid.positions().map { RowSource.token($0) }
    var added = tape.compose(places, projected: nil, table: learned.table)
    if let classRow { added = classRow.added(to: added, grid, on: tape) }
    var x = tape.linear(
      tape.input(numbers, rows: grid.rows, columns: configuration.patchNumbers), patch,
      bias: learned.bias, adding: added)
    if let norm = classRow?.inputNorm {
      x = norm.apply(x, epsilon: configuration.normEpsilon, on: tape)
    }
    let plan = AttentionPlan<Scalar>(
      whole: grid.segments, heads: configuration.headLayout,
      rotary: .still(width: configuration.headWidth),
      positions: [Int](repeating: 0, count: grid.rows))
    for layer in layers { x = layer.apply(to: x, plan, configuration, on: tape) }
    guard let norm = learned.norm else { return x }
    return norm.apply(x, epsilon: configuration.normEpsilon, on: tape)
  }

  private func patches(
    _ values: [Scalar], _ order: PatchOrder, on tape: Tape<Scalar>
  ) throws -> Variable {
    guard learned == nil else { throw VisionError.layout(configuration.family.rawValue) }
    let count = order.rows.count
    guard values.count == count * configuration.patchNumbers else {
      throw VisionError.count(values.count, expected: count * configuration.patchNumbers)
    }
    let input = tape.input(values, rows: count, columns: configuration.patchNumbers)
    var x = tape.linear(input, patch)
    if configuration.window != nil { x = tape.gather(x, rows: order.rows) }
    let rotary = RotaryTable<Scalar>.still(width: configuration.headWidth)
      .adding(angles: order.angles)
    let positions = (1...count).map { $0 }
    let plan = { (segments: [Range<Int>]) in
      AttentionPlan<Scalar>(
        whole: segments, heads: configuration.headLayout, rotary: rotary, positions: positions)
    }
    let full = plan(order.frames)
    let near = configuration.window == nil ? full : plan(order.windows)
    for (index, layer) in layers.enumerated() {
      let isFull = configuration.fullLayers.contains(index)
      x = layer.apply(to: x, isFull ? full : near, configuration, on: tape)
    }
    return x
  }
}

/// The table of learned positions and what else only such towers have.
struct LearnedPositions: Sendable {
  /// The patches' bias; `nil` where a class row stands before them.
  let bias: ParameterID?
  let table: ParameterID
  /// The norm behind all rows; `nil` where it is the class row's alone.
  let norm: VisionNorm?

  init(_ layout: ParameterLayout) {
    let hasClassRow = layout["vision.class"] != nil
    bias = hasClassRow ? nil : ParameterID("vision.patchBias", in: layout)
    table = ParameterID("vision.positions", in: layout)
    norm = hasClassRow ? nil : VisionNorm("vision.norm", in: layout)
  }
}

extension AttentionPlan {
  /// Segments of which all rows see each other and none of another.
  init(
    whole segments: [Range<Int>], heads: HeadLayout, rotary: RotaryTable<Scalar>,
    positions: [Int]
  ) {
    self.init(
      heads: heads, rotary: rotary, segments: segments,
      families: segments.enumerated().map { index, rows in
        Family(
          visible: [],
          members: [Member(queries: rows, own: index, firstOwn: 0, sight: .whole)])
      }, queryPositions: positions, keyPositions: positions)
  }
}
