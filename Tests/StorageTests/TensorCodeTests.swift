import Testing

@testable import Storage

@Suite("Numbers as they are written")
struct TensorCodeTests {
  @Test(
    "stand for what widening gives, in every format that can stay as it is",
    arguments: TensorFormat.allCases.filter { $0.code != nil && $0.blockSize > 1 })
  func blocks(format: TensorFormat) throws {
    let code = try #require(format.code)
    let (rows, columns) = (3, 64)
    var state: UInt64 = 5
    let count = rows * columns / format.blockSize * format.blockBytes
    var bytes = (0..<count).map { _ in
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return UInt8(truncatingIfNeeded: state >> 40)
    }
    // Scales and offsets of any sign, but none that is infinite or no number.
    for block in stride(from: 0, to: count, by: format.blockBytes) {
      for half in [1, 3] { bytes[block + half] &= 0xbf }
    }
    let tensor = StoredTensor(
      name: "w", shape: [rows, columns], format: format, file: MappedFile(bytes, named: "m"),
      bytes: 0..<count)
    var codes: [UInt16] = []
    var (scales, offsets): ([Float], [Float]) = ([], [])
    for row in 0..<rows {
      tensor.readCodes(row..<row + 1, into: &codes, scales: &scales, offsets: &offsets)
    }
    #expect(codes.allSatisfy { $0 < 1 << code.bits } && scales.count == rows * columns / 32)
    let numbers = codes.enumerated().map { index, q in
      (Float(q) - Float(code.bias)) * scales[index / 32] + offsets[index / 32]
    }
    #expect(numbers == tensor.values())
  }

  @Test("of 16 bits are the file's own", arguments: [TensorFormat.half, .brain])
  func halves(format: TensorFormat) {
    let tensor = StoredTensor(
      name: "w", shape: [1, 2], format: format,
      file: MappedFile([0x34, 0x12, 0x78, 0x56], named: "m"), bytes: 0..<4)
    var codes: [UInt16] = []
    var (scales, offsets): ([Float], [Float]) = ([], [])
    tensor.readCodes(0..<1, into: &codes, scales: &scales, offsets: &offsets)
    #expect(codes == [0x1234, 0x5678] && scales.isEmpty && offsets.isEmpty)
  }
}
