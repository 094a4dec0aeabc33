internal import Storage

/// What a dialect does with a key of a configuration.
enum KeyRule {
  /// Its value enters the network.
  case used
  /// Whatever it says, the network computes the same.
  case harmless
  /// It would change the network: one of these values or none, null included.
  case only([JSONValue])
}

/// The keys of a foreign configuration: each is used, known to be harmless, or refused.
struct ConfigurationKeys {
  let object: [String: JSONValue]
  /// The file, for sentences.
  let file: String
  /// What stands before each key in the file.
  var prefix = ""

  /// Refuses every key that no rule covers and every value that a rule excludes.
  ///
  /// - Throws: `CheckpointError.unknownKey` or `.refused`, for the first key in alphabetical order.
  func check(_ rules: [String: KeyRule]) throws {
    for (key, value) in object.sorted(by: { $0.key < $1.key }) {
      switch rules[key] {
      case .used, .harmless: continue
      case .only(let allowed):
        guard value != .null, !allowed.contains(value) else { continue }
        throw CheckpointError.refused(
          prefix + key, value: value.summary,
          expected: allowed.map(\.summary).joined(separator: " or "), file: file)
      // A key that is set to nothing asks for nothing.
      case nil where value == .null: continue
      case nil:
        throw CheckpointError.unknownKey(prefix + key, value: value.summary, file: file)
      }
    }
  }

  /// The value of a key; null counts as absent.
  subscript(key: String) -> JSONValue? { object[key].flatMap { $0 == .null ? nil : $0 } }

  /// A whole number in a range.
  ///
  /// - Throws: `CheckpointError.key` where it is absent, something else or outside.
  func integer(_ key: String, in range: ClosedRange<Int> = 1...1 << 22) throws -> Int {
    guard let value = try optionalInteger(key, in: range) else {
      throw expected("a whole number in \(range)", key)
    }
    return value
  }

  /// A whole number in a range, or `nil` where the key is absent.
  func optionalInteger(_ key: String, in range: ClosedRange<Int> = 1...1 << 22) throws -> Int? {
    guard let value = self[key] else { return nil }
    guard case .integer(let integer) = value, range.contains(integer) else {
      throw expected("a whole number in \(range)", key)
    }
    return integer
  }

  /// A positive number, or `nil` where the key is absent.
  func optionalNumber(_ key: String) throws -> Double? {
    switch self[key] {
    case nil: return nil
    case .integer(let integer)? where integer > 0: return Double(integer)
    case .number(let number)? where number > 0 && number.isFinite: return number
    default: throw expected("a positive number", key)
    }
  }

  /// A positive number.
  func number(_ key: String) throws -> Double {
    guard let number = try optionalNumber(key) else { throw expected("a positive number", key) }
    return number
  }

  /// Yes or no, or `nil` where the key is absent.
  func optionalFlag(_ key: String) throws -> Bool? {
    guard let value = self[key] else { return nil }
    guard case .flag(let flag) = value else { throw expected("true or false", key) }
    return flag
  }

  /// A text, or `nil` where the key is absent.
  func optionalText(_ key: String) throws -> String? {
    guard let value = self[key] else { return nil }
    guard case .text(let text) = value else { throw expected("a text", key) }
    return text
  }

  /// The error of a key that is not what it should be.
  func expected(_ what: String, _ key: String) -> CheckpointError {
    .key(prefix + key, expected: what, file: file)
  }
}
