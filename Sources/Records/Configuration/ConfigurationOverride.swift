package import Plugins
internal import Core

/// A change that a command line makes: `a.b=1` sets, `+a.b=1` adds what is not there, `++a.b=1` does either, `~a.b` removes.
///
/// `*` stands for every element of a list: `stages.*.steps=2`.
package struct ConfigurationOverride: Sendable, Hashable {
  /// What is done.
  package enum Verb: Sendable, Hashable {
    /// The value is set, whether it was written or had its default.
    case set
    /// The value is set; it must not have been written yet.
    case add
    /// The key is removed; it must have been written.
    case remove
  }

  /// The argument as it was typed.
  package let argument: String
  /// What is done.
  package let verb: Verb
  /// Where, from the top.
  package let path: [String]
  /// The value; `null` for a removal.
  package let value: ConfigurationValue

  /// The path with dots.
  package var key: String { path.joined(separator: ".") }

  /// Reads an argument.
  ///
  /// - Throws: `ConfigurationFileError.malformedOverride`.
  package init(_ argument: String) throws {
    let (verb, rest) = Self.verb(argument)
    let parts = rest.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
    let path = parts[0].split(separator: ".", omittingEmptySubsequences: false).map(String.init)
    guard !path.contains(""), !path.contains(where: { $0.contains(" ") }) else {
      throw ConfigurationFileError.malformedOverride(argument: argument, reason: "it names no key")
    }
    guard parts.count == 2 || verb == .remove else {
      throw ConfigurationFileError.malformedOverride(
        argument: argument, reason: "it has no equals sign")
    }
    let text = parts.count == 2 ? String(parts[1]) : ""
    self.init(
      argument: argument, verb: verb, path: path, value: try Self.value(text, argument: argument))
  }

  /// A change made of its parts.
  package init(argument: String, verb: Verb = .set, path: [String], value: ConfigurationValue) {
    self.argument = argument
    self.verb = verb
    self.path = path
    self.value = value
  }

  private static func verb(_ argument: String) -> (Verb, Substring) {
    if argument.hasPrefix("++") { return (.set, argument.dropFirst(2)) }
    if argument.hasPrefix("+") { return (.add, argument.dropFirst()) }
    if argument.hasPrefix("~") { return (.remove, argument.dropFirst()) }
    return (.set, argument[...])
  }

  /// The value of YAML text on a command line, where everything comes from the argument.
  package static func value(_ text: String, argument: String) throws -> ConfigurationValue {
    // Words with ": " or "#" would start a map or a comment: only brackets and quotes open YAML here.
    let source = ConfigurationSource(file: argument)
    guard let first = text.first, "[{\"'".contains(first) else {
      return ConfigurationValue(PlainScalar.content(text), source: source)
    }
    do {
      return try ConfigurationFile.parse(text, file: argument).moved(to: source)
    } catch let error as ConfigurationFileError {
      guard case .malformed(_, _, let reason) = error else { throw error }
      throw ConfigurationFileError.malformedOverride(argument: argument, reason: reason)
    }
  }

  /// The configuration with this change.
  ///
  /// - Throws: `ConfigurationFileError`.
  package func applied(to configuration: ConfigurationValue) throws -> ConfigurationValue {
    try configuration.paths(matching: path).reduce(configuration) {
      try changed($0, $1[...], above: [])
    }
  }

  private func changed(
    _ value: ConfigurationValue, _ rest: ArraySlice<String>, above: [String]
  ) throws -> ConfigurationValue {
    guard let key = rest.first else { return self.value }
    if let list = value.list { return try changed(list, in: value, key, rest, above: above) }
    guard var map = value.map ?? (value.isNull ? ConfigurationMap() : nil) else {
      throw ConfigurationFileError.nothingBelow(
        argument: argument, path: above.joined(separator: "."), found: value.kind)
    }
    if rest.count == 1 {
      map[key] = try replacement(for: key, in: map)
    } else {
      map[key] = try descended(map[key] ?? .null, key, rest.dropFirst(), above: above + [key])
    }
    return ConfigurationValue(.map(map), source: value.source ?? self.value.source)
  }

  /// What stands at the last key afterwards; `nil` if nothing.
  private func replacement(
    for key: String, in map: ConfigurationMap
  ) throws -> ConfigurationValue? {
    switch verb {
    case .add where map[key] != nil:
      throw ConfigurationFileError.alreadyThere(argument: argument, path: self.key)
    case .remove where map[key] == nil:
      let nearest = nearestName(to: key, in: map.keys)
      let name = nearest.map { (path.dropLast() + [$0]).joined(separator: ".") }
      throw ConfigurationFileError.nothingToRemove(argument: argument, nearest: name)
    case .remove: return nil
    case .set, .add: return dataPath(map[key], key) ?? value
    }
  }

  /// `data=FOLDER` sets the path of the data set that is chosen already.
  private func dataPath(_ present: ConfigurationValue?, _ key: String) -> ConfigurationValue? {
    guard key == "data", path.count == 1, value.string != nil, var outer = present?.map else {
      return nil
    }
    if outer["path"] != nil {
      outer["path"] = value
    } else if outer.count == 1, let name = outer.keys.first, var inner = outer[name]?.map,
      inner["path"] != nil
    {
      inner["path"] = value
      outer[name] = ConfigurationValue(.map(inner), source: value.source)
    } else {
      return nil
    }
    return ConfigurationValue(.map(outer), source: value.source)
  }

  private func descended(
    _ value: ConfigurationValue, _ key: String, _ rest: ArraySlice<String>, above: [String]
  ) throws -> ConfigurationValue {
    guard let kind = PluginSlot.kinds[key] else { return try changed(value, rest, above: above) }
    if verb == .set, Array(rest) == [kind] {
      // Another plug-in: what was said of the one before means nothing for it.
      return PluginSlot.name(value, kind) == self.value.string
        ? value : .map([kind: self.value])
    }
    let opened = PluginSlot.opened(value, kind: kind)
    guard opened[kind] == nil, let map = opened.map, map.count == 1, let name = map.keys.first,
      name != rest.first
    else { return try changed(opened, rest, above: above) }
    // `keyframes.budget=8` where `{tad: {…}}` is written: the parameter is one level deeper.
    return try changed(opened, [name] + rest, above: above)
  }

  private func changed(
    _ list: [ConfigurationValue], in value: ConfigurationValue, _ key: String,
    _ rest: ArraySlice<String>, above: [String]
  ) throws -> ConfigurationValue {
    guard let index = Int(key), list.indices.contains(index) else {
      throw ConfigurationFileError.nothingBelow(
        argument: argument, path: above.joined(separator: "."),
        found: "a list of \(list.count), counted from 0")
    }
    var list = list
    if rest.count == 1, verb == .remove {
      list.remove(at: index)
    } else {
      list[index] = try changed(list[index], rest.dropFirst(), above: above + [key])
    }
    return ConfigurationValue(.list(list), source: value.source)
  }
}

extension ConfigurationValue {
  /// The same value as if it had been written at `source`.
  package func moved(to source: ConfigurationSource) -> ConfigurationValue {
    switch content {
    case .list(let list):
      return ConfigurationValue(.list(list.map { $0.moved(to: source) }), source: source)
    case .map(let map):
      var moved = ConfigurationMap()
      for pair in map.pairs { moved[pair.key] = pair.value.moved(to: source) }
      return ConfigurationValue(.map(moved), source: source)
    default: return ConfigurationValue(content, source: source)
    }
  }
}
