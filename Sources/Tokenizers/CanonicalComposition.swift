internal import Foundation

/// Unicode's composed form (NFC) as the `NFC` normaliser of tokenizers makes it.
enum CanonicalComposition {
  /// The composed form of well-formed UTF-8, or `nil` where it is the text itself.
  ///
  /// Below U+0300 nothing composes, reorders or decomposes, and its lead bytes are those below 0xCC. Above, only runs of
  /// characters that might change are given to Foundation, each with the character before it, which may take a mark.
  static func composed(_ bytes: ArraySlice<UInt8>) -> [UInt8]? {
    guard bytes.contains(where: { $0 >= 0xCC }) else { return nil }
    var result: [UInt8] = []
    result.reserveCapacity(bytes.count)
    var run = String.UnicodeScalarView()
    var mayChange = false
    for scalar in String(decoding: bytes, as: UTF8.self).unicodeScalars {
      let isInert = isInert(scalar)
      if isInert || isNew(scalar) {
        append(run, to: &result, composing: mayChange)
        run = String.UnicodeScalarView()
        mayChange = false
      } else {
        mayChange = true
      }
      if isNew(scalar) {
        result.append(contentsOf: UTF8.encode(scalar) ?? UTF8.encodedReplacementCharacter)
      } else {
        run.append(scalar)
      }
    }
    append(run, to: &result, composing: mayChange)
    return result
  }

  private static func append(
    _ run: String.UnicodeScalarView, to result: inout [UInt8], composing: Bool
  ) {
    let text = String(run)
    result.append(contentsOf: (composing ? text.precomposedStringWithCanonicalMapping : text).utf8)
  }

  /// Whether a character is a starter that stays as it is and joins nothing before it.
  private static func isInert(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.value {
    case 0..<0x300, 0x2010..<0x2126, 0x3041..<0x3094, 0x30A1..<0x30F4, 0x4E00...0x9FFF,
      0xAC00...0xD7A3, 0xFF00..<0xFFF0, 0x1F300..<0x1FB00:
      true
    default: false
    }
  }

  /// Whether the tables of tokenizers' normaliser lack the character: then nothing happens to it.
  private static func isNew(_ scalar: Unicode.Scalar) -> Bool {
    scalar.value >= 0x300 && !isInert(scalar) && !CharacterClasses.isKnown(scalar.properties)
  }
}
