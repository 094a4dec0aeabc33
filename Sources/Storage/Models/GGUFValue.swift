/// A value of a GGUF file's metadata.
package indirect enum GGUFValue: Sendable, Hashable {
  case uint8(UInt8)
  case int8(Int8)
  case uint16(UInt16)
  case int16(Int16)
  case uint32(UInt32)
  case int32(Int32)
  case uint64(UInt64)
  case int64(Int64)
  case float32(Float)
  case float64(Double)
  case bool(Bool)
  case string(String)
  case array([GGUFValue])

  /// The value as a whole number, if it is one that fits.
  package var integer: Int? {
    switch self {
    case .uint8(let value): Int(value)
    case .int8(let value): Int(value)
    case .uint16(let value): Int(value)
    case .int16(let value): Int(value)
    case .uint32(let value): Int(value)
    case .int32(let value): Int(value)
    case .uint64(let value): Int(exactly: value)
    case .int64(let value): Int(value)
    default: nil
    }
  }

  /// The value as a number, if it is one.
  package var number: Double? {
    switch self {
    case .float32(let value): Double(value)
    case .float64(let value): value
    default: integer.map { Double($0) }
    }
  }

  /// The value as text, if it is text.
  package var text: String? {
    guard case .string(let text) = self else { return nil }
    return text
  }

  /// The value as yes or no, if it is one.
  package var flag: Bool? {
    guard case .bool(let flag) = self else { return nil }
    return flag
  }

  /// The elements of an array, if it is one.
  package var elements: [GGUFValue]? {
    guard case .array(let elements) = self else { return nil }
    return elements
  }

  /// The texts of an array of texts, if it is one.
  package var texts: [String]? {
    guard let elements else { return nil }
    var result: [String] = []
    result.reserveCapacity(elements.count)
    for element in elements {
      guard let text = element.text else { return nil }
      result.append(text)
    }
    return result
  }
}

/// The kinds of values, by their numbers in the file.
enum GGUFKind: UInt32 {
  case uint8 = 0
  case int8, uint16, int16, uint32, int32, float32, bool, string, array, uint64, int64, float64

  /// The least bytes a value takes.
  var leastBytes: Int {
    switch self {
    case .uint8, .int8, .bool: 1
    case .uint16, .int16: 2
    case .uint32, .int32, .float32: 4
    case .uint64, .int64, .float64, .string: 8
    case .array: 12
    }
  }
}

extension ByteCursor {
  /// Arrays of arrays may be nested this deep; a file that claims more would exhaust the stack.
  private static let deepest = 8

  /// The next value, its kind before it.
  mutating func value(_ key: String, depth: Int = 0) throws(Malformed) -> GGUFValue {
    try value(try kind(key), key, depth)
  }

  private mutating func kind(_ key: String) throws(Malformed) -> GGUFKind {
    let number = try integer(UInt32.self, "the kind of '\(key)'")
    guard let kind = GGUFKind(rawValue: number) else {
      throw Malformed(reason: "'\(key)' is of kind \(number), which the format does not have")
    }
    return kind
  }

  private mutating func value(
    _ kind: GGUFKind, _ key: String, _ depth: Int
  ) throws(Malformed) -> GGUFValue {
    switch kind {
    case .uint8: .uint8(try integer(UInt8.self, key))
    case .int8: .int8(try integer(Int8.self, key))
    case .uint16: .uint16(try integer(UInt16.self, key))
    case .int16: .int16(try integer(Int16.self, key))
    case .uint32: .uint32(try integer(UInt32.self, key))
    case .int32: .int32(try integer(Int32.self, key))
    case .uint64: .uint64(try integer(UInt64.self, key))
    case .int64: .int64(try integer(Int64.self, key))
    case .float32: .float32(Float(bitPattern: try integer(UInt32.self, key)))
    case .float64: .float64(Double(bitPattern: try integer(UInt64.self, key)))
    case .bool: .bool(try flag(key))
    case .string: .string(try text(key))
    case .array: .array(try elements(key, depth))
    }
  }

  private mutating func flag(_ key: String) throws(Malformed) -> Bool {
    let byte = try integer(UInt8.self, key)
    guard byte <= 1 else { throw Malformed(reason: "'\(key)' is neither 0 nor 1 but \(byte)") }
    return byte == 1
  }

  private mutating func elements(_ key: String, _ depth: Int) throws(Malformed) -> [GGUFValue] {
    guard depth < Self.deepest else {
      throw Malformed(reason: "'\(key)' holds arrays nested deeper than \(Self.deepest)")
    }
    let kind = try kind(key)
    let count = try count("the length of '\(key)'", each: kind.leastBytes)
    var result: [GGUFValue] = []
    result.reserveCapacity(count)
    for _ in 0..<count { result.append(try value(kind, key, depth + 1)) }
    return result
  }
}
