/// A piece of a configuration: what was written, and where.
///
/// Two values are equal when they say the same, wherever they were written.
public struct ConfigurationValue: Sendable {
  /// What can be written.
  package indirect enum Content: Sendable, Hashable {
    /// Nothing: `null`, `~` or an empty place.
    case null
    /// `true` or `false`.
    case bool(Bool)
    /// A whole number.
    case integer(Int)
    /// Any other number.
    case real(Double)
    /// Text.
    case string(String)
    /// Values in order.
    case list([ConfigurationValue])
    /// Values by name, in the order written.
    case map(ConfigurationMap)
  }

  /// What was written.
  package var content: Content

  /// Where it was written, if it was.
  package var source: ConfigurationSource?

  /// A value.
  package init(_ content: Content, source: ConfigurationSource? = nil) {
    self.content = content
    self.source = source
  }
}

/// The place of a value in a file, or the command-line argument that set it.
package struct ConfigurationSource: Sendable, Hashable {
  /// The file, or the argument as it was typed.
  package var file: String

  /// The line, from 1; `nil` for an argument.
  package var line: Int?

  /// A place.
  package init(file: String, line: Int? = nil) {
    self.file = file
    self.line = line
  }

  /// `file:line`, or the argument.
  package var text: String { line.map { "\(file):\($0)" } ?? file }
}

extension ConfigurationValue: Hashable {
  /// Whether both say the same.
  public static func == (first: ConfigurationValue, second: ConfigurationValue) -> Bool {
    first.content == second.content
  }

  /// Hashes what was written, not where.
  public func hash(into hasher: inout Hasher) { hasher.combine(content) }
}

extension ConfigurationValue {
  /// Nothing.
  public static let null = ConfigurationValue(.null)

  /// A map of the given pairs, in order.
  public static func map(
    _ pairs: KeyValuePairs<String, ConfigurationValue>
  ) -> ConfigurationValue {
    var map = ConfigurationMap()
    for (key, value) in pairs { map[key] = value }
    return ConfigurationValue(.map(map))
  }

  /// Whether nothing was written.
  public var isNull: Bool { content == .null }

  /// The map, if it is one.
  package var map: ConfigurationMap? {
    if case .map(let map) = content { map } else { nil }
  }

  /// The values, if it is a list.
  public var list: [ConfigurationValue]? {
    if case .list(let list) = content { list } else { nil }
  }

  /// The text, if it is text.
  public var string: String? {
    if case .string(let string) = content { string } else { nil }
  }

  /// The whole number, if it is one; `1e3` is.
  public var integer: Int? {
    switch content {
    case .integer(let value): value
    case .real(let value): Int(exactly: value)
    default: nil
    }
  }

  /// The number, if it is one.
  public var real: Double? {
    switch content {
    case .integer(let value): Double(value)
    case .real(let value): value
    default: nil
    }
  }

  /// The truth value, if it is one.
  public var bool: Bool? {
    if case .bool(let bool) = content { bool } else { nil }
  }

  /// The value at a key of a map, `nil` where this is no map or has no such key.
  public subscript(key: String) -> ConfigurationValue? {
    get { map?[key] }
    set {
      var changed = map ?? ConfigurationMap()
      changed[key] = newValue
      content = .map(changed)
    }
  }

  /// What kind of value it is, in words.
  public var kind: String {
    switch content {
    case .null: "nothing"
    case .bool: "true or false"
    case .integer: "a whole number"
    case .real: "a number"
    case .string: "text"
    case .list: "a list"
    case .map: "a map"
    }
  }

  /// The value on one line, as YAML in flow style.
  public var text: String {
    switch content {
    case .null: "null"
    case .bool(let value): value ? "true" : "false"
    case .integer(let value): String(value)
    case .real(let value): value.configurationText
    case .string(let value): value.configurationText
    case .list(let values): "[" + values.map(\.text).joined(separator: ", ") + "]"
    case .map(let map):
      "{" + map.pairs.map { "\($0.key): \($0.value.text)" }.joined(separator: ", ") + "}"
    }
  }
}

extension Double {
  /// The shortest text that reads back as the same number, written as YAML wants it.
  var configurationText: String {
    if isNaN { return ".nan" }
    if isInfinite { return self < 0 ? "-.inf" : ".inf" }
    return String(self)
  }
}

extension String {
  /// The text as it stands where YAML reads it as text, else in double quotes.
  var configurationText: String {
    let plain = CharacterRule.plainText(self)
    guard !plain else { return self }
    let escaped = flatMap { character -> [Character] in
      switch character {
      case "\"": ["\\", "\""]
      case "\\": ["\\", "\\"]
      case "\n": ["\\", "n"]
      case "\t": ["\\", "t"]
      default: [character]
      }
    }
    return "\"" + String(escaped) + "\""
  }
}

/// Which text YAML reads as the same text without quotes.
enum CharacterRule {
  static func plainText(_ text: String) -> Bool {
    guard let first = text.unicodeScalars.first, first.properties.isAlphabetic else { return false }
    let reserved: Set<String> = ["true", "false", "null", "yes", "no", "on", "off", "y", "n"]
    guard !reserved.contains(text.lowercased()) else { return false }
    return text.unicodeScalars.allSatisfy {
      $0.properties.isAlphabetic || $0.properties.numericType != nil
        || "-_./+@".unicodeScalars.contains($0)
    }
  }
}

extension ConfigurationValue: ExpressibleByStringLiteral {
  /// A word written in the program: a default.
  public init(stringLiteral value: String) { self.init(.string(value)) }
}
