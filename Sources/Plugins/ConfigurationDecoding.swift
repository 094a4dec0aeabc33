/// Reads the keys of a map.
struct ConfigurationKeyedDecoding<Key: CodingKey>: KeyedDecodingContainerProtocol {
  let codingPath: [any CodingKey] = []
  let decoder: ConfigurationDecoder
  let map: ConfigurationMap

  /// Everything, as a dictionary reads it: then every key has been asked for.
  var allKeys: [Key] {
    decoder.log.asked += map.keys
    return map.keys.compactMap { Key(stringValue: $0) }
  }

  func contains(_ key: Key) -> Bool { written(key) != nil }

  func decodeNil(forKey key: Key) throws -> Bool { written(key)?.isNull ?? true }

  func decode<T: Decodable>(_ type: T.Type, forKey key: Key) throws -> T {
    let path = decoder.path(key.stringValue)
    guard let value = written(key) else {
      throw ConfigurationError.missingKey(path: path, source: decoder.source)
    }
    return try ConfigurationDecoder.decode(type, value, path: path, source: decoder.source)
  }

  private func written(_ key: Key) -> ConfigurationValue? {
    decoder.log.asked.append(key.stringValue)
    return map[key.stringValue]
  }

  func nestedContainer<Nested: CodingKey>(
    keyedBy type: Nested.Type, forKey key: Key
  ) throws -> KeyedDecodingContainer<Nested> { try within(key).container(keyedBy: type) }
  func nestedUnkeyedContainer(forKey key: Key) throws -> any UnkeyedDecodingContainer {
    try within(key).unkeyedContainer()
  }
  func superDecoder() throws -> any Decoder { decoder }
  func superDecoder(forKey key: Key) throws -> any Decoder { within(key) }

  private func within(_ key: Key) -> ConfigurationDecoder {
    ConfigurationDecoder(
      value: written(key) ?? .null, path: decoder.path(key.stringValue), source: decoder.source)
  }
}

/// Reads the elements of a list.
struct ConfigurationUnkeyedDecoding: UnkeyedDecodingContainer {
  let codingPath: [any CodingKey] = []
  let decoder: ConfigurationDecoder
  let list: [ConfigurationValue]
  var currentIndex = 0

  init(decoder: ConfigurationDecoder, list: [ConfigurationValue]) {
    self.decoder = decoder
    self.list = list
  }

  var count: Int? { list.count }
  var isAtEnd: Bool { currentIndex >= list.count }

  mutating func decodeNil() throws -> Bool {
    guard !isAtEnd, list[currentIndex].isNull else { return false }
    currentIndex += 1
    return true
  }

  mutating func decode<T: Decodable>(_ type: T.Type) throws -> T {
    let path = "\(decoder.path)[\(currentIndex)]"
    guard !isAtEnd else {
      throw ConfigurationError.missingKey(path: path, source: decoder.source)
    }
    defer { currentIndex += 1 }
    return try ConfigurationDecoder.decode(
      type, list[currentIndex], path: path, source: decoder.source)
  }

  private mutating func within() -> ConfigurationDecoder {
    defer { currentIndex += 1 }
    return ConfigurationDecoder(
      value: isAtEnd ? .null : list[currentIndex], path: "\(decoder.path)[\(currentIndex)]",
      source: decoder.source)
  }
  mutating func nestedContainer<Nested: CodingKey>(
    keyedBy type: Nested.Type
  ) throws -> KeyedDecodingContainer<Nested> { try within().container(keyedBy: type) }
  mutating func nestedUnkeyedContainer() throws -> any UnkeyedDecodingContainer {
    try within().unkeyedContainer()
  }
  mutating func superDecoder() throws -> any Decoder { within() }
}

/// Reads a scalar.
struct ConfigurationScalarDecoding: SingleValueDecodingContainer {
  let codingPath: [any CodingKey] = []
  let decoder: ConfigurationDecoder
  private var value: ConfigurationValue { decoder.value }

  init(decoder: ConfigurationDecoder) { self.decoder = decoder }

  func decodeNil() -> Bool { value.isNull }
  func decode(_ type: Bool.Type) throws -> Bool { try read(value.bool, "true or false") }
  func decode(_ type: String.Type) throws -> String { try read(value.string, "text") }
  func decode(_ type: Double.Type) throws -> Double { try read(value.real, "a number") }
  func decode(_ type: Float.Type) throws -> Float {
    try read(value.real.map(Float.init), "a number")
  }
  func decode(_ type: Int.Type) throws -> Int { try integer() }
  func decode(_ type: Int8.Type) throws -> Int8 { try integer() }
  func decode(_ type: Int16.Type) throws -> Int16 { try integer() }
  func decode(_ type: Int32.Type) throws -> Int32 { try integer() }
  func decode(_ type: Int64.Type) throws -> Int64 { try integer() }
  func decode(_ type: UInt.Type) throws -> UInt { try integer() }
  func decode(_ type: UInt8.Type) throws -> UInt8 { try integer() }
  func decode(_ type: UInt16.Type) throws -> UInt16 { try integer() }
  func decode(_ type: UInt32.Type) throws -> UInt32 { try integer() }
  func decode(_ type: UInt64.Type) throws -> UInt64 { try integer() }
  func decode<T: Decodable>(_ type: T.Type) throws -> T {
    try ConfigurationDecoder.decode(type, value, path: decoder.path, source: decoder.source)
  }

  private func integer<T: FixedWidthInteger>() throws -> T {
    let lowest = T.min == 0 ? "a whole number from 0" : "a whole number"
    return try read(value.integer.flatMap { T(exactly: $0) }, lowest)
  }

  private func read<T>(_ found: T?, _ expected: String) throws -> T {
    guard let found else { throw decoder.mismatch(expected) }
    return found
  }
}
