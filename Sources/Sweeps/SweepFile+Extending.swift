internal import Records
internal import Foundation
internal import Plugins

extension SweepFile {
  /// Reads a sweep file, laid over those that it `extends`.
  ///
  /// Every key replaces the one beneath it as a whole, but `set`, which joins it key by key. A `base` beneath is found from the
  /// folder of the file that names it.
  ///
  /// - Parameters:
  ///   - path: The file.
  ///   - chain: The files that led here.
  ///   - source: Where the file is named, if a file names it.
  /// - Returns: The sweep without `extends`.
  /// - Throws: `ConfigurationError` or `ConfigurationFileError`.
  static func read(
    _ path: String, chain: [String] = [], named source: ConfigurationSource? = nil
  ) throws -> ConfigurationValue {
    let file = URL(filePath: path).standardizedFileURL.path
    try ConfigurationFile.refuseCycle(to: file, chain: chain, named: source)
    try ConfigurationFile.refuseMissing(path, named: source)
    var written = try ConfigurationFile.read(path)
    try refuseUnknownKeys(written, path)
    guard let extended = written["extends"] else { return written }
    written["extends"] = nil
    let folder = URL(filePath: path).deletingLastPathComponent()
    var result = ConfigurationValue(.map(ConfigurationMap()), source: written.source)
    for name in try ConfigurationFile.names(of: extended, key: "extends") {
      let beneath = ConfigurationFile.place(of: name, from: folder)
      result = lay(
        try filesAbsolute(
          try read(beneath, chain: chain + [file], named: extended.source), beneath), over: result)
    }
    return lay(written, over: result)
  }

  private static func lay(
    _ upper: ConfigurationValue, over lower: ConfigurationValue
  ) -> ConfigurationValue {
    var result = lower
    for pair in upper.map?.pairs ?? [] {
      let below = pair.key == "set" ? lower["set"] : nil
      result[pair.key] = below.map { PluginSlot.merge(pair.value, over: $0) } ?? pair.value
    }
    return result
  }

  /// The sweep with a `base` and `tuned` that can be found from any folder.
  private static func filesAbsolute(
    _ written: ConfigurationValue, _ path: String
  ) throws -> ConfigurationValue {
    let folder = URL(filePath: path).deletingLastPathComponent()
    var result = written
    if let tuned = written["tuned"]?.string {
      result["tuned"] = ConfigurationValue(
        .string(ConfigurationFile.place(of: tuned, from: folder)), source: written["tuned"]?.source)
    }
    guard let base = written["base"], base.map == nil else { return result }
    let names = try ConfigurationFile.names(of: base, key: "base").map {
      ConfigurationValue(
        .string(ConfigurationFile.place(of: $0, from: folder)), source: base.source)
    }
    result["base"] = ConfigurationValue(.list(names), source: base.source)
    return result
  }

  /// What every arm changes last.
  static func set(_ written: ConfigurationValue?, _ path: String) throws -> ConfigurationMap {
    guard let written else { return ConfigurationMap() }
    guard let changes = written.map else {
      throw ConfigurationError.wrongType(
        path: "set", expected: "a map of changes", found: written.kind, source: written.source)
    }
    return changes
  }
}
