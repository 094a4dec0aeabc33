/// What a pre-tokenizer tells apart in a character.
enum CharacterClass: UInt8 {
  /// `\p{L}`.
  case letter
  /// `\p{N}`.
  case number
  /// CR and LF.
  case newline
  /// `\s` but for CR and LF.
  case space
  /// Everything else: marks, punctuation, symbols, and what no Unicode version has named.
  case other
}

/// The classes of characters in the Unicode version that vocabularies were made with.
///
/// tokenizers' regular expressions know Unicode 16, Swift 6.3 knows 17: a letter of Unicode 17 is no letter there. The
/// `Digits` pre-tokenizer is Rust's `char::is_numeric`, which knows 17.
struct CharacterClasses: Sendable {
  /// The version of tokenizers 0.23's regular expressions.
  static let version: Unicode.Version = (major: 16, minor: 0)

  /// One table for everybody: Latin to the end of the kana, 13 KB, made in about a millisecond.
  static let shared = CharacterClasses()

  private static let tabulated: UInt32 = 0x3400
  private let table: [CharacterClass]

  private init() {
    table = (0..<Self.tabulated).map { Unicode.Scalar($0).map(Self.look) ?? .other }
  }

  /// The class of a code point.
  @inline(__always)
  func of(_ value: UInt32) -> CharacterClass {
    if value < Self.tabulated { return table[Int(value)] }
    // The unified ideographs and the Hangul syllables: most of what lies outside the table in real text.
    if (0x4E00...0x9FEF).contains(value) || (0xAC00...0xD7A3).contains(value) { return .letter }
    return Unicode.Scalar(value).map(Self.look) ?? .other
  }

  /// Whether the `Digits` pre-tokenizer takes a code point for a digit.
  @inline(__always)
  func isDigit(_ value: UInt32) -> Bool {
    if value < 0x80 { return value >= 0x30 && value <= 0x39 }
    return Unicode.Scalar(value).map { Self.isNumber($0.properties.generalCategory) } ?? false
  }

  /// Whether `\w` of tokenizers' added tokens has a character (UTS 18, annex C): what makes a single word longer.
  static func isWord(_ scalar: Unicode.Scalar) -> Bool {
    let properties = scalar.properties
    guard isKnown(properties) else { return false }
    if properties.isAlphabetic || properties.isJoinControl { return true }
    switch properties.generalCategory {
    case .nonspacingMark, .spacingMark, .enclosingMark, .decimalNumber, .connectorPunctuation:
      return true
    default: return false
    }
  }

  /// Whether a version of Unicode has the character.
  static func isKnown(
    _ properties: Unicode.Scalar.Properties, since version: Unicode.Version = version
  ) -> Bool {
    guard let age = properties.age else { return false }
    return (age.major, age.minor) <= (version.major, version.minor)
  }

  private static func look(_ scalar: Unicode.Scalar) -> CharacterClass {
    if scalar == "\r" || scalar == "\n" { return .newline }
    let properties = scalar.properties
    if properties.isWhitespace { return .space }
    switch properties.generalCategory {
    case .uppercaseLetter, .lowercaseLetter, .titlecaseLetter, .modifierLetter, .otherLetter:
      return isKnown(properties) ? .letter : .other
    case let category where isNumber(category): return isKnown(properties) ? .number : .other
    default: return .other
    }
  }

  private static func isNumber(_ category: Unicode.GeneralCategory) -> Bool {
    category == .decimalNumber || category == .letterNumber || category == .otherNumber
  }
}
