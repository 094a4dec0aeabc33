/// The 256 printable characters by which byte-level vocabularies write bytes (Radford et al., GPT-2, `bytes_to_unicode`).
///
/// Printable Latin-1 stands for itself; the other 68 bytes are moved, in order, to U+0100 and on: a space is "Ġ".
enum ByteAlphabet {
  /// The character of each byte.
  static let scalars: [Unicode.Scalar] = {
    var moved: UInt32 = 0x100
    return (0..<256).map { byte in
      let isPrintable = (33...126).contains(byte) || (161...172).contains(byte) || byte >= 174
      if isPrintable { return Unicode.Scalar(UInt8(byte)) }
      defer { moved += 1 }
      return Unicode.Scalar(moved) ?? "?"
    }
  }()

  /// The byte of each character below U+0144, or -1.
  private static let bytes: [Int] = {
    var result = [Int](repeating: -1, count: 0x144)
    for (byte, scalar) in scalars.enumerated() { result[Int(scalar.value)] = byte }
    return result
  }()

  /// How a vocabulary spells bytes.
  static func spelling(of bytes: some Sequence<UInt8>) -> String {
    var text = String.UnicodeScalarView()
    for byte in bytes { text.append(scalars[Int(byte)]) }
    return String(text)
  }

  /// Whether every character of a spelling is of the alphabet; then its bytes are appended to `result`.
  static func append(
    _ spelling: ArraySlice<UInt8>, to result: inout [UInt8]
  ) -> Bool {
    let table = bytes
    let before = result.count
    var index = spelling.startIndex
    while index < spelling.endIndex {
      let first = Int(spelling[index])
      // All of the alphabet lies below U+0144: one byte or two.
      let isShort = first < 0x80
      let value =
        isShort
        ? first : first < 0xE0 ? (first & 0x1F) << 6 | Int(spelling[index + 1] & 0x3F) : table.count
      guard value < table.count, table[value] >= 0 else {
        result.removeSubrange(before...)
        return false
      }
      result.append(UInt8(table[value]))
      index += isShort ? 1 : 2
    }
    return true
  }
}
