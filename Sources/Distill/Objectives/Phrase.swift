internal import Core

/// A word with parameters, as written in a configuration: `ppoClip(low=0.2, high=0.28)`.
///
/// Parameters may be given by name or, in their declared order, by place. Every axis of the objective's algebra is written
/// as a phrase, so that a method is a few readable lines.
struct Phrase: Hashable {
  var name: String
  var arguments: [(key: String?, value: String)]

  init(_ name: String, _ arguments: [(key: String?, value: String)] = []) {
    self.name = name
    self.arguments = arguments
  }

  /// Reads `name` or `name(value, key=value, …)`.
  init(parsing text: String) throws(ObjectiveError) {
    let trimmed = text.trimmed
    guard let open = trimmed.firstIndex(of: "(") else {
      name = trimmed
      arguments = []
      return
    }
    guard trimmed.last == ")" else {
      throw .malformed(text: text, reason: "the parenthesis is not closed")
    }
    name = String(trimmed[..<open]).trimmed
    let inner = trimmed[trimmed.index(after: open)...].dropLast()
    arguments = inner.split(separator: ",").map { part in
      let sides = part.split(separator: "=", maxSplits: 1).map { String($0).trimmed }
      return sides.count == 2 ? (sides[0], sides[1]) : (nil, String(part).trimmed)
    }
  }

  static func == (a: Phrase, b: Phrase) -> Bool { a.text == b.text }

  func hash(into hasher: inout Hasher) { hasher.combine(text) }

  /// The phrase as it is written.
  var text: String {
    guard !arguments.isEmpty else { return name }
    let parts = arguments.map { argument in
      argument.key.map { "\($0)=\(argument.value)" } ?? argument.value
    }
    return "\(name)(\(parts.joined(separator: ", ")))"
  }
}

extension String {
  fileprivate var trimmed: String {
    var rest = self[...]
    while rest.first?.isWhitespace == true { rest = rest.dropFirst() }
    while rest.last?.isWhitespace == true { rest = rest.dropLast() }
    return String(rest)
  }
}

/// The parameters of a phrase, each read once by name; what is left over is an error.
struct PhraseArguments {
  private let phrase: Phrase
  private var values: [String: String] = [:]

  /// Sorts the phrase's arguments by the declared parameters.
  init(_ phrase: Phrase, _ parameters: [String]) throws(ObjectiveError) {
    self.phrase = phrase
    for (place, argument) in phrase.arguments.enumerated() {
      guard let key = argument.key ?? (place < parameters.count ? parameters[place] : nil) else {
        throw .malformed(
          text: phrase.text, reason: "'\(phrase.name)' takes \(parameters.count) parameters")
      }
      guard parameters.contains(key) else {
        throw .unknownName(
          kind: "parameter of '\(phrase.name)'", name: key, candidates: parameters)
      }
      guard values.updateValue(argument.value, forKey: key) == nil else {
        throw .malformed(text: phrase.text, reason: "'\(key)' is given twice")
      }
    }
  }

  /// A number that must be given.
  func number(_ key: String) throws(ObjectiveError) -> Double {
    guard let text = values[key] else {
      throw .malformed(text: phrase.text, reason: "'\(key)' must be given")
    }
    guard let number = Double(text), NumberRange.any.contains(number) else {
      throw .malformed(
        text: phrase.text,
        reason: "'\(key)' is not a number, or further from 0 than \(NumberRange.most)")
    }
    return number
  }

  /// A number with a default.
  func number(_ key: String, or standard: Double) throws(ObjectiveError) -> Double {
    values[key] == nil ? standard : try number(key)
  }

  /// A number that may be left out.
  func optionalNumber(_ key: String) throws(ObjectiveError) -> Double? {
    values[key] == nil ? nil : try number(key)
  }

  /// A whole number that must be given.
  func integer(_ key: String) throws(ObjectiveError) -> Int {
    guard let integer = Int(exactly: try number(key)) else {
      throw .malformed(text: phrase.text, reason: "'\(key)' is not a whole number")
    }
    return integer
  }

  /// A word that may be left out.
  func word(_ key: String) -> String? { values[key] }

  /// One of the words of an enumeration, with a default.
  func choice<Choice: RawRepresentable & CaseIterable>(
    _ key: String, or standard: Choice
  ) throws(ObjectiveError) -> Choice where Choice.RawValue == String {
    guard let text = values[key] else { return standard }
    guard let choice = Choice(rawValue: text) else {
      throw .unknownName(
        kind: "'\(key)' of '\(phrase.name)'", name: text,
        candidates: Choice.allCases.map(\.rawValue))
    }
    return choice
  }
}

/// A value that a configuration writes as one phrase: `tokenMean`, `top(16, of=teacher)`, `ppoClip(low=0.2, high=0.28)`.
package protocol ConfigurationPhrase: Codable, CustomStringConvertible {
  /// Reads the phrase.
  init(text: String) throws(ObjectiveError)
}

extension ConfigurationPhrase {
  /// Reads the phrase from a configuration.
  package init(from decoder: any Decoder) throws {
    try self.init(text: decoder.singleValueContainer().decode(String.self))
  }

  /// Writes the phrase into a configuration.
  package func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    try container.encode(description)
  }
}

/// A number as it is written: without a fraction where it has none.
func written(_ number: Double) -> String {
  if let whole = Int(exactly: number) { return "\(whole)" }
  return "\(number)"
}
