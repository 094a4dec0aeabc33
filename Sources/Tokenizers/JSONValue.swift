/// A value of JSON, with members in the file's order and repeated names kept.
///
/// Foundation's dictionaries compare names by canonical equivalence, so "é" in one scalar and "é" in two would be one
/// entry of a vocabulary; here nothing is compared until its bytes are asked for.
package enum JSONValue: Sendable {
  case null
  case boolean(Bool)
  /// As written: a number too large for a machine is refused by whoever asks for it.
  case number(String)
  case text(String)
  case list([JSONValue])
  case object([(name: String, value: JSONValue)])

  /// The value that bytes hold which nobody vouches for.
  ///
  /// - Throws: `TokenizerError.malformed` with the byte at which they stop being JSON.
  package static func read(_ bytes: [UInt8], from source: String) throws -> JSONValue {
    try JSONText.value(of: bytes, source: source)
  }

  /// What it is, for a sentence.
  package var kind: String {
    switch self {
    case .null: "null"
    case .boolean(let value): "\(value)"
    case .number(let digits): digits.count > 24 ? "a long number" : digits
    case .text(let text): "'\(text.prefix(60))'"
    case .list(let values): "a list of \(values.count)"
    case .object(let members): "an object of \(members.count)"
    }
  }

  package var isNull: Bool { if case .null = self { true } else { false } }

  /// A whole number, if it is one that fits.
  package var integer: Int? { if case .number(let digits) = self { Int(digits) } else { nil } }

  package var text: String? { if case .text(let text) = self { text } else { nil } }

  package var boolean: Bool? { if case .boolean(let value) = self { value } else { nil } }
}

/// The members of an object, each to be used, passed over by name, or refused.
struct Fields {
  let source: String
  let place: String
  private var left: [String: JSONValue] = [:]

  /// - Throws: `TokenizerError.malformed` where `value` is no object or repeats a name.
  init(_ value: JSONValue, source: String, place: String) throws {
    self.source = source
    self.place = place
    guard case .object(let members) = value else {
      throw TokenizerError.malformed(
        source: source, place: place, reason: "an object is expected, not \(value.kind)")
    }
    for (name, value) in members where left.updateValue(value, forKey: name) != nil {
      throw TokenizerError.malformed(
        source: source, place: place, reason: "the name '\(name.prefix(60))' occurs twice")
    }
  }

  /// Where a member lies.
  func path(_ name: String) -> String { place.isEmpty ? name : "\(place).\(name)" }

  /// A member, or `nil` where it is absent or null.
  mutating func take(_ name: String) -> JSONValue? {
    guard let value = left.removeValue(forKey: name), !value.isNull else { return nil }
    return value
  }

  /// A member that must be there.
  mutating func require(_ name: String) throws -> JSONValue {
    guard let value = take(name) else { throw malformed(name, "is missing") }
    return value
  }

  /// A truth value; `absent` where the file does not say.
  mutating func flag(_ name: String, absent: Bool = false) throws -> Bool {
    guard let value = take(name) else { return absent }
    guard let flag = value.boolean else {
      throw malformed(name, "should be true or false, not \(value.kind)")
    }
    return flag
  }

  /// A text that must be there.
  mutating func text(_ name: String) throws -> String {
    let value = try require(name)
    guard let text = value.text else { throw malformed(name, "should be text, not \(value.kind)") }
    return text
  }

  /// The elements of a list that must be there.
  mutating func list(_ name: String) throws -> [JSONValue] {
    let value = try require(name)
    guard case .list(let values) = value else {
      throw malformed(name, "should be a list, not \(value.kind)")
    }
    return values
  }

  /// Passes over members that cannot change a token.
  mutating func ignore(_ names: String...) { for name in names { left[name] = nil } }

  /// Refuses what was neither used nor passed over.
  func finish() throws {
    guard let name = left.keys.min() else { return }
    throw unsupported(
      name, "the key '\(name.prefix(60))'", supported: "the keys of tokenizers 0.23")
  }

  func malformed(_ name: String, _ reason: String) -> TokenizerError {
    .malformed(source: source, place: path(name), reason: reason)
  }

  func unsupported(_ name: String, _ value: String, supported: String) -> TokenizerError {
    .unsupported(source: source, place: path(name), value: value, supported: supported)
  }
}
