import Core
import Storage
import Testing

@testable import Networks

private func noise(_ width: Int, _ height: Int, seed: UInt64) -> Picture {
  var generator = Seed(seed).generator()
  return Picture(
    width: width, height: height,
    bytes: (0..<3 * width * height).map { _ in UInt8(generator.integer(below: 256)) })
}

@Suite("A picture in another size")
struct PictureTests {
  private static let filters = Resampling.allCases

  @Test("stays as it is in its own size", arguments: filters)
  func same(filter: Resampling) {
    let picture = noise(7, 5, seed: 1)
    #expect(picture.resized(width: 7, height: 5, filter) == picture)
  }

  @Test("stays of one colour", arguments: filters)
  func constant(filter: Resampling) {
    func bytes(_ pixels: Int) -> [UInt8] {
      Array([[UInt8]](repeating: [3, 128, 255], count: pixels).joined())
    }
    let picture = Picture(width: 7, height: 5, bytes: bytes(35))
    for (width, height) in [(3, 2), (20, 9), (7, 1), (1, 5), (2, 40)] {
      let other = picture.resized(width: width, height: height, filter)
      #expect(other.bytes == bytes(width * height))
    }
  }

  @Test("is mirrored where the picture is", arguments: [Resampling.bilinear, .bicubic])
  func mirrored(filter: Resampling) {
    func mirror(_ picture: Picture) -> Picture {
      let pixels = (0..<picture.width * picture.height).map { index -> [UInt8] in
        let (row, column) = index.quotientAndRemainder(dividingBy: picture.width)
        let start = 3 * (row * picture.width + picture.width - 1 - column)
        return Array(picture.bytes[start..<start + 3])
      }
      return Picture(width: picture.width, height: picture.height, bytes: Array(pixels.joined()))
    }
    let picture = noise(12, 9, seed: 2)
    #expect(
      mirror(picture.resized(width: 5, height: 4, filter))
        == mirror(picture).resized(width: 5, height: 4, filter))
  }

  @Test("is resampled downwards first where the height shrinks much more than the width")
  func order() {
    let picture = noise(20, 40, seed: 3)
    func steps(_ width: Int, _ height: Int) -> (vertical: Picture, horizontal: Picture) {
      (
        picture.resized(width: 20, height: height, .bicubic)
          .resized(width: width, height: height, .bicubic),
        picture.resized(width: width, height: 40, .bicubic)
          .resized(width: width, height: height, .bicubic)
      )
    }
    // 40 − 7 > 2·(20 − 10) and 40 − 20 = 2·(20 − 10).
    let much = picture.resized(width: 10, height: 7, .bicubic)
    #expect(much == steps(10, 7).vertical && much != steps(10, 7).horizontal)
    let little = picture.resized(width: 10, height: 20, .bicubic)
    #expect(little == steps(10, 20).horizontal && little != steps(10, 20).vertical)
  }

  @Test("lays what is transparent over white")
  func alpha() throws {
    // Pillow 13: Image.alpha_composite(white, (200, 10, 0, a)) for a = 0, 1, 128, 255.
    let expected: [[UInt8]] = [
      [255, 255, 255], [255, 254, 254], [227, 132, 127], [200, 10, 0],
    ]
    for (alpha, colour) in zip([0, 1, 128, 255] as [UInt8], expected) {
      let own = Picture.overWhite([200, 10, 0], alpha)
      #expect(own == colour)
    }
  }

  @Test("loses what is left over on both sides of the middle, whichever side is longer")
  func middle() throws {
    let processor = PictureProcessor.cropped(CropProcessor(shortest: 6, width: 4, height: 4))
    // Two to three as six to nine: of nine five are left over, two of them before the middle.
    for (width, height) in [(4, 6), (6, 4)] {
      let picture = noise(width, height, seed: 5)
      let whole = picture.resized(
        width: width < height ? 6 : 9, height: width < height ? 9 : 6, .bicubic)
      let own = try processor.process(picture)
      #expect(
        own.bytes
          == whole.cropped(
            x: width < height ? 1 : 2, y: width < height ? 2 : 1, width: 4, height: 4
          ).planes)
      #expect(own.parts == .tiles(rows: 0, columns: 0, height: 4, width: 4))
    }
    #expect(throws: PictureError.tooThin(width: 201, height: 1, most: 200)) {
      try processor.process(noise(201, 1, seed: 6))
    }
  }

  @Test("becomes patches in the order in which neighbours are merged")
  func patches() throws {
    var processor = PatchProcessor()
    (processor.fewest, processor.most, processor.patch) = (16, 4096, 2)
    let picture = noise(8, 4, seed: 4)
    let own = try processor.process(picture)
    #expect(own.parts == .patches(PatchGrid(time: 1, rows: 2, columns: 4)))
    // The fifth patch is the first of the second square: row 0, column 2; its second frame is its first again.
    let patch = own.bytes[4 * 24..<5 * 24]
    func pixel(_ x: Int, _ y: Int, _ colour: Int) -> UInt8 {
      picture.bytes[3 * (y * 8 + x) + colour]
    }
    var expected: [UInt8] = []
    for colour in 0..<3 {
      for _ in 0..<2 {
        for (x, y) in [(4, 0), (5, 0), (4, 1), (5, 1)] { expected.append(pixel(x, y, colour)) }
      }
    }
    #expect(Array(patch) == expected)
    #expect(throws: PictureError.tooThin(width: 201, height: 1, most: 200)) {
      try processor.process(noise(201, 1, seed: 5))
    }
  }

  @Test("becomes tiles row by row, the whole picture last")
  func tiles() throws {
    let processor = TileProcessor(longest: 8, tile: 4)
    let picture = noise(8, 8, seed: 6)
    let own = processor.process(picture)
    #expect(own.parts == .tiles(rows: 2, columns: 2, height: 4, width: 4))
    #expect(own.bytes.count == 5 * 48)
    #expect(
      Array(own.bytes[96..<144]) == picture.cropped(x: 0, y: 4, width: 4, height: 4).planes)
    #expect(
      Array(own.bytes[192...]) == picture.resized(width: 4, height: 4, .lanczos).planes)
  }

  @Test("is written into a prompt tile by tile")
  func prompt() throws {
    let markers = TileMarkers()
    let parts: [PictureParts] = [
      .tiles(rows: 1, columns: 2, height: 4, width: 4),
      .tiles(rows: 0, columns: 0, height: 4, width: 4),
    ]
    let border = "<fake_token_around_image>"
    #expect(
      try markers.expanded("a<image>b<image>", pictures: parts, length: 2)
        == "a\(border)<row_1_col_1><image><image>\(border)<row_1_col_2><image><image>\n"
        + "\n\(border)<global-img><image><image>\(border)b"
        + "\(border)<global-img><image><image>\(border)")
    #expect(throws: VisionError.tokens(1, expected: 2)) {
      try markers.expanded("a<image>", pictures: parts, length: 2)
    }
  }
}
