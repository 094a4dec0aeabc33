#if Engines
/// A JSON value whose members keep their order, so that what was read can be written again byte for byte.
package enum JSONValue: Sendable, Equatable {
  case null
  case bool(Bool)
  /// A number without point and exponent that has 64 bits.
  case integer(Int64)
  /// Any other number; finite.
  case real(Double)
  case string(String)
  case array([JSONValue])
  /// Names and values; of two members with one name the first counts.
  case object([Member])

  /// A member of an object.
  package struct Member: Sendable, Equatable {
    package var name: String
    package var value: JSONValue

    package init(_ name: String, _ value: JSONValue) {
      self.name = name
      self.value = value
    }
  }

  /// An object of the members that are there.
  package static func object(of members: [(String, JSONValue?)]) -> JSONValue {
    .object(members.compactMap { name, value in value.map { Member(name, $0) } })
  }

  /// The value of a member; `nil` where there is none, it is `null`, or this is no object.
  package subscript(name: String) -> JSONValue? {
    guard case .object(let members) = self,
      let found = members.first(where: { $0.name == name })?.value, found != .null
    else { return nil }
    return found
  }

  package var text: String? {
    guard case .string(let text) = self else { return nil }
    return text
  }

  package var isTrue: Bool { self == .bool(true) }

  package var list: [JSONValue]? {
    guard case .array(let list) = self else { return nil }
    return list
  }

  package var members: [Member]? {
    guard case .object(let members) = self else { return nil }
    return members
  }

  /// The number, whole or not.
  package var double: Double? {
    switch self {
    case .integer(let value): Double(value)
    case .real(let value): value
    default: nil
    }
  }

  package var integer: Int64? {
    guard case .integer(let value) = self else { return nil }
    return value
  }
}

extension JSONValue {
  /// How much space stands between the parts.
  package enum Spacing: Sendable {
    /// None.
    case compact
    /// One space after each comma and colon, as Python's `json` writes.
    case spaced
  }

  /// The value as UTF-8.
  package func bytes(_ spacing: Spacing = .compact) -> [UInt8] {
    var bytes: [UInt8] = []
    write(to: &bytes, spacing == .spaced ? [0x20] : [])
    return bytes
  }

  private func write(to bytes: inout [UInt8], _ space: [UInt8]) {
    switch self {
    case .null: bytes += "null".utf8
    case .bool(let value): bytes += (value ? "true" : "false").utf8
    case .integer(let value): bytes += value.description.utf8
    case .real(let value): bytes += value.description.utf8
    case .string(let text): Self.write(text, to: &bytes)
    case .array(let list):
      bytes.append(UInt8(ascii: "["))
      for (position, element) in list.enumerated() {
        if position > 0 { bytes += [UInt8(ascii: ",")] + space }
        element.write(to: &bytes, space)
      }
      bytes.append(UInt8(ascii: "]"))
    case .object(let members):
      bytes.append(UInt8(ascii: "{"))
      for (position, member) in members.enumerated() {
        if position > 0 { bytes += [UInt8(ascii: ",")] + space }
        Self.write(member.name, to: &bytes)
        bytes += [UInt8(ascii: ":")] + space
        member.value.write(to: &bytes, space)
      }
      bytes.append(UInt8(ascii: "}"))
    }
  }

  private static func write(_ text: String, to bytes: inout [UInt8]) {
    bytes.append(UInt8(ascii: "\""))
    for byte in text.utf8 {
      switch byte {
      case UInt8(ascii: "\""): bytes += "\\\"".utf8
      case UInt8(ascii: "\\"): bytes += "\\\\".utf8
      case 0x0a: bytes += "\\n".utf8
      case 0x0d: bytes += "\\r".utf8
      case 0x09: bytes += "\\t".utf8
      case 0..<0x20:
        let digits = String(byte, radix: 16)
        bytes += "\\u00\(byte < 0x10 ? "0" : "")\(digits)".utf8
      default: bytes.append(byte)
      }
    }
    bytes.append(UInt8(ascii: "\""))
  }
}
#endif
