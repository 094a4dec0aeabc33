#if Engines
/// Reads the fields of one protobuf message from bytes that nobody vouches for.
///
/// A length is compared with the bytes that are left before anything is made of it, so a message costs no more memory than
/// its own bytes. Groups, the only fields without a length, are refused: nesting is then as deep as the schema and no deeper.
///
/// Source: "Protocol Buffers, Encoding", protobuf.dev.
package struct ProtobufReader {
  /// What stands after a field's number.
  package enum Value {
    /// Wire type 0: up to 64 bits, seven a byte.
    case varint(UInt64)
    /// Wire type 1: eight bytes, the lowest first.
    case fixed64(UInt64)
    /// Wire type 2: a string, bytes, a message or packed numbers; not a copy.
    case bytes(ArraySlice<UInt8>)
    /// Wire type 5: four bytes, the lowest first.
    case fixed32(UInt32)
  }

  /// The message's name, for errors.
  package let message: String
  private var rest: ArraySlice<UInt8>

  /// A reader at the first field.
  package init(_ message: String, _ bytes: ArraySlice<UInt8>) {
    self.message = message
    rest = bytes
  }

  /// The next field, or `nil` at the end of the message.
  ///
  /// - Throws: `WireError.malformed`.
  package mutating func next() throws(WireError) -> (number: Int, value: Value)? {
    guard !rest.isEmpty else { return nil }
    let key = try varint()
    // Field numbers have 29 bits.
    guard key >> 3 >= 1, key >> 3 < 1 << 29 else { throw malformed("field \(key >> 3)") }
    let number = Int(key >> 3)
    switch key & 7 {
    case 0: return (number, .varint(try varint()))
    case 1: return (number, .fixed64(littleEndian(try take(8))))
    case 2:
      let length = try varint()
      guard length <= UInt64(rest.count) else {
        throw malformed("field \(number) of \(length) bytes where \(rest.count) are left")
      }
      return (number, .bytes(try take(Int(length))))
    case 5: return (number, .fixed32(UInt32(littleEndian(try take(4)))))
    default: throw malformed("wire type \(key & 7) of field \(number)")
    }
  }

  /// A number of up to ten bytes; bits above the 64th are refused.
  package mutating func varint() throws(WireError) -> UInt64 {
    var value: UInt64 = 0
    var shift = 0
    while let byte = rest.popFirst() {
      let bits = UInt64(byte & 0x7f)
      guard shift < 63 || bits <= 1 else { throw malformed("a number above 64 bits") }
      value |= bits << shift
      if byte & 0x80 == 0 { return value }
      shift += 7
      guard shift < 70 else { throw malformed("a number of more than ten bytes") }
    }
    throw malformed("an end within a number")
  }

  /// Whether every byte is read.
  package var isAtEnd: Bool { rest.isEmpty }

  private mutating func take(_ count: Int) throws(WireError) -> ArraySlice<UInt8> {
    guard count <= rest.count else { throw malformed("an end within a field") }
    defer { rest = rest.dropFirst(count) }
    return rest.prefix(count)
  }

  private func littleEndian(_ bytes: ArraySlice<UInt8>) -> UInt64 {
    bytes.reversed().reduce(0) { $0 << 8 | UInt64($1) }
  }

  func malformed(_ reason: String) -> WireError {
    .malformed(what: message, reason: reason)
  }
}

extension ProtobufReader {
  /// The bytes of a field that must have a length.
  package func bytes(_ value: Value, of number: Int) throws(WireError) -> ArraySlice<UInt8> {
    guard case .bytes(let bytes) = value else {
      throw malformed("field \(number) of another wire type")
    }
    return bytes
  }

  /// The text of a field; UTF-8 is checked.
  package func text(_ value: Value, of number: Int) throws(WireError) -> String {
    let bytes = try bytes(value, of: number)
    guard let text = String(validating: bytes, as: UTF8.self) else {
      throw malformed("field \(number) is not UTF-8")
    }
    return text
  }

  /// A whole number, also where it was written as a 32-bit one.
  package func integer(_ value: Value, of number: Int) throws(WireError) -> Int64 {
    guard case .varint(let bits) = value else {
      throw malformed("field \(number) of another wire type")
    }
    return Int64(bitPattern: bits)
  }

  /// A whole number within a range.
  package func integer(
    _ value: Value, of number: Int, in range: ClosedRange<Int>
  ) throws(WireError) -> Int {
    let wide = try integer(value, of: number)
    guard let narrow = Int(exactly: wide), range.contains(narrow) else {
      throw malformed("field \(number) is \(wide), outside \(range)")
    }
    return narrow
  }

  /// Whole numbers that may be packed; as many as `limit`, none of them negative.
  package func appendIntegers(
    _ value: Value, of number: Int, to list: inout [Int], limit: Int
  ) throws(WireError) {
    var found: [UInt64] = []
    switch value {
    case .varint(let one): found = [one]
    case .bytes(let packed):
      var reader = ProtobufReader(message, packed)
      while !reader.isAtEnd, found.count <= limit { found.append(try reader.varint()) }
    default: throw malformed("field \(number) of another wire type")
    }
    guard list.count + found.count <= limit else {
      throw malformed("more than \(limit) numbers in field \(number)")
    }
    for one in found {
      guard let integer = Int(exactly: one) else { throw malformed("field \(number) is \(one)") }
      list.append(integer)
    }
  }
}
#endif
