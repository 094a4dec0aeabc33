package import Core
package import Tensors

/// A network of the Llama family over prefix trees: RMS norms, rotary positions, grouped-query attention, SwiGLU.
///
/// Biases, norms of heads, windows and an output matrix of its own are there where the configuration's variations say so.
/// It holds no weights: the same decoder serves Float training and Double checks, student, reference and teacher.
package struct Decoder<Scalar: Real>: Sendable {
  /// The shape.
  package let configuration: DecoderConfiguration

  let heads: HeadLayout
  let rotary: RotaryTable<Scalar>
  let embedding: ParameterID
  let featureProjection: ParameterID?
  let layers: [Layer]
  let norm: ParameterID
  /// What turns hidden rows into logits: the embedding where the two are tied.
  let head: ParameterID
  /// What turns hidden rows into what they look for before a time, after it and within a stretch; `nil` where answers point at nothing.
  let pointers: ParameterID?
  /// What rows of features pass first; `nil` where they go in as they are.
  let encoder: RowEncoder.Matrices?
  /// What the gates of `GatedRows` come from; without one they are constants.
  let gate: (any FrameGate)?

  /// A decoder of the given shape.
  package init(_ configuration: DecoderConfiguration, gate: (any FrameGate)? = nil) {
    self.configuration = configuration
    self.gate = gate
    let layout = configuration.layout
    heads = configuration.headLayout
    rotary = configuration.rotaryTable()
    embedding = ParameterID("embedding", in: layout)
    featureProjection = configuration.features > 0 ? ParameterID("features", in: layout) : nil
    encoder = configuration.encoder.map { _ in RowEncoder.Matrices(in: layout) }
    layers = (0..<configuration.layers).map { Layer("layers.\($0).", in: layout) }
    norm = ParameterID("norm", in: layout)
    pointers = layout["pointers"] == nil ? nil : ParameterID("pointers", in: layout)
    head = layout["head"] == nil ? embedding : ParameterID("head", in: layout)
  }

  /// Logits at the rows that predict response tokens.
  ///
  /// - Parameters:
  ///   - batch: Prompts with responses, packed.
  ///   - tape: The tape of the pass, bound to weights of this shape.
  ///   - features: Gets the gradient in the feature rows, where it is wanted.
  ///   - pictures: The feature rows of all prompts, where this pass made them.
  ///   - keep: Gets each layer's keys and values with the plan of all rows, before they are attended to.
  ///   - watch: Gets each layer's queries, keys and values with the plan by which they are attended to.
  /// - Returns: Hidden rows after the last norm, one a predicting row.
  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  func hidden(
    _ batch: PackedBatch<Scalar>, on tape: Tape<Scalar>, features: GradientSink<Scalar>? = nil,
    pictures: Variable? = nil,
    keep: (_ keyValue: Variable, AttentionPlan<Scalar>) -> Void = { _, _ in },
    watch: (_ query: Variable, _ keyValue: Variable, AttentionPlan<Scalar>) -> Void = { _, _, _ in }
  ) -> Variable {
    var x = inputs(batch, on: tape, features: features, pictures: pictures)
    let rotary = rotary(of: batch)
    for (index, layer) in layers.enumerated() {
      let isLast = index == layers.count - 1
      let window = configuration.window(ofLayer: index)
      x = apply(layer, to: x, reading: isLast ? batch.readRows : nil, on: tape) { query, keyValue in
        let all = plan(batch, rotary, read: false, window: window)
        keep(keyValue, all)
        let asked = isLast ? plan(batch, rotary, read: true, window: window) : all
        watch(query, keyValue, asked)
        return tape.attention(query: query, keyValue: keyValue, plan: asked)
      }
    }
    return tape.rmsNorm(x, norm, epsilon: configuration.normEpsilon)
  }

  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  func inputs(
    _ batch: PackedBatch<Scalar>, on tape: Tape<Scalar>, features sink: GradientSink<Scalar>? = nil,
    pictures: Variable? = nil
  ) -> Variable {
    var projected = pictures
    if batch.featureRows > 0, pictures == nil {
      // Rows of pictures come from a tower, as wide as the decoder.
      let columns = featureProjection == nil ? configuration.width : configuration.features
      let features =
        sink.map {
          tape.leaf(batch.features, rows: batch.featureRows, columns: columns, gradient: $0)
        }
        ?? tape.input(batch.features, rows: batch.featureRows, columns: columns)
      projected =
        encoded(features, of: batch, isProbed: sink != nil, on: tape)
        ?? featureProjection.map { tape.linear(features, $0) } ?? features
    }
    precondition(
      projected?.rows ?? 0 == batch.featureRows,
      "\(projected?.rows ?? 0) rows of pictures for \(batch.featureRows) places.")
    return tape.compose(batch.sources, projected: projected, table: embedding)
  }

  /// Whether all rows of a prompt see each other.
  var hasPrefixAttention: Bool { configuration.variations?.hasPrefixAttention == true }

  /// Prompts with responses as rows.
  func packed(_ branches: [Branch]) -> PackedBatch<Scalar> {
    PackedBatch(
      branches, firstSpot: rotary.positions, promptSight: hasPrefixAttention ? .whole : .past,
      readsPrompts: pointers != nil)
  }

  /// The table of positions, with those that rows of pictures have of their own.
  func rotary(of batch: PackedBatch<Scalar>) -> RotaryTable<Scalar> {
    guard !batch.spots.isEmpty else { return rotary }
    let frequencies = configuration.rotaryFrequencies
    guard let axes = configuration.variations?.rotaryAxes, axes.count == frequencies.count else {
      preconditionFailure("This decoder knows no rows and columns.")
    }
    return rotary.adding(
      angles: batch.spots.map { spot in
        let coordinates = [spot.time, spot.row, spot.column]
        return zip(axes, frequencies).map { Double(coordinates[$0]) * $1 }
      })
  }

  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  func plan(
    _ batch: PackedBatch<Scalar>, _ rotary: RotaryTable<Scalar>, read: Bool, window: Int?
  ) -> AttentionPlan<Scalar> {
    AttentionPlan(
      heads: heads, rotary: rotary, segments: batch.segments,
      families: read ? batch.readFamilies : batch.families,
      queryPositions: read ? batch.readRows.map { batch.positions[$0] } : batch.positions,
      keyPositions: batch.positions,
      window: window.map {
        SlidingWindow(
          size: $0,
          firstPositions: AttentionPlan<Scalar>.firstPositions(batch.segments, batch.positions))
      })
  }
}
