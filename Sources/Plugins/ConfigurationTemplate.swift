/// What encoding a value with defaults yields: its keys, `nil` ones included, and which maps are open.
indirect enum ConfigurationTemplate {
  /// A value that a user replaces as a whole; dictionaries are such.
  case whole(ConfigurationValue)
  /// A structure whose keys are known.
  case structure([(key: String, value: ConfigurationTemplate)])

  /// The defaults.
  var value: ConfigurationValue {
    switch self {
    case .whole(let value): return value
    case .structure(let fields):
      var map = ConfigurationMap()
      for field in fields { map[field.key] = field.value.value }
      return ConfigurationValue(.map(map))
    }
  }

  /// The defaults with what a user wrote laid over them.
  ///
  /// Keys that are unknown stay, for the decoder to find.
  func overlaid(with written: ConfigurationValue) -> ConfigurationValue {
    guard case .structure(let fields) = self, let user = written.map else { return written }
    var map = ConfigurationMap()
    for field in fields {
      map[field.key] = user[field.key].map { field.value.overlaid(with: $0) } ?? field.value.value
    }
    for pair in user.pairs where map[pair.key] == nil { map[pair.key] = pair.value }
    return ConfigurationValue(.map(map), source: written.source)
  }
}

extension ConfigurationValue {
  /// The value of something encodable; a missing optional becomes `null`, so that every key is there.
  public init(encoding value: some Encodable) throws {
    self = try ConfigurationEncoder.template(of: value).value
  }
}

/// Dictionaries are open: their keys are the user's.
private protocol OpenMap {}
extension Dictionary: OpenMap where Key == String {}

/// Encodes into a template.
final class ConfigurationEncoder: Encoder {
  let codingPath: [any CodingKey] = []
  let userInfo: [CodingUserInfoKey: Any] = [:]
  var scalar: ConfigurationValue?
  var fields: [(key: String, value: ConfigurationTemplate)]?
  var elements: [ConfigurationValue]?

  static func template(of value: some Encodable) throws -> ConfigurationTemplate {
    if let value = value as? ConfigurationValue { return .whole(value) }
    let encoder = ConfigurationEncoder()
    try value.encode(to: encoder)
    let template = encoder.template
    return value is any OpenMap ? .whole(template.value.withSortedKeys) : template
  }

  private var template: ConfigurationTemplate {
    if let fields { return .structure(fields) }
    if let elements { return .whole(ConfigurationValue(.list(elements))) }
    return .whole(scalar ?? .null)
  }

  func container<Key: CodingKey>(keyedBy type: Key.Type) -> KeyedEncodingContainer<Key> {
    if fields == nil { fields = [] }
    return KeyedEncodingContainer(ConfigurationKeyedEncoding(encoder: self))
  }

  func unkeyedContainer() -> any UnkeyedEncodingContainer {
    if elements == nil { elements = [] }
    return ConfigurationUnkeyedEncoding(encoder: self)
  }

  func singleValueContainer() -> any SingleValueEncodingContainer {
    ConfigurationScalarEncoding(encoder: self)
  }

  func set(_ key: some CodingKey, _ value: ConfigurationTemplate) {
    fields = (fields ?? []).filter { $0.key != key.stringValue } + [(key.stringValue, value)]
  }
}

extension ConfigurationValue {
  /// The same map in the order of its keys: a dictionary's own order changes from run to run.
  var withSortedKeys: ConfigurationValue {
    guard let map else { return self }
    var sorted = ConfigurationMap()
    for pair in map.pairs.sorted(by: { $0.key < $1.key }) { sorted[pair.key] = pair.value }
    return ConfigurationValue(.map(sorted), source: source)
  }

  /// A scalar as a value, or `nil` if it is none.
  static func scalar(_ value: some Encodable) -> ConfigurationValue? {
    switch value {
    case let value as Bool: ConfigurationValue(.bool(value))
    case let value as Int: ConfigurationValue(.integer(value))
    case let value as Double: ConfigurationValue(.real(value))
    // By way of its shortest text: .1 stays .1, not .10000000149.
    case let value as Float: ConfigurationValue(.real(Double("\(value)") ?? Double(value)))
    case let value as String: ConfigurationValue(.string(value))
    case let value as any FixedWidthInteger: ConfigurationValue(.integer(Int(clamping: value)))
    default: nil
    }
  }
}

