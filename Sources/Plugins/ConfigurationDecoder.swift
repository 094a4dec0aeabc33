internal import Core

extension ConfigurationValue {
  /// Reads a structure: keys left out keep their defaults, keys that nothing reads are errors.
  ///
  /// - Parameters:
  ///   - type: What to read. A `DefaultedConfiguration`, at any depth, fills what was left out.
  ///   - path: Where the value stands in the whole configuration, for error messages.
  /// - Returns: The structure.
  /// - Throws: `ConfigurationError` with the file and the line.
  public func decoded<T: Decodable>(as type: T.Type, at path: String = "") throws -> T {
    try ConfigurationDecoder.decode(type, self, path: path, source: source)
  }
}

/// Decodes a value strictly: it remembers which keys were asked for and objects to the others.
struct ConfigurationDecoder: Decoder {
  /// The keys somebody asked for.
  final class KeyLog { var asked: [String] = [] }

  let value: ConfigurationValue
  let path: String
  let source: ConfigurationSource?
  let log = KeyLog()
  let codingPath: [any CodingKey] = []
  let userInfo: [CodingUserInfoKey: Any] = [:]

  static func decode<T: Decodable>(
    _ type: T.Type, _ written: ConfigurationValue, path: String, source: ConfigurationSource?
  ) throws -> T {
    if let value = written as? T { return value }
    let source = written.source ?? source
    if type is any DefaultedConfiguration.Type, written.map == nil {
      throw ConfigurationDecoder(value: written, path: path, source: source).mismatch("a map")
    }
    let defaulted = type as? any DefaultedConfiguration.Type
    let template = try defaulted.map { try ConfigurationEncoder.template(of: $0.init()) }
    let value = template?.overlaid(with: written) ?? written
    let decoder = ConfigurationDecoder(value: value, path: path, source: source)
    do {
      let result = try T(from: decoder)
      try decoder.refuseUnread()
      try decoder.refuseOutOfRange(defaulted?.keys ?? [:], defaults: template?.value)
      return result
    } catch let error as DecodingError {
      throw decoder.explained(error, choices: choices(of: type))
    }
  }

  func container<Key: CodingKey>(keyedBy type: Key.Type) throws -> KeyedDecodingContainer<Key> {
    guard let map = value.map else { throw mismatch("a map") }
    return KeyedDecodingContainer(ConfigurationKeyedDecoding(decoder: self, map: map))
  }

  func unkeyedContainer() throws -> any UnkeyedDecodingContainer {
    guard let list = value.list else { throw mismatch("a list") }
    return ConfigurationUnkeyedDecoding(decoder: self, list: list)
  }

  func singleValueContainer() -> any SingleValueDecodingContainer {
    ConfigurationScalarDecoding(decoder: self)
  }

  /// The path of something within this value.
  func path(_ key: String) -> String { path.isEmpty ? key : "\(path).\(key)" }

  func mismatch(_ expected: String) -> ConfigurationError {
    let found = value.isNull ? value.kind : "\(value.kind) (\(value.text))"
    return .wrongType(path: path, expected: expected, found: found, source: source)
  }

  private func refuseUnread() throws {
    guard let map = value.map, !log.asked.isEmpty || !map.isEmpty else { return }
    let known = Set(log.asked)
    guard let stray = map.pairs.first(where: { !known.contains($0.key) }) else { return }
    throw ConfigurationError.unknownKey(
      path: path(stray.key), source: stray.value.source ?? source,
      nearest: nearestName(to: stray.key, in: known), known: known.sorted())
  }

  /// Refuses a value that its key does not take.
  private func refuseOutOfRange(
    _ keys: [String: KeyDeclaration], defaults: ConfigurationValue?
  ) throws {
    for pair in value.map?.pairs ?? [] {
      guard let domain = keys[pair.key]?.domain else { continue }
      let standard = defaults?[pair.key]
      guard let fault = domain.fault(in: pair.value, at: path(pair.key), standard: standard) else {
        continue
      }
      throw ConfigurationError.outOfRange(fault, source: pair.value.source ?? source)
    }
  }

  private func explained(_ error: DecodingError, choices: [String]) -> ConfigurationError {
    switch error {
    case .dataCorrupted where !choices.isEmpty:
      .unknownChoice(
        path: path, found: value.string ?? value.text, choices: choices, source: source)
    case .dataCorrupted(let context):
      .unusable(path: path, reason: context.debugDescription, source: source)
    case .keyNotFound(let key, _): .missingKey(path: path(key.stringValue), source: source)
    case .typeMismatch(_, let context), .valueNotFound(_, let context):
      .unusable(path: path, reason: context.debugDescription, source: source)
    @unknown default: .unusable(path: path, reason: "\(error)", source: source)
    }
  }

  /// The words an enumeration can be.
  private static func choices<T>(of type: T.Type) -> [String] {
    func words<C: CaseIterable>(_ type: C.Type) -> [String] {
      type.allCases.compactMap { ($0 as? any RawRepresentable)?.rawValue as? String }
    }
    guard let type = type as? any CaseIterable.Type else { return [] }
    return words(type)
  }
}
