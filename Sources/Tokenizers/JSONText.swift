/// Reads JSON (RFC 8259) from bytes that nobody vouches for.
///
/// Cost: one pass, about the file's size in memory beside it. Nesting is bounded, so the stack is too.
struct JSONText {
  /// Far above any tokenizer.json (about 8) and far below what a stack of 512 KB holds.
  static let deepest = 64

  private let bytes: [UInt8]
  private let source: String
  private var at = 0

  /// The value that a whole file holds.
  ///
  /// - Throws: `TokenizerError.malformed` with the byte at which the file stops being JSON.
  static func value(of bytes: [UInt8], source: String) throws -> JSONValue {
    guard String(validating: bytes, as: UTF8.self) != nil else {
      throw TokenizerError.malformed(source: source, place: "", reason: "it is not UTF-8")
    }
    var text = JSONText(bytes: bytes, source: source)
    let value = try text.value(depth: 0)
    text.skipSpace()
    guard text.at == bytes.count else { throw text.failure("something follows the value") }
    return value
  }

  private init(bytes: [UInt8], source: String) {
    self.bytes = bytes
    self.source = source
  }

  private var next: UInt8? { at < bytes.count ? bytes[at] : nil }

  private func failure(_ reason: String) -> TokenizerError {
    .malformed(source: source, place: "", reason: "\(reason) at byte \(at)")
  }

  private mutating func skipSpace() {
    while let byte = next, byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 { at += 1 }
  }

  private mutating func take(_ byte: UInt8) -> Bool {
    skipSpace()
    guard next == byte else { return false }
    at += 1
    return true
  }

  private mutating func value(depth: Int) throws -> JSONValue {
    guard depth < Self.deepest else { throw failure("values are nested more than 64 deep") }
    skipSpace()
    switch next {
    case UInt8(ascii: "{"): return .object(try members(depth: depth))
    case UInt8(ascii: "["): return .list(try elements(depth: depth))
    case UInt8(ascii: "\""): return .text(try string())
    case UInt8(ascii: "t"): return try word("true", .boolean(true))
    case UInt8(ascii: "f"): return try word("false", .boolean(false))
    case UInt8(ascii: "n"): return try word("null", .null)
    default: return try number()
    }
  }

  private mutating func word(_ word: String, _ value: JSONValue) throws -> JSONValue {
    guard bytes[at...].starts(with: word.utf8) else { throw failure("there is no value") }
    at += word.utf8.count
    return value
  }

  private mutating func number() throws -> JSONValue {
    let start = at
    while let byte = next, Self.isNumeric(byte) { at += 1 }
    let digits = String(decoding: bytes[start..<at], as: UTF8.self)
    guard Double(digits) != nil else { throw failure("there is no value") }
    return .number(digits)
  }

  @inline(__always)
  private static func isNumeric(_ byte: UInt8) -> Bool {
    switch byte {
    case 0x30...0x39, 0x2B, 0x2D, 0x2E, 0x45, 0x65: true
    default: false
    }
  }

  private mutating func elements(depth: Int) throws -> [JSONValue] {
    at += 1
    var values: [JSONValue] = []
    if take(UInt8(ascii: "]")) { return values }
    repeat { values.append(try value(depth: depth + 1)) } while take(UInt8(ascii: ","))
    guard take(UInt8(ascii: "]")) else { throw failure("a list has no end") }
    return values
  }

  private mutating func members(depth: Int) throws -> [(name: String, value: JSONValue)] {
    at += 1
    var members: [(name: String, value: JSONValue)] = []
    if take(UInt8(ascii: "}")) { return members }
    repeat {
      skipSpace()
      guard next == UInt8(ascii: "\"") else { throw failure("a name is missing") }
      let name = try string()
      guard take(UInt8(ascii: ":")) else { throw failure("a colon is missing") }
      members.append((name, try value(depth: depth + 1)))
    } while take(UInt8(ascii: ","))
    guard take(UInt8(ascii: "}")) else { throw failure("an object has no end") }
    return members
  }

  private mutating func string() throws -> String {
    at += 1
    let start = at
    while let byte = next, byte != UInt8(ascii: "\""), byte != UInt8(ascii: "\\"), byte >= 0x20 {
      at += 1
    }
    var result = String(decoding: bytes[start..<at], as: UTF8.self)
    while let byte = next, byte != UInt8(ascii: "\"") {
      guard byte >= 0x20 else { throw failure("a control character stands in a text") }
      if byte == UInt8(ascii: "\\") {
        result.unicodeScalars.append(try escaped())
      } else {
        let from = at
        while let byte = next, byte != UInt8(ascii: "\""), byte != UInt8(ascii: "\\"), byte >= 0x20
        {
          at += 1
        }
        result += String(decoding: bytes[from..<at], as: UTF8.self)
      }
    }
    guard next != nil else { throw failure("a text has no end") }
    at += 1
    return result
  }

  private mutating func escaped() throws -> Unicode.Scalar {
    at += 1
    guard let letter = next else { throw failure("a text has no end") }
    at += 1
    switch letter {
    case UInt8(ascii: "n"): return "\n"
    case UInt8(ascii: "t"): return "\t"
    case UInt8(ascii: "r"): return "\r"
    case UInt8(ascii: "b"): return "\u{8}"
    case UInt8(ascii: "f"): return "\u{C}"
    case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): return Unicode.Scalar(letter)
    case UInt8(ascii: "u"): return try unicode()
    default: throw failure("an escape is not one of JSON's")
    }
  }

  private mutating func unicode() throws -> Unicode.Scalar {
    let first = try hexadecimal()
    if let scalar = Unicode.Scalar(first) { return scalar }
    guard first < 0xDC00, bytes[at...].starts(with: "\\u".utf8) else {
      throw failure("half a surrogate pair stands alone")
    }
    at += 2
    let second = try hexadecimal()
    guard (0xDC00..<0xE000).contains(second),
      let scalar = Unicode.Scalar(0x10000 + (first - 0xD800) << 10 + (second - 0xDC00))
    else { throw failure("half a surrogate pair stands alone") }
    return scalar
  }

  private mutating func hexadecimal() throws -> UInt32 {
    let digits = bytes[at...].prefix(4)
    guard digits.count == 4, digits.allSatisfy({ Character(Unicode.Scalar($0)).isHexDigit }),
      let value = UInt32(String(decoding: digits, as: UTF8.self), radix: 16)
    else { throw failure("\\u needs four hexadecimal digits") }
    at += 4
    return value
  }
}
