package import Plugins

/// The keys of a configuration under which a plug-in is chosen.
package enum PluginSlot {
  /// The kind of plug-in by key.
  static let kinds = [
    "data": "data", "codec": "codec", "student": "student", "keyframes": "selector",
    "teacher": "teacher", "secondTeacher": "teacher",
    "reward": "reward", "curriculum": "curriculum", "method": "method",
  ]

  /// One configuration laid over another, key by key; where both choose different plug-ins, the upper replaces the lower.
  package static func merge(
    _ upper: ConfigurationValue, over lower: ConfigurationValue
  ) -> ConfigurationValue {
    guard let above = upper.map, var result = lower.map else { return upper }
    for pair in above.pairs {
      guard let below = result[pair.key], mayMerge(pair, below) else {
        result[pair.key] = pair.value
        continue
      }
      result[pair.key] = merge(pair.value, over: below)
    }
    return ConfigurationValue(.map(result), source: upper.source ?? lower.source)
  }

  private static func mayMerge(
    _ upper: ConfigurationMap.Pair, _ lower: ConfigurationValue
  ) -> Bool {
    guard let kind = kinds[upper.key] else { return true }
    return name(upper.value, kind) == name(lower, kind)
      && (upper.value[kind] == nil) == (lower[kind] == nil)
  }

  /// The plug-in that a value chooses, if it is plain to see.
  static func name(_ value: ConfigurationValue, _ kind: String) -> String? {
    guard let map = value.map else { return value.string }
    return map[kind]?.string ?? (map.count == 1 ? map.keys.first : nil)
  }

  /// The value of a slot in a form below which parameters can be set, and whether they stand one level deeper.
  ///
  /// `tad` becomes `{selector: tad}`, so that `keyframes.budget=8` works whichever way the selector was written.
  static func opened(_ value: ConfigurationValue, kind: String) -> ConfigurationValue {
    guard value.string != nil else { return value }
    var map = ConfigurationMap()
    map[kind] = value
    return ConfigurationValue(.map(map), source: value.source)
  }
}
