/// Settings that have a default each: keys a user leaves out keep the value of `init()`.
public protocol DefaultedConfiguration: Codable, Sendable {
  /// The defaults.
  init()

  /// What every key means and which values it takes.
  ///
  /// From this come what is refused, what `opd plugins` and `opd help keys` print, and the reference of all keys. A key that is not
  /// declared is a fault, which `KeyReference.undeclared` finds.
  static var keys: [String: KeyDeclaration] { get }
}

/// What one key of a configuration means, in which unit it is, and which values it takes; its default is that of `init()`.
///
/// A value that equals the default is always taken: a default of `null`, of empty text or of an empty list is how a key says
/// that it may be left open. Anywhere else empty text, an empty list and an empty map are refused.
public struct KeyDeclaration: Sendable {
  /// What it means, in one sentence.
  public let text: String
  /// What its number counts or measures; empty where that is plain, or where it is no number.
  public let unit: String
  /// Which values it takes.
  public let domain: ValueDomain

  /// Declares a key.
  public init(_ domain: ValueDomain, _ text: String, unit: String = "") {
    (self.domain, self.text, self.unit) = (domain, text, unit)
  }

  /// A whole number.
  public static func integer(
    _ range: ClosedRange<Int>, _ text: String, unit: String = ""
  ) -> KeyDeclaration { KeyDeclaration(.integer(range), text, unit: unit) }

  /// A whole number without an end but `NumberRange.most`.
  public static func integer(
    _ range: PartialRangeFrom<Int>, _ text: String, unit: String = ""
  ) -> KeyDeclaration { .integer(range.lowerBound...NumberRange.most, text, unit: unit) }

  /// A number, both ends included.
  public static func real(
    _ range: ClosedRange<Double>, _ text: String, unit: String = ""
  ) -> KeyDeclaration { .real(NumberRange(range), text, unit: unit) }

  /// A number without an end but `NumberRange.most`.
  public static func real(
    _ range: PartialRangeFrom<Double>, _ text: String, unit: String = ""
  ) -> KeyDeclaration { .real(range.lowerBound...Double(NumberRange.most), text, unit: unit) }

  /// A number of a range with an end that is not included.
  public static func real(
    _ range: NumberRange, _ text: String, unit: String = ""
  ) -> KeyDeclaration { KeyDeclaration(.real(range), text, unit: unit) }

  /// true or false.
  public static func flag(_ text: String) -> KeyDeclaration { KeyDeclaration(.flag, text) }

  /// Text that is not empty.
  public static func text(_ text: String) -> KeyDeclaration { KeyDeclaration(.text, text) }

  /// One of the words of an enumeration.
  public static func choice<Words: CaseIterable & RawRepresentable>(
    _ words: Words.Type, _ text: String
  ) -> KeyDeclaration where Words.RawValue == String {
    KeyDeclaration(.choice(words.allCases.map(\.rawValue)), text)
  }

  /// A list.
  public static func list(
    of element: ValueDomain, _ text: String, unit: String = ""
  ) -> KeyDeclaration { KeyDeclaration(.list(element), text, unit: unit) }

  /// Values by names; by any names where none are given.
  public static func map(
    of value: ValueDomain, by names: [String] = [], _ text: String
  ) -> KeyDeclaration { KeyDeclaration(.map(value, names: names), text) }

  /// A plug-in.
  public static func plugin(_ kind: String, _ text: String) -> KeyDeclaration {
    KeyDeclaration(.plugin(kind: kind), text)
  }

  /// Keys that are declared elsewhere.
  public static func structure(
    _ type: any DefaultedConfiguration.Type, _ text: String
  ) -> KeyDeclaration { KeyDeclaration(.structure(type), text) }
}
