internal import Tensors

/// The patches of tiles of one size.
struct TileGrid {
  let shape: VisionConfiguration
  /// Tiles.
  let count: Int
  /// Patches from top to bottom of a tile.
  let high: Int
  /// Patches from left to right.
  let wide: Int

  /// - Throws: `VisionError.size` where the tower was made for another size.
  init(
    _ shape: VisionConfiguration, _ count: Int, _ height: Int, _ width: Int
  ) throws(VisionError) {
    self.shape = shape
    self.count = count
    high = height / shape.patch
    wide = width / shape.patch
    let isFree = shape.family == .idefics3
    let fits = isFree || (high == shape.side && wide == shape.side)
    guard count > 0, high > 0, wide > 0, fits else {
      throw .size(height: height, width: width, side: shape.side * shape.patch)
    }
    self.height = height
    self.width = width
  }

  private let height: Int
  private let width: Int

  /// Rows of a tile: its patches, and what stands before them.
  private var length: Int { shape.classRows + high * wide }

  /// Rows of all tiles.
  var rows: Int { count * length }

  /// The rows of each tile.
  var segments: [Range<Int>] {
    (0..<count).map { $0 * length..<($0 + 1) * length }
  }

  /// For each row 1 where it is a tile's class row, else 0.
  func classRows<Scalar: Real>() -> [Scalar] {
    (0..<rows).map { $0.isMultiple(of: length) ? 1 : 0 }
  }

  /// The numbers of each patch beside each other: colours, rows, columns; zeros in the place of a class row.
  ///
  /// What is left over on the right and below is cut off.
  ///
  /// - Throws: `VisionError.count` where there are not as many as tiles need.
  func patches<Scalar: Real>(_ values: [Scalar]) throws(VisionError) -> [Scalar] {
    guard values.count == count * 3 * height * width else {
      throw .count(values.count, expected: count * 3 * height * width)
    }
    var result: [Scalar] = []
    result.reserveCapacity(rows * shape.patchNumbers)
    for tile in 0..<count {
      result.append(contentsOf: repeatElement(0, count: shape.classRows * shape.patchNumbers))
      for place in 0..<high * wide {
        let (top, left) = (place / wide * shape.patch, place % wide * shape.patch)
        for colour in 0..<3 {
          for y in top..<top + shape.patch {
            let start = ((tile * 3 + colour) * height + y) * width + left
            result.append(contentsOf: values[start..<start + shape.patch])
          }
        }
      }
    }
    return result
  }

  /// The learned position of each row; those of patches follow that of a class row.
  func positions() -> [Int] {
    let (vertical, horizontal) = (places(high), places(wide))
    let tile = vertical.flatMap { row in
      horizontal.map { shape.classRows + row * shape.side + $0 }
    }
    return (0..<count).flatMap { _ in Array(0..<shape.classRows) + tile }
  }

  /// The patches in the order in which pixel shuffle takes them.
  ///
  /// - Throws: `VisionError.size` where squares would not fill a tile.
  func shuffled() throws(VisionError) -> [Int] {
    let merge = shape.merge
    guard high.isMultiple(of: merge), wide.isMultiple(of: merge) else {
      throw .size(height: height, width: width, side: shape.side * shape.patch)
    }
    let tile = PatchGrid(time: 1, rows: high, columns: wide).mergeOrder(merge)
    return (0..<count).flatMap { index in
      tile.map { index * high * wide + $0.row * wide + $0.column }
    }
  }

  /// The places along one side of `length` patches among those that positions were learned for.
  ///
  /// SigLIP's and CLIP's are as they come. Idefics3 sorts the fractions i/length into buckets that begin at multiples of 1/side, both in
  /// single precision: where rounding puts a fraction below its border, a place comes twice and the next never. What
  /// was trained that way must be read that way.
  private func places(_ length: Int) -> [Int] {
    shape.family == .idefics3 ? Self.places(length, among: shape.side) : Array(0..<length)
  }

  /// The places of `length` patches among `side`.
  static func places(_ length: Int, among side: Int) -> [Int] {
    let borders = borders(side)
    let step = 1 / Float(length)
    return (0..<length).map { index in
      let fraction = min(Float(index) * step, Float(1 - 1e-6))
      return borders.count { $0 <= fraction }
    }
  }

  /// `torch.arange(1/side, 1, 1/side)` in single precision, as its kernel for eight lanes rounds it: pairs of vectors begin
  /// at a rounded number and count on in double precision, what is left over is computed one by one.
  private static func borders(_ side: Int) -> [Float] {
    let step = 1 / Double(side)
    let count = Int(((1 - step) / step).rounded(.up))
    return (0..<count).map { index in
      guard index < count / 16 * 16 else { return Float(step + step * Double(index)) }
      let first = Float(step + step * Double(index / 8 * 8))
      return Float(Double(first) + Double(index % 8) * step)
    }
  }
}
