/// Patches of a picture at about its own size: both sides become multiples of a merged patch, the number of pixels stays
/// within bounds.
///
/// Source: Wang et al., "Qwen2-VL", arXiv:2409.12191, §2.1; the sizes are those of Qwen's `smart_resize`.
package struct PatchProcessor: Sendable, Hashable {
  /// The fewest pixels of a picture.
  package var fewest = 56 * 56
  /// The most pixels of a picture.
  package var most = 28 * 28 * 1280
  /// The side of a patch, pixels.
  package var patch = 14
  /// Patches on a side of what is merged.
  package var merge = 2
  /// Frames of a patch; a picture is shown that often.
  package var frames = 2
  /// How pictures are resampled.
  package var filter = Resampling.bicubic
  /// How bytes become numbers: CLIP's means and deviations unless another is said.
  package var rescaling = PictureRescaling.clip

  /// A processor.
  package init() {}

  /// The size a picture gets.
  ///
  /// - Throws: `PictureError.tooThin` where one side is more than 200 times the other.
  package func size(height: Int, width: Int) throws -> (height: Int, width: Int) {
    guard max(height, width) <= 200 * min(height, width) else {
      throw PictureError.tooThin(width: width, height: height, most: 200)
    }
    let unit = Double(patch * merge)
    let (high, wide) = (Double(height), Double(width))
    // Halves go to even numbers, as in Python.
    let rows = (high / unit).rounded(.toNearestOrEven)
    let columns = (wide / unit).rounded(.toNearestOrEven)
    let pixels = rows * columns * unit * unit
    func sides(_ one: Double, _ other: Double) -> (height: Int, width: Int) {
      (Int(one) * patch * merge, Int(other) * patch * merge)
    }
    if pixels > Double(most) {
      let shrink = (high * wide / Double(most)).squareRoot()
      return sides(
        max(1, (high / shrink / unit).rounded(.down)),
        max(1, (wide / shrink / unit).rounded(.down)))
    }
    if pixels < Double(fewest) {
      let growth = (Double(fewest) / (high * wide)).squareRoot()
      return sides(
        (high * growth / unit).rounded(.up), (wide * growth / unit).rounded(.up))
    }
    return sides(rows, columns)
  }

  func process(_ picture: Picture) throws -> ProcessedPicture {
    let size = try size(height: picture.height, width: picture.width)
    let resized = picture.resized(width: size.width, height: size.height, filter)
    let grid = PatchGrid(time: 1, rows: size.height / patch, columns: size.width / patch)
    var bytes: [UInt8] = []
    bytes.reserveCapacity(grid.count * 3 * frames * patch * patch)
    for place in grid.mergeOrder(merge) {
      for colour in 0..<3 {
        for _ in 0..<frames { append(resized, place, colour, to: &bytes) }
      }
    }
    return ProcessedPicture(
      bytes: bytes, planeSize: frames * patch * patch, parts: .patches(grid),
      rescaling: rescaling)
  }

  /// One colour of the patch at a place.
  private func append(
    _ picture: Picture, _ place: (row: Int, column: Int), _ colour: Int, to bytes: inout [UInt8]
  ) {
    for y in place.row * patch..<(place.row + 1) * patch {
      let start = 3 * (y * picture.width + place.column * patch) + colour
      for x in 0..<patch { bytes.append(picture.bytes[start + 3 * x]) }
    }
  }
}

extension PatchGrid {
  /// Row and column of every patch of one step in time: squares of `side` after each other, so that patches which are merged
  /// are neighbours.
  func mergeOrder(_ side: Int) -> [(row: Int, column: Int)] {
    var result: [(row: Int, column: Int)] = []
    result.reserveCapacity(rows * columns)
    for top in stride(from: 0, to: rows, by: side) {
      for left in stride(from: 0, to: columns, by: side) {
        for row in top..<top + side {
          for column in left..<left + side { result.append((row, column)) }
        }
      }
    }
    return result
  }
}
