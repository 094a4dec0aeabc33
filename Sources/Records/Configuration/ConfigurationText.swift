package import Plugins

extension ConfigurationFile {
  /// A configuration as YAML text: the same text for the same configuration, on any machine and for ever.
  ///
  /// Written here and not by a library, because the identity of a run is a hash of this text.
  package static func text(of value: ConfigurationValue) -> String {
    guard let map = value.map, !map.isEmpty else { return value.text + "\n" }
    return lines(map).joined(separator: "\n") + "\n"
  }

  private static func lines(_ map: ConfigurationMap) -> [String] {
    map.pairs.flatMap { pair -> [String] in
      let key = ConfigurationValue(.string(pair.key)).text + ":"
      let below = lines(pair.value)
      return below.isEmpty ? ["\(key) \(pair.value.text)"] : [key] + below.map { "  " + $0 }
    }
  }

  /// The lines below a key; none where the value fits behind it.
  private static func lines(_ value: ConfigurationValue) -> [String] {
    if let map = value.map, !map.isEmpty { return lines(map) }
    guard let list = value.list, list.contains(where: { $0.map != nil }) else { return [] }
    return list.flatMap { element -> [String] in
      let inner = element.map.map(lines) ?? [element.text]
      return inner.enumerated().map { ($0 == 0 ? "- " : "  ") + $1 }
    }
  }
}
