extension ConfigurationValue: Codable {
  /// Writes the value to JSON or the like; where it was written is lost.
  public func encode(to encoder: any Encoder) throws {
    switch content {
    case .map(let map):
      var container = encoder.container(keyedBy: MapKey.self)
      for pair in map.pairs { try container.encode(pair.value, forKey: MapKey(pair.key)) }
    case .list(let list):
      var container = encoder.unkeyedContainer()
      for element in list { try container.encode(element) }
    case .null:
      var container = encoder.singleValueContainer()
      try container.encodeNil()
    case .bool(let value): try encode(scalar: value, to: encoder)
    case .integer(let value): try encode(scalar: value, to: encoder)
    case .real(let value): try encode(scalar: value, to: encoder)
    case .string(let value): try encode(scalar: value, to: encoder)
    }
  }

  /// Reads a value from JSON or the like.
  public init(from decoder: any Decoder) throws {
    if let container = try? decoder.container(keyedBy: MapKey.self) {
      var map = ConfigurationMap()
      for key in container.allKeys {
        map[key.stringValue] = try container.decode(ConfigurationValue.self, forKey: key)
      }
      self.init(.map(map))
    } else if var container = try? decoder.unkeyedContainer() {
      var list: [ConfigurationValue] = []
      while !container.isAtEnd { list.append(try container.decode(ConfigurationValue.self)) }
      self.init(.list(list))
    } else {
      self.init(try Self.scalar(decoder.singleValueContainer()))
    }
  }

  private func encode(scalar: some Encodable, to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    try container.encode(scalar)
  }

  private static func scalar(_ container: any SingleValueDecodingContainer) throws -> Content {
    if container.decodeNil() { return .null }
    if let value = try? container.decode(Bool.self) { return .bool(value) }
    if let value = try? container.decode(Int.self) { return .integer(value) }
    if let value = try? container.decode(Double.self) { return .real(value) }
    return .string(try container.decode(String.self))
  }

  /// A key of any name.
  struct MapKey: CodingKey {
    let stringValue: String
    var intValue: Int? { nil }
    init(_ name: String) { stringValue = name }
    init?(stringValue: String) { self.stringValue = stringValue }
    init?(intValue: Int) { nil }
  }
}