/// Writes the keys of a structure.
private struct ConfigurationKeyedEncoding<Key: CodingKey>: KeyedEncodingContainerProtocol {
  let codingPath: [any CodingKey] = []
  let encoder: ConfigurationEncoder

  func encodeNil(forKey key: Key) { encoder.set(key, .whole(.null)) }
  func encode<T: Encodable>(_ value: T, forKey key: Key) throws {
    let scalar = ConfigurationValue.scalar(value).map { ConfigurationTemplate.whole($0) }
    encoder.set(key, try scalar ?? ConfigurationEncoder.template(of: value))
  }

  private func put<T: Encodable>(_ value: T?, _ key: Key) throws {
    if let value { try encode(value, forKey: key) } else { encodeNil(forKey: key) }
  }
  // One a type: each is a requirement of its own whose default leaves a missing value out.
  func encodeIfPresent(_ value: Bool?, forKey key: Key) throws { try put(value, key) }
  func encodeIfPresent(_ value: String?, forKey key: Key) throws { try put(value, key) }
  func encodeIfPresent(_ value: Double?, forKey key: Key) throws { try put(value, key) }
  func encodeIfPresent(_ value: Float?, forKey key: Key) throws { try put(value, key) }
  func encodeIfPresent(_ value: Int?, forKey key: Key) throws { try put(value, key) }
  func encodeIfPresent(_ value: Int32?, forKey key: Key) throws { try put(value, key) }
  func encodeIfPresent(_ value: Int64?, forKey key: Key) throws { try put(value, key) }
  func encodeIfPresent(_ value: UInt?, forKey key: Key) throws { try put(value, key) }
  func encodeIfPresent(_ value: UInt32?, forKey key: Key) throws { try put(value, key) }
  func encodeIfPresent(_ value: UInt64?, forKey key: Key) throws { try put(value, key) }
  func encodeIfPresent<T: Encodable>(_ value: T?, forKey key: Key) throws { try put(value, key) }

  func nestedContainer<Nested: CodingKey>(
    keyedBy type: Nested.Type, forKey key: Key
  ) -> KeyedEncodingContainer<Nested> { encoder.container(keyedBy: type) }
  func nestedUnkeyedContainer(forKey key: Key) -> any UnkeyedEncodingContainer {
    encoder.unkeyedContainer()
  }
  func superEncoder() -> any Encoder { encoder }
  func superEncoder(forKey key: Key) -> any Encoder { encoder }
}

/// Writes the elements of a list.
private struct ConfigurationUnkeyedEncoding: UnkeyedEncodingContainer {
  let codingPath: [any CodingKey] = []
  let encoder: ConfigurationEncoder
  var count: Int { encoder.elements?.count ?? 0 }

  func encodeNil() { encoder.elements?.append(.null) }
  func encode<T: Encodable>(_ value: T) throws {
    let element = try ConfigurationValue.scalar(value) ?? ConfigurationValue(encoding: value)
    encoder.elements?.append(element)
  }
  func nestedContainer<Nested: CodingKey>(
    keyedBy type: Nested.Type
  ) -> KeyedEncodingContainer<Nested> { encoder.container(keyedBy: type) }
  func nestedUnkeyedContainer() -> any UnkeyedEncodingContainer { self }
  func superEncoder() -> any Encoder { encoder }
}

/// Writes a value that is neither.
private struct ConfigurationScalarEncoding: SingleValueEncodingContainer {
  let codingPath: [any CodingKey] = []
  let encoder: ConfigurationEncoder

  func encodeNil() { encoder.scalar = .null }
  func encode<T: Encodable>(_ value: T) throws {
    encoder.scalar = try ConfigurationValue.scalar(value) ?? ConfigurationValue(encoding: value)
  }
}
