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

  /// The bytes that a spelling stands for, or `nil` where a character is not of the alphabet.
  static func bytes(of spelling: String) -> [UInt8]? {
    var result: [UInt8] = []
    result.reserveCapacity(spelling.utf8.count)
    for scalar in spelling.unicodeScalars {
      let value = Int(scalar.value)
      guard value < bytes.count, bytes[value] >= 0 else { return nil }
      result.append(UInt8(bytes[value]))
    }
    return result
  }
}
