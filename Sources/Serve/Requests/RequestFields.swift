internal import Core
internal import Tokenizers

/// The members of a request's body: each is used, passed over by name, taken at its neutral value only, or refused.
///
/// What a client asks for and does not get would be answered wrongly; so no key is passed over that might change an answer.
struct RequestFields {
  private var left: [String: JSONValue] = [:]
  private let known: [String]

  /// The members of a body.
  ///
  /// - Parameters:
  ///   - body: Bytes that nobody vouches for.
  ///   - known: The keys that are used, for the sentence about one that is not.
  /// - Throws: `ServiceRefusal` for anything but one object of JSON that names each key once.
  init(_ body: [UInt8], known: [String]) throws {
    let value: JSONValue
    do {
      value = try JSONValue.read(body, from: "the body")
    } catch let error as TokenizerError {
      throw ServiceRefusal(error.happened, "Send one object of JSON.")
    }
    try self.init(value, known: known, what: "The body")
  }

  /// The members of an object within a body.
  init(_ value: JSONValue, known: [String], what: String) throws {
    self.known = known
    guard case .object(let members) = value else {
      throw ServiceRefusal("\(what) is \(value.kind), and no object.", "Send an object of JSON.")
    }
    for (name, value) in members where left.updateValue(value, forKey: name) != nil {
      throw ServiceRefusal(key: name, "The key '\(name.prefix(60))' occurs twice.", "Send it once.")
    }
  }

  /// A member; `nil` where it is absent or null.
  mutating func take(_ name: String) -> JSONValue? {
    guard let value = left.removeValue(forKey: name), !value.isNull else { return nil }
    return value
  }

  /// A whole number within a range; `nil` where it is absent.
  mutating func integer(_ name: String, _ range: ClosedRange<Int>) throws -> Int? {
    guard let value = take(name) else { return nil }
    guard let number = value.integer, range.contains(number) else {
      throw refusal(name, value, "a whole number from \(range.lowerBound) to \(range.upperBound)")
    }
    return number
  }

  /// A number within a range; `nil` where it is absent.
  mutating func number(_ name: String, _ range: ClosedRange<Double>) throws -> Double? {
    guard let value = take(name) else { return nil }
    guard case .number(let digits) = value, let number = Double(digits), range.contains(number)
    else { throw refusal(name, value, "a number from \(range.lowerBound) to \(range.upperBound)") }
    return number
  }

  /// A truth value; false where it is absent.
  mutating func flag(_ name: String) throws -> Bool {
    guard let value = take(name) else { return false }
    guard let flag = value.boolean else { throw refusal(name, value, "true or false") }
    return flag
  }

  /// A text that must be there.
  mutating func text(_ name: String) throws -> String {
    guard let value = take(name) else {
      throw ServiceRefusal(key: name, "The key '\(name)' is missing.", "Send it.")
    }
    guard let text = value.text else { throw refusal(name, value, "text") }
    return text
  }

  /// Texts at which an answer ends: one, several or none.
  mutating func stops() throws -> [String] {
    guard let value = take("stop") else { return [] }
    var list = [value]
    if case .list(let values) = value { list = values }
    let most = ServiceLimits.stops
    let texts = list.compactMap(\.text).filter { !$0.isEmpty && $0.count <= most.length }
    guard texts.count == list.count, texts.count <= most.count else {
      throw refusal(
        "stop", value, "a text of 1 to \(most.length) characters, or up to \(most.count) of them")
    }
    return texts
  }

  /// Passes over keys that change no answer.
  mutating func passOver(_ names: String...) { for name in names { left[name] = nil } }

  /// Takes keys at values that ask for nothing; absent is one of them.
  mutating func requireNeutral(_ values: [String: @Sendable (JSONValue) -> Bool]) throws {
    for (name, isNeutral) in values.sorted(by: { $0.key < $1.key }) {
      guard let value = take(name), !isNeutral(value) else { continue }
      throw ServiceRefusal(
        key: name, "'\(name)' is \(value.kind), which is not done here.", "Leave it out.")
    }
  }

  /// Refuses what was neither used nor passed over.
  func finish() throws {
    guard let name = left.keys.min() else { return }
    let nearest = nearestName(to: name, in: known).map { "Did you mean '\($0)'?" }
    throw ServiceRefusal(
      key: String(name.prefix(60)), "The key '\(name.prefix(60))' is not known here.",
      nearest ?? "Leave it out; known are \(known.joined(separator: ", ")).")
  }

  func refusal(_ name: String, _ value: JSONValue, _ expected: String) -> ServiceRefusal {
    ServiceRefusal(key: name, "'\(name)' is \(value.kind).", "Send \(expected).")
  }
}
