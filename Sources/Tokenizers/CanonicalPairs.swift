internal import Foundation

/// What characters decompose into, which pairs compose, and what may safely be left alone.
///
/// Foundation composes U+10041 with a mark as it would U+0041, and U+1113 with a vowel into no syllable: only its answers for
/// single characters are used, and pairs are derived from them.
struct CanonicalPairs: Sendable {
  /// What a character is to the runs that are composed.
  enum Role: UInt8 {
    /// Stays as it is and joins nothing before it; a mark after it may join it.
    case beginsRun
    /// Stays as it is, and so does what is beside it.
    case alone
    case partOfRun
  }

  /// Made when a text first needs it, in about 20 ms.
  static let shared = CanonicalPairs()

  /// Where characters lie that decompose, but for the Hangul syllables, which need not.
  private static let blocks: [Range<UInt32>] = [
    0xC0..<0x3100, 0xF900..<0xFB50, 0x11000..<0x11600, 0x1D100..<0x1D200, 0x2F800..<0x2FA20,
  ]
  private static let tabulated: UInt32 = 0x3400

  private var decompositions: [UInt32: [Unicode.Scalar]] = [:]
  private var compositions: [UInt64: Unicode.Scalar] = [:]
  private var roles: [Role] = []

  private init() {
    var composites: [(whole: Unicode.Scalar, parts: [Unicode.Scalar])] = []
    for scalar in Self.blocks.joined().lazy.compactMap({ Unicode.Scalar($0) }) {
      let text = String(scalar)
      let parts = Array(text.decomposedStringWithCanonicalMapping.unicodeScalars)
      guard parts != [scalar] else { continue }
      decompositions[scalar.value] = parts
      // What does not come back is excluded from composition.
      let back = text.precomposedStringWithCanonicalMapping
      if back.utf8.elementsEqual(text.utf8) { composites.append((scalar, parts)) }
    }
    // A composite of three parts is a composite of two and one more, so shorter ones come first.
    for (whole, parts) in composites.sorted(by: { $0.parts.count < $1.parts.count }) {
      var first = parts[0]
      for part in parts[1..<parts.count - 1] { first = composition(first, part) ?? first }
      compositions[Self.key(first, parts[parts.count - 1])] = whole
    }
    let wholes = Set(composites.map(\.whole.value))
    let seconds = Set(compositions.keys.map { UInt32(truncatingIfNeeded: $0) })
    roles = (0..<Self.tabulated).map { value in
      let role = Unicode.Scalar(value).map { Self.look($0) } ?? .alone
      let changes = decompositions[value] != nil && !wholes.contains(value)
      let isJamo = (0x1161..<0x11C3).contains(value)
      return role == .beginsRun && (changes || isJamo || seconds.contains(value))
        ? .partOfRun : role
    }
  }

  /// What a character is to the runs that are composed.
  @inline(__always)
  func role(of scalar: Unicode.Scalar) -> Role {
    switch scalar.value {
    case 0..<Self.tabulated: roles[Int(scalar.value)]
    case 0x4E00...0x9FD5, 0xAC00...0xD7A3: .beginsRun
    default: Self.look(scalar) == .alone ? .alone : .partOfRun
    }
  }

  private static func look(_ scalar: Unicode.Scalar) -> Role {
    let properties = scalar.properties
    guard CharacterClasses.isKnown(properties, since: CanonicalComposition.version) else {
      return .alone
    }
    return properties.canonicalCombiningClass == .notReordered ? .beginsRun : .partOfRun
  }

  /// Appends the full canonical decomposition of a character.
  func decompose(_ scalar: Unicode.Scalar, into result: inout [Unicode.Scalar]) {
    if let parts = decompositions[scalar.value] {
      result += parts
    } else {
      result.append(scalar)
    }
  }

  /// What two characters compose into, or `nil`.
  func composition(_ first: Unicode.Scalar, _ second: Unicode.Scalar) -> Unicode.Scalar? {
    syllable(first.value, second.value) ?? compositions[Self.key(first, second)]
  }

  /// Hangul by arithmetic (The Unicode Standard, 3.12).
  private func syllable(_ first: UInt32, _ second: UInt32) -> Unicode.Scalar? {
    if (0x1100..<0x1113).contains(first), (0x1161..<0x1176).contains(second) {
      return Unicode.Scalar(0xAC00 + ((first - 0x1100) * 21 + second - 0x1161) * 28)
    }
    let isOpen = (0xAC00..<0xD7A4).contains(first) && (first - 0xAC00) % 28 == 0
    guard isOpen, (0x11A8..<0x11C3).contains(second) else { return nil }
    return Unicode.Scalar(first + second - 0x11A7)
  }

  private static func key(_ first: Unicode.Scalar, _ second: Unicode.Scalar) -> UInt64 {
    UInt64(first.value) << 32 | UInt64(second.value)
  }
}
