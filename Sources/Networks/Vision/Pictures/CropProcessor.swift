/// The middle of every picture, in one size: the shorter side is scaled, and what is left over of the longer one is cut off on
/// both sides (CLIP).
///
/// Source: Radford et al., arXiv:2103.00020; the sizes are those of transformers' `CLIPImageProcessor`.
package struct CropProcessor: Sendable, Hashable {
  /// The shorter side before pictures are cut, pixels.
  package var shortest: Int
  /// Pixels of a row that is kept.
  package var width: Int
  /// Rows that are kept.
  package var height: Int
  /// How pictures are resampled.
  package var filter = Resampling.bicubic
  /// How bytes become numbers.
  package var rescaling = PictureRescaling.clip

  /// The longer side may be so many times the shorter: what is cut off is computed before.
  static let thinnest = 200

  /// A processor.
  ///
  /// - Precondition: What is kept is at most `shortest` on a side.
  package init(shortest: Int, width: Int, height: Int) {
    precondition(max(width, height) <= shortest, "\(width) × \(height) of \(shortest).")
    self.shortest = shortest
    self.width = width
    self.height = height
  }

  func process(_ picture: Picture) throws -> ProcessedPicture {
    let (short, long) = (
      min(picture.width, picture.height), max(picture.width, picture.height)
    )
    guard long <= Self.thinnest * short else {
      throw PictureError.tooThin(
        width: picture.width, height: picture.height, most: Self.thinnest)
    }
    // In this order in double precision, and cut off, as in Python.
    let longer = Int(Double(shortest * long) / Double(short))
    let size =
      picture.width <= picture.height
      ? (width: shortest, height: longer) : (width: longer, height: shortest)
    let middle = picture.resized(width: size.width, height: size.height, filter).cropped(
      x: (size.width - width) / 2, y: (size.height - height) / 2, width: width, height: height)
    return ProcessedPicture(
      bytes: middle.planes, planeSize: width * height,
      parts: .tiles(rows: 0, columns: 0, height: height, width: width), rescaling: rescaling)
  }
}
