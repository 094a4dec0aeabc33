/// Square tiles at a high resolution, then the whole picture as one more tile.
///
/// Source: Laurençon et al., "Building and better understanding vision-language models", arXiv:2408.12637, §3.1; the sizes
/// are those of transformers' `Idefics3ImageProcessor`.
package struct TileProcessor: Sendable, Hashable {
  /// The longer side before pictures are cut, pixels.
  package var longest: Int
  /// The side of a tile, pixels.
  package var tile: Int
  /// Whether pictures are cut at all.
  package var splits = true
  /// How pictures are resampled.
  package var filter = Resampling.lanczos
  /// How bytes become numbers.
  package var rescaling = PictureRescaling()

  /// No picture becomes larger than this on a side.
  static let mostPixels = 4096

  /// A processor.
  package init(longest: Int, tile: Int) {
    self.longest = longest
    self.tile = tile
  }

  /// The rows and columns of tiles that a picture becomes; 0 of both where it is one tile.
  package func grid(height: Int, width: Int) -> (rows: Int, columns: Int) {
    guard splits else { return (0, 0) }
    let size = cut(fitted(height: height, width: width))
    guard size.height > tile || size.width > tile else { return (0, 0) }
    return (size.height / tile, size.width / tile)
  }

  func process(_ picture: Picture) -> ProcessedPicture {
    let size = fitted(height: picture.height, width: picture.width)
    let (rows, columns) = grid(height: picture.height, width: picture.width)
    var whole = picture.resized(width: size.width, height: size.height, filter)
    var bytes: [UInt8] = []
    bytes.reserveCapacity(3 * tile * tile * (rows * columns + 1))
    if splits {
      let size = cut(size)
      whole = whole.resized(width: size.width, height: size.height, filter)
    }
    for place in 0..<rows * columns {
      let (row, column) = place.quotientAndRemainder(dividingBy: columns)
      bytes += whole.cropped(x: column * tile, y: row * tile, width: tile, height: tile).planes
    }
    bytes += whole.resized(width: tile, height: tile, filter).planes
    return ProcessedPicture(
      bytes: bytes, planeSize: tile * tile,
      parts: .tiles(rows: rows, columns: columns, height: tile, width: tile),
      rescaling: rescaling)
  }

  /// The longer side at `longest`, the shorter in proportion and even.
  private func fitted(height: Int, width: Int) -> (height: Int, width: Int) {
    func even(_ side: Double) -> Int { max(1, Int(side) + Int(side) % 2) }
    let ratio = Double(width) / Double(height)
    return width >= height
      ? below((even(Double(longest) / ratio), longest))
      : below((longest, even(Double(longest) * ratio)))
  }

  /// The same proportion below the largest size.
  private func below(_ size: (height: Int, width: Int)) -> (height: Int, width: Int) {
    let most = Self.mostPixels
    let ratio = Double(size.width) / Double(size.height)
    if size.width >= size.height, size.width > most {
      return (max(1, Int(Double(most) / ratio)), most)
    }
    if size.height > size.width, size.height > most {
      return (most, max(1, Int(Double(most) * ratio)))
    }
    return size
  }

  /// Both sides up to whole tiles.
  private func cut(_ size: (height: Int, width: Int)) -> (height: Int, width: Int) {
    func whole(_ side: Int) -> Int { (side + tile - 1) / tile * tile }
    let ratio = Double(size.width) / Double(size.height)
    if size.width >= size.height {
      let width = whole(size.width)
      return (whole(Int(Double(width) / ratio)), width)
    }
    let height = whole(size.height)
    return (height, whole(Int(Double(height) * ratio)))
  }
}
