package import Foundation
package import Plugins
internal import Core
internal import Yams

/// Configurations as YAML files, every value with its file and line.
package enum ConfigurationFile {
  /// Reads a configuration, lays it over those it names as `base`, and applies the changes of a command line.
  ///
  /// - Parameters:
  ///   - path: The file.
  ///   - overrides: Arguments `a.b=1`, `+new=1` or `~gone`; their order decides only between two of one key.
  /// - Returns: The configuration without `base`.
  /// - Throws: `ConfigurationFileError`.
  package static func load(_ path: String, overrides: [String] = []) throws -> ConfigurationValue {
    guard try !isSweep(path) else { throw ConfigurationFileError.isSweep(path: path) }
    return try changed(loadWithBases(path, chain: []), by: overrides)
  }

  /// A configuration with the changes of a command line.
  ///
  /// - Throws: `ConfigurationFileError`.
  package static func changed(
    _ written: ConfigurationValue, by overrides: [String]
  ) throws -> ConfigurationValue {
    try overrides.map { try ConfigurationOverride($0) }.settled(by: \.path)
      .reduce(written) { try $1.applied(to: $0) }
  }

  /// What a file says where it describes a sweep and not one run: what varies, or how often it is repeated.
  package static let sweepKeys = ["cases", "axes", "zip", "when", "seeds", "extends", "set"]

  /// Whether a file describes a sweep.
  ///
  /// - Throws: `ConfigurationFileError`.
  package static func isSweep(_ path: String) throws -> Bool {
    let written = try read(path)
    return sweepKeys.contains { written[$0] != nil }
  }

  /// Reads one file as it stands; `base` is a key like any other.
  ///
  /// - Throws: `ConfigurationFileError`.
  package static func read(_ path: String) throws -> ConfigurationValue {
    guard let data = FileManager.default.contents(atPath: path) else {
      throw ConfigurationFileError.missing(path: path)
    }
    guard let text = String(validating: data, as: UTF8.self) else {
      throw ConfigurationFileError.malformed(path: path, line: nil, reason: "it is not UTF-8")
    }
    let value = try parse(text, file: path)
    guard !value.isNull else { throw ConfigurationFileError.empty(path: path) }
    guard value.map != nil else {
      throw ConfigurationFileError.notKeys(path: path, found: value.kind)
    }
    return value
  }

  /// Reads YAML text; `file` is what messages call it.
  ///
  /// - Throws: `ConfigurationFileError.malformed`, or `.empty` where nothing is written, or comments only.
  package static func parse(_ text: String, file: String) throws -> ConfigurationValue {
    do {
      var left = mostValues
      // Some editors put a mark before UTF-8, which the parser takes for a word.
      let hasMark = text.unicodeScalars.first == "\u{FEFF}"
      let yaml = hasMark ? String(text.unicodeScalars.dropFirst()) : text
      guard let root = try Parser(yaml: yaml).singleRoot() else {
        throw ConfigurationFileError.empty(path: file)
      }
      return try value(root, file: file, &left)
    } catch let error as YamlError {
      throw malformed(error, file: file)
    }
  }

  /// The configuration with those it builds on beneath it; `chain` holds the files that led here.
  static func loadWithBases(
    _ path: String, chain: [String], named source: ConfigurationSource? = nil
  ) throws -> ConfigurationValue {
    let file = URL(filePath: path).standardizedFileURL.path
    try refuseCycle(to: file, chain: chain, named: source)
    try refuseMissing(path, named: source)
    return try withBases(try read(path), from: path, chain: chain + [file])
  }

  /// Throws if a file leads back to one of those that led to it.
  package static func refuseCycle(
    to file: String, chain: [String], named source: ConfigurationSource? = nil
  ) throws {
    guard let start = chain.firstIndex(of: file) else { return }
    throw ConfigurationFileError.cyclicBase(
      chain: (chain[start...] + [file]).map { URL(filePath: $0).lastPathComponent },
      place: source?.text ?? file)
  }

  /// Where a file lies that another one names.
  package static func place(of name: String, from folder: URL) -> String {
    name.hasPrefix("/") ? name : folder.appending(path: name).path
  }

  /// What was written in a file, with the configurations that its `base` names beneath it.
  package static func withBases(
    _ written: ConfigurationValue, from path: String, chain: [String] = []
  ) throws -> ConfigurationValue {
    guard let base = written["base"] else { return written }
    var written = written
    written["base"] = nil
    let folder = URL(filePath: path).deletingLastPathComponent()
    var result = ConfigurationValue(.map(ConfigurationMap()), source: written.source)
    for name in try names(of: base, key: "base") {
      result = PluginSlot.merge(
        try loadWithBases(place(of: name, from: folder), chain: chain, named: base.source),
        over: result)
    }
    return PluginSlot.merge(written, over: result)
  }

  /// Throws if a file that another one names is not there, with the nearest that is.
  package static func refuseMissing(_ path: String, named source: ConfigurationSource?) throws {
    guard let source, !FileManager.default.fileExists(atPath: path) else { return }
    let url = URL(filePath: path)
    let folder = url.deletingLastPathComponent().path
    let files = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
    throw ConfigurationFileError.missing(
      path: path, place: source.text,
      nearest: nearestName(to: url.lastPathComponent, in: files.filter { $0.hasSuffix(".yaml") }))
  }

  /// The file names that a key holds: one, or a list.
  package static func names(of value: ConfigurationValue, key: String) throws -> [String] {
    let names = value.string.map { [$0] } ?? value.list?.compactMap(\.string)
    guard let names, names.count == value.list?.count ?? 1 else {
      throw ConfigurationError.wrongType(
        path: key, expected: "a file name or a list of them", found: value.kind,
        source: value.source)
    }
    return names
  }

  /// The most values of a file, each counted where an alias repeats it: nine lines of nine aliases make 387,420,489.
  private static let mostValues = 200_000

  private static func value(
    _ node: Node, file: String, _ left: inout Int
  ) throws -> ConfigurationValue {
    try count(node, file: file, &left)
    let source = ConfigurationSource(file: file, line: node.mark?.line)
    switch node {
    case .scalar(let scalar):
      let isPlain = scalar.style == .plain || scalar.style == .any
      let content = isPlain ? PlainScalar.content(scalar.string) : .string(scalar.string)
      return ConfigurationValue(content, source: source)
    case .sequence(let sequence):
      return ConfigurationValue(
        .list(try sequence.map { try value($0, file: file, &left) }), source: source)
    case .mapping(let mapping):
      return ConfigurationValue(.map(try map(mapping, file: file, &left)), source: source)
    case .alias: return .null
    }
  }

  private static func map(
    _ mapping: Node.Mapping, file: String, _ left: inout Int
  ) throws -> ConfigurationMap {
    var map = ConfigurationMap()
    for (key, element) in mapping {
      var written = try value(element, file: file, &left)
      // The line of the key, not that of a map that begins below it.
      written.source = ConfigurationSource(file: file, line: key.mark?.line)
      guard let name = key.scalar else {
        throw ConfigurationFileError.malformed(
          path: file, line: key.mark?.line, reason: "a key is a list or a map")
      }
      // YAML 1.1's merging, which 1.2 has not.
      guard name.string != "<<" || name.style == .singleQuoted || name.style == .doubleQuoted
      else { throw ConfigurationFileError.merging(path: file, line: key.mark?.line) }
      map[name.string] = written
    }
    return map
  }

  private static func count(_ node: Node, file: String, _ left: inout Int) throws {
    left -= 1
    guard left > 0 else {
      throw ConfigurationFileError.malformed(
        path: file, line: node.mark?.line,
        reason: "with its aliases written out it has more than \(mostValues) values")
    }
  }

  private static func malformed(_ error: YamlError, file: String) -> ConfigurationFileError {
    switch error {
    case .scanner(_, let problem, let mark, _), .parser(_, let problem, let mark, _),
      .composer(_, let problem, let mark, _):
      .malformed(path: file, line: mark.line, reason: problem)
    case .duplicatedKeysInMapping(let duplicates, let context):
      .malformed(
        path: file, line: context.mark.line,
        reason: "the key '\(duplicates.joined(separator: "', '"))' is written twice")
    // What the library makes of it is a text of several lines.
    case .reader(let problem, _, let value, _):
      .malformed(
        path: file, line: nil,
        reason: "\(problem), as U+\(String(value, radix: 16, uppercase: true))")
    default: .malformed(path: file, line: nil, reason: "\(error)")
    }
  }
}

/// What text without quotes means: YAML 1.2's core schema, so that `no` is a word and not a truth value.
enum PlainScalar {
  static func content(_ text: String) -> ConfigurationValue.Content {
    switch text {
    case "", "~", "null", "Null", "NULL": .null
    case "true", "True", "TRUE": .bool(true)
    case "false", "False", "FALSE": .bool(false)
    case ".inf", "+.inf": .real(.infinity)
    case "-.inf": .real(-.infinity)
    case ".nan": .real(.nan)
    default: number(text) ?? .string(text)
    }
  }

  private static func number(_ text: String) -> ConfigurationValue.Content? {
    // Swift also reads "nan", "infinity" and hexadecimal numbers, which are words here.
    guard text.utf8.allSatisfy({ "+-.eE_0123456789".utf8.contains($0) }) else { return nil }
    guard text.utf8.contains(where: { (48...57).contains($0) }) else { return nil }
    let digits = text.replacing("_", with: "")
    if let whole = Int(digits) { return .integer(whole) }
    return Double(digits.hasPrefix(".") ? "0" + digits : digits).map { .real($0) }
  }
}
