import Foundation

/// Numbers as text that every language can read exactly: little-endian bytes in base64.
///
/// Thirty times faster than decimal numbers in JSON, and the same bits on both sides.
enum Base64 {
  /// Float32 numbers as text.
  static func text(_ values: some Collection<Float>) -> String {
    var bytes: [UInt8] = []
    bytes.reserveCapacity(values.count * 4)
    for value in values { append(value.bitPattern, to: &bytes) }
    return Data(bytes).base64EncodedString()
  }

  /// Int32 numbers as text.
  static func text(integers: some Collection<Int>) -> String {
    var bytes: [UInt8] = []
    bytes.reserveCapacity(integers.count * 4)
    for value in integers { append(UInt32(truncatingIfNeeded: value), to: &bytes) }
    return Data(bytes).base64EncodedString()
  }

  /// The Float32 numbers that a text says, or `nil` if it is not base64 of whole numbers.
  static func floats(_ text: String) -> [Float]? {
    words(text).map { $0.map { Float(bitPattern: $0) } }
  }

  /// The Int32 numbers that a text says, or `nil` if it is not base64 of whole numbers.
  static func integers(_ text: String) -> [Int]? {
    words(text).map { $0.map { Int(Int32(bitPattern: $0)) } }
  }

  private static func append(_ word: UInt32, to bytes: inout [UInt8]) {
    bytes.append(UInt8(truncatingIfNeeded: word))
    bytes.append(UInt8(truncatingIfNeeded: word >> 8))
    bytes.append(UInt8(truncatingIfNeeded: word >> 16))
    bytes.append(UInt8(truncatingIfNeeded: word >> 24))
  }

  private static func words(_ text: String) -> [UInt32]? {
    guard let data = Data(base64Encoded: text), data.count.isMultiple(of: 4) else { return nil }
    let bytes = [UInt8](data)
    return stride(from: 0, to: bytes.count, by: 4).map { at in
      let low = UInt32(bytes[at]) | UInt32(bytes[at + 1]) << 8
      let high = UInt32(bytes[at + 2]) << 16 | UInt32(bytes[at + 3]) << 24
      return low | high
    }
  }
}
