internal import Foundation

/// A value of JSON whose keys are not known beforehand: a foreign model's configuration.
package enum JSONValue: Sendable, Hashable, Codable {
  case null
  case flag(Bool)
  case integer(Int)
  case number(Double)
  case text(String)
  case list([JSONValue])
  case object([String: JSONValue])

  /// The value of a text in JSON.
  ///
  /// - Parameters:
  ///   - bytes: The text in UTF-8.
  ///   - path: Where it was read, for the error's sentence.
  /// - Throws: `StorageError.unreadable` where it is no JSON, `.unusable` where a key stands twice.
  package init(_ bytes: [UInt8], from path: String) throws {
    self = try JSONLines.whole(bytes, from: path)
  }

  /// The value in its place in a decoder.
  package init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    if container.decodeNil() {
      self = .null
    } else if let flag = try? container.decode(Bool.self) {
      self = .flag(flag)
    } else if let integer = try? container.decode(Int.self) {
      self = .integer(integer)
    } else if let number = try? container.decode(Double.self) {
      self = .number(number)
    } else if let text = try? container.decode(String.self) {
      self = .text(text)
    } else if let list = try? container.decode([JSONValue].self) {
      self = .list(list)
    } else {
      self = .object(try container.decode([String: JSONValue].self))
    }
  }

  /// Writes the value in its place.
  package func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    switch self {
    case .null: try container.encodeNil()
    case .flag(let flag): try container.encode(flag)
    case .integer(let integer): try container.encode(integer)
    case .number(let number): try container.encode(number)
    case .text(let text): try container.encode(text)
    case .list(let list): try container.encode(list)
    case .object(let object): try container.encode(object)
    }
  }

  /// The value of a GGUF file's metadata.
  package init(_ value: GGUFValue) {
    if let flag = value.flag {
      self = .flag(flag)
    } else if let integer = value.integer {
      self = .integer(integer)
    } else if let number = value.number {
      self = .number(number)
    } else if let text = value.text {
      self = .text(text)
    } else {
      self = .list((value.elements ?? []).map { JSONValue($0) })
    }
  }

  /// The value as it would be written, in at most forty characters.
  package var summary: String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    guard let data = try? encoder.encode(self) else { return "a number that JSON cannot hold" }
    let text = String(decoding: data, as: UTF8.self)
    return text.count > 40 ? text.prefix(37) + "..." : text
  }
}
