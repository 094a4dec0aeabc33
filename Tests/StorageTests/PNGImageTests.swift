import Testing

@testable import Storage

/// A PNG file whose pixels are stored, not packed.
private func png(
  width: Int, height: Int, depth: UInt8 = 8, kind: UInt8, rows: [UInt8],
  parts: [(String, [UInt8])] = [], interlaced: UInt8 = 0
) -> [UInt8] {
  func number(_ value: Int) -> [UInt8] {
    (0..<4).map { UInt8(truncatingIfNeeded: value >> (24 - 8 * $0)) }
  }
  func chunk(_ name: String, _ body: [UInt8]) -> [UInt8] {
    let covered = Array(name.utf8) + body
    return number(body.count) + covered + number(Int(CyclicRedundancy.checksum(covered)))
  }
  var (a, b) = (1, 0)
  for byte in rows {
    a = (a + Int(byte)) % 65521
    b = (b + a) % 65521
  }
  let length = [UInt8(truncatingIfNeeded: rows.count), UInt8(rows.count >> 8)]
  let stored = [0x78, 0x01, 0x01] + length + length.map { ~$0 } + rows + number(b << 16 | a)
  let header = number(width) + number(height) + [depth, kind, 0, 0, interlaced]
  return [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A] + chunk("IHDR", header)
    + parts.flatMap { chunk($0.0, $0.1) } + chunk("IDAT", stored) + chunk("IEND", [])
}

@Suite("A PNG file")
struct PNGImageTests {
  @Test("undoes each filter")
  func filters() throws {
    let file = png(
      width: 3, height: 5, kind: 0,
      rows: [
        0, 10, 20, 30, 1, 1, 1, 1, 2, 1, 1, 1, 3, 5, 5, 5, 4, 1, 2, 3,
      ])
    let image = try PNGImage(file, from: "f.png")
    #expect(image.channels == 1 && image.width == 3 && image.height == 5)
    // Means: ⌊(0 + 2)/2⌋ + 5, ⌊(6 + 3)/2⌋ + 5, ⌊(9 + 4)/2⌋ + 5. Nearest of left, upper and upper left: 6, 9, 11.
    #expect(image.bytes == [10, 20, 30, 1, 2, 3, 2, 3, 4, 6, 9, 11, 7, 11, 14])
  }

  @Test("spreads few bits over a byte and looks colours up")
  func fewBits() throws {
    let grey = png(width: 3, height: 1, depth: 2, kind: 0, rows: [0, 0b0110_1100])
    #expect(try PNGImage(grey, from: "f").bytes == [85, 170, 255])
    let palette = png(
      width: 2, height: 1, depth: 1, kind: 3, rows: [0, 0b0100_0000],
      parts: [("PLTE", [1, 2, 3, 4, 5, 6]), ("tRNS", [7])])
    let image = try PNGImage(palette, from: "f")
    #expect(image.channels == 4 && image.bytes == [1, 2, 3, 7, 4, 5, 6, 255])
  }

  @Test("makes one colour transparent")
  func key() throws {
    let file = png(
      width: 2, height: 1, kind: 2, rows: [0, 1, 2, 3, 4, 5, 6],
      parts: [("tRNS", [0, 4, 0, 5, 0, 6])])
    #expect(try PNGImage(file, from: "f").bytes == [1, 2, 3, 255, 4, 5, 6, 0])
  }

  @Test("is refused in a sentence where it is damaged or of another kind")
  func refusals() {
    let good = png(width: 2, height: 1, kind: 0, rows: [0, 1, 2])
    var files = (0..<good.count).map { Array(good.prefix($0)) }
    for index in good.indices.dropFirst(8).dropLast(12) {
      var file = good
      file[index] ^= 0x10
      files.append(file)
    }
    files += [
      png(width: 2, height: 1, depth: 16, kind: 0, rows: [0, 1, 2, 3, 4]),
      png(width: 2, height: 1, kind: 0, rows: [0, 1, 2], interlaced: 1),
      png(width: 2, height: 1, kind: 0, rows: [5, 1, 2]),
      png(width: 3, height: 1, kind: 0, rows: [0, 1, 2]),
      png(width: 1 << 30, height: 1 << 30, kind: 6, rows: [0]),
      png(width: 10_000, height: 10_000, kind: 6, rows: [0]),
      png(width: 1, height: 1, kind: 3, rows: [0, 4], parts: [("PLTE", [1, 2, 3])]),
      png(width: 2, height: 1, kind: 0, rows: [0, 1, 2], parts: [("ABCD", [])]),
    ]
    for file in files {
      #expect(throws: StorageError.self) { try PNGImage(file, from: "f.png") }
    }
  }
}
