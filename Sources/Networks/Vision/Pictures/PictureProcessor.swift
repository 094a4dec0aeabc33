/// What a tower reads of one picture.
package struct ProcessedPicture: Sendable, Hashable {
  /// The bytes before they are rescaled, in the order of the numbers.
  package var bytes: [UInt8]
  /// How many bytes of a colour follow each other.
  package var planeSize: Int
  /// Which tiles or patches they are.
  package var parts: PictureParts
  /// How bytes become numbers.
  package var rescaling: PictureRescaling

  /// The numbers.
  package var values: [Float] { rescaling.values(planes: bytes, planeSize: planeSize) }

  /// The numbers of one tile, or of all patches, and how they are laid out.
  ///
  /// - Precondition: `tile` is one of `parts.tiles`.
  func input(tile: Int) -> (values: [Float], layout: VisionInputLayout) {
    switch parts {
    case .patches(let grid): return (values, .patches([grid]))
    case .tiles(_, _, let height, let width):
      let size = 3 * height * width
      let own = Array(bytes[tile * size..<(tile + 1) * size])
      return (
        rescaling.values(planes: own, planeSize: planeSize),
        .tiles(count: 1, height: height, width: width)
      )
    }
  }
}

/// How a picture was cut.
package enum PictureParts: Sendable, Hashable {
  /// Tiles of one size: rows and columns of them and then the whole picture, or, with 0 rows, that alone.
  case tiles(rows: Int, columns: Int, height: Int, width: Int)
  /// Patches, in the order in which neighbours are merged.
  case patches(PatchGrid)

  /// How many tiles there are; one where there are patches.
  package var tiles: Int {
    guard case .tiles(let rows, let columns, _, _) = self else { return 1 }
    return rows * columns + 1
  }
}

/// How many patches a picture or a video has.
package struct PatchGrid: Sendable, Hashable {
  /// Steps in time; 1 for a picture.
  package var time: Int
  /// Patches from top to bottom.
  package var rows: Int
  /// Patches from left to right.
  package var columns: Int

  /// A grid.
  package init(time: Int, rows: Int, columns: Int) {
    self.time = time
    self.rows = rows
    self.columns = columns
  }

  /// Patches in all.
  package var count: Int { time * rows * columns }
}

/// How pictures are made ready for a tower; each kind is the image processor of a family.
package enum PictureProcessor: Sendable, Hashable {
  /// The middle of every picture (CLIP).
  case cropped(CropProcessor)
  /// One size for all (SigLIP).
  case square(SquareProcessor)
  /// Tiles and a global view (Idefics3, SmolVLM).
  case tiled(TileProcessor)
  /// Patches at about the picture's own size (Qwen2-VL).
  case patched(PatchProcessor)

  /// Makes a picture ready.
  ///
  /// - Throws: `PictureError` for a picture that the family does not take.
  package func process(_ picture: Picture) throws -> ProcessedPicture {
    switch self {
    case .cropped(let processor): try processor.process(picture)
    case .square(let processor): processor.process(picture)
    case .tiled(let processor): processor.process(picture)
    case .patched(let processor): try processor.process(picture)
    }
  }
}

/// Every picture in one size, whatever its shape was.
package struct SquareProcessor: Sendable, Hashable {
  /// Pixels of a row.
  package var width: Int
  /// Rows.
  package var height: Int
  /// How pictures are resampled.
  package var filter = Resampling.bicubic
  /// How bytes become numbers.
  package var rescaling = PictureRescaling()

  /// A processor.
  package init(width: Int, height: Int) {
    self.width = width
    self.height = height
  }

  func process(_ picture: Picture) -> ProcessedPicture {
    ProcessedPicture(
      bytes: picture.resized(width: width, height: height, filter).planes,
      planeSize: width * height,
      parts: .tiles(rows: 0, columns: 0, height: height, width: width), rescaling: rescaling)
  }
}
