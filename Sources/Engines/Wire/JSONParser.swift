#if Engines
/// Reads one JSON text from bytes that nobody vouches for.
///
/// Nesting is bounded; NaN, infinities and numbers too large for 64 bits are refused. Own code because Foundation's reader
/// loses the order of members and takes about ten times the memory for a list of a million log-probabilities.
package struct JSONParser {
  /// Deeper than any message of the interface (8), and far from the end of a stack.
  private static let deepest = 32

  private let bytes: ArraySlice<UInt8>
  private var at: Int
  private let what: String

  /// The value of a text.
  ///
  /// - Throws: `WireError.malformed`.
  package static func value(
    _ what: String, _ bytes: ArraySlice<UInt8>
  ) throws(WireError) -> JSONValue {
    var parser = JSONParser(bytes: bytes, at: bytes.startIndex, what: what)
    let value = try parser.value(depth: 0)
    parser.skipSpace()
    guard parser.at == bytes.endIndex else { throw parser.malformed("more after its end") }
    return value
  }

  private init(bytes: ArraySlice<UInt8>, at: Int, what: String) {
    self.bytes = bytes
    self.at = at
    self.what = what
  }

  private var current: UInt8? { at < bytes.endIndex ? bytes[at] : nil }

  private mutating func value(depth: Int) throws(WireError) -> JSONValue {
    guard depth < Self.deepest else { throw malformed("more than \(Self.deepest) levels") }
    skipSpace()
    switch current {
    case UInt8(ascii: "{"): return try object(depth: depth)
    case UInt8(ascii: "["): return try array(depth: depth)
    case UInt8(ascii: "\""): return .string(try string())
    case UInt8(ascii: "t"): return try word("true", .bool(true))
    case UInt8(ascii: "f"): return try word("false", .bool(false))
    case UInt8(ascii: "n"): return try word("null", .null)
    default: return try number()
    }
  }

  private mutating func array(depth: Int) throws(WireError) -> JSONValue {
    at += 1
    var list: [JSONValue] = []
    if take("]") { return .array(list) }
    repeat { list.append(try value(depth: depth + 1)) } while take(",")
    guard take("]") else { throw malformed("a list without an end") }
    return .array(list)
  }

  private mutating func object(depth: Int) throws(WireError) -> JSONValue {
    at += 1
    var members: [JSONValue.Member] = []
    if take("}") { return .object(members) }
    repeat {
      skipSpace()
      guard current == UInt8(ascii: "\"") else { throw malformed("a member without a name") }
      let name = try string()
      guard take(":") else { throw malformed("a member without a value") }
      members.append(.init(name, try value(depth: depth + 1)))
    } while take(",")
    guard take("}") else { throw malformed("an object without an end") }
    return .object(members)
  }

  /// Whether the next character is `character`, which is then behind.
  private mutating func take(_ character: Unicode.Scalar) -> Bool {
    skipSpace()
    guard current == UInt8(ascii: character) else { return false }
    at += 1
    return true
  }

  private mutating func word(_ text: String, _ value: JSONValue) throws(WireError) -> JSONValue {
    guard bytes[at...].starts(with: text.utf8) else { throw malformed("an unknown word") }
    at += text.utf8.count
    return value
  }

  private mutating func number() throws(WireError) -> JSONValue {
    let start = at
    var isWhole = true
    scan: while let byte = current {
      switch byte {
      case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"): break
      case UInt8(ascii: "."), UInt8(ascii: "e"), UInt8(ascii: "E"), UInt8(ascii: "+"):
        isWhole = false
      default: break scan
      }
      at += 1
    }
    // 40 characters hold any Double and any 64-bit number.
    guard at > start, at - start <= 40 else { throw malformed("something that is no value") }
    let text = String(decoding: bytes[start..<at], as: UTF8.self)
    if isWhole, let value = Int64(text) { return .integer(value) }
    guard let value = Double(text), value.isFinite else {
      throw malformed("'\(text)' where a number should be")
    }
    return .real(value)
  }

  private mutating func string() throws(WireError) -> String {
    at += 1
    let start = at
    while let byte = current, byte != UInt8(ascii: "\""), byte != UInt8(ascii: "\\") { at += 1 }
    guard current == UInt8(ascii: "\"") else {
      at = start
      return try escapedString()
    }
    defer { at += 1 }
    return try checked(bytes[start..<at])
  }

  private mutating func escapedString() throws(WireError) -> String {
    var units: [UInt8] = []
    while let byte = current, byte != UInt8(ascii: "\"") {
      at += 1
      if byte == UInt8(ascii: "\\") { units += try escape() } else { units.append(byte) }
    }
    guard current != nil else { throw malformed("a text without an end") }
    at += 1
    return try checked(units[...])
  }

  private mutating func escape() throws(WireError) -> [UInt8] {
    guard let byte = current else { throw malformed("a text without an end") }
    at += 1
    switch byte {
    case UInt8(ascii: "n"): return [0x0a]
    case UInt8(ascii: "r"): return [0x0d]
    case UInt8(ascii: "t"): return [0x09]
    case UInt8(ascii: "b"): return [0x08]
    case UInt8(ascii: "f"): return [0x0c]
    case UInt8(ascii: "u"): return Array(String(try scalar()).utf8)
    case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): return [byte]
    default: throw malformed("an unknown escape")
    }
  }

  /// A character after `\u`, which may be two halves.
  private mutating func scalar() throws(WireError) -> Character {
    let first = try hexadecimal()
    var code = UInt32(first)
    if 0xd800..<0xdc00 ~= first, bytes[at...].starts(with: "\\u".utf8) {
      at += 2
      let second = try hexadecimal()
      guard 0xdc00..<0xe000 ~= second else { throw malformed("half a character") }
      code = 0x10000 + (UInt32(first) - 0xd800) << 10 + (UInt32(second) - 0xdc00)
    }
    guard let scalar = Unicode.Scalar(code) else { throw malformed("half a character") }
    return Character(scalar)
  }

  private mutating func hexadecimal() throws(WireError) -> UInt16 {
    let digits = bytes[at...].prefix(4)
    guard digits.count == 4, digits.allSatisfy({ Character(Unicode.Scalar($0)).isHexDigit }),
      let value = UInt16(String(decoding: digits, as: UTF8.self), radix: 16)
    else { throw malformed("an unknown escape") }
    at += 4
    return value
  }

  private func checked(_ units: ArraySlice<UInt8>) throws(WireError) -> String {
    guard let text = String(validating: units, as: UTF8.self) else {
      throw malformed("a text that is not UTF-8")
    }
    return text
  }

  private mutating func skipSpace() {
    while let byte = current, byte == 0x20 || (0x09...0x0d ~= byte && byte != 0x0b && byte != 0x0c)
    { at += 1 }
  }

  private func malformed(_ reason: String) -> WireError {
    .malformed(what: what, reason: reason)
  }
}
#endif
