internal import Records
internal import Foundation
package import Plugins
internal import Core

/// A sweep as its file writes it: a base configuration, what varies, and how often it is repeated.
///
///     base: grpo-vs-opd.base.yaml          # or the configuration itself
///     cases: {opd: {stages.0.method: opd}, grpo: {stages.0.method: grpo}}
///     axes: {keyframes.budget: [8, 16]}     # every combination
///     zip: {stages.0.steps: [50, 100], stages.0.prompts: [16, 8]}   # side by side
///     when: [{where: {keyframes.budget: 8}, drop: true}]            # or set: {key: value}
///     seeds: 10                             # or a list
///     extends: full.yaml                    # a sweep that this one is laid over, or a list of them
///     set: {stages.*.steps: 2}              # what every arm changes last; * stands for every element
///     tune: {axes: {stages.0.learningRate: [0.001, 0.002]}}         # what is chosen before: `SweepTuning`
///     baseline: grpo                        # what `opd compare` compares the others to
///     engine: {command: "ray job submit --no-wait -- {worker}", count: 8}   # where workers are started: `SweepLauncher`
package struct SweepFile: Sendable {
  /// Where it was read.
  package let path: String
  /// What people call the sweep: the name of its file if it says nothing.
  package let name: String
  /// All it says with what it `extends` and arguments change of it, without comments.
  let text: String
  /// The configuration that every arm changes.
  package let base: ConfigurationValue
  /// The seeds of every arm.
  package let seeds: [Int]

  let cases: [SweepChoice]
  let axes: [[SweepChoice]]
  let conditions: [SweepCondition]
  /// What every arm changes last.
  let set: ConfigurationMap
  /// What the command line sets for every arm.
  let overrides: [ConfigurationOverride]
  /// What is chosen before the sweep is run, if anything is.
  let tuning: SweepTuning?
  /// The arm or case that the others are compared to.
  let baseline: String?
  /// What starts workers elsewhere, where the sweep names it.
  package let launcher: SweepLauncher?
  /// The file of what was chosen, where the sweep names it.
  private(set) var tunedName: String?
  /// What was chosen, and is applied.
  package internal(set) var tuned: TunedValues?

  /// Reads a sweep file.
  ///
  /// - Parameters:
  ///   - path: The file.
  ///   - arguments: Changes: `key=value` for every arm, `key=1,2,3` and `key=range(0,5)` for an axis more, `seeds=3`, `base=FILE` and
  ///     the like for the sweep itself.
  ///   - tuned: Whether settings that were chosen for it are applied.
  /// - Throws: `SweepError`, `ConfigurationError` or `ConfigurationFileError`.
  package init(_ path: String, arguments: [String] = [], tuned: Tuned = .applied) throws {
    let (written, axes, overrides) = try Self.read(path, with: arguments)
    self.path = path
    self.overrides = overrides
    text = ConfigurationFile.text(of: written)
    name = written["name"]?.string ?? URL(filePath: path).deletingPathExtension().lastPathComponent
    base = try Self.base(written["base"], path)
    seeds = try Self.seeds(written["seeds"], path)
    cases = try Self.cases(written["cases"], path)
    self.axes = try Self.axes(written["axes"], path) + Self.zip(written["zip"], path) + axes
    conditions = try SweepCondition.read(written["when"], file: path)
    set = try Self.set(written["set"], path)
    let names = cases.isEmpty ? [name] : cases.map(\.label)
    tuning = try written["tune"].map { try SweepTuning($0, cases: names, file: path) }
    baseline = written["baseline"]?.string
    launcher = try written["engine"].map { try SweepLauncher($0, file: path) }
    tunedName = Self.tunedName(written["tuned"], path)
    try refuseSeeds()
    try refuseRepeatedAxes()
    try Self.refuseUnusableName(name, path)
    self.tuned = tuned == .applied ? try readTuned() : nil
  }

  /// What a file says, changed by arguments that are about the sweep itself; and the others, axes apart.
  private static func read(
    _ path: String, with arguments: [String]
  ) throws -> (ConfigurationValue, axes: [[SweepChoice]], overrides: [ConfigurationOverride]) {
    var written = try read(path)
    var axes: [[SweepChoice]] = []
    var overrides: [ConfigurationOverride] = []
    for argument in arguments {
      if let axis = try SweepChoice.axis(argument: argument) {
        axes.append(axis)
        continue
      }
      let override = try ConfigurationOverride(argument)
      if ["tune", "engine"].contains(override.path.first ?? "")
        || override.path.count == 1 && ["seeds", "name", "base"].contains(override.key)
      {
        written = try override.applied(to: written)
      } else {
        overrides.append(override)
      }
    }
    try refuseUnknownKeys(written, path)
    return (written, axes, overrides)
  }

  static func refuseUnknownKeys(_ written: ConfigurationValue, _ path: String) throws {
    guard let map = written.map else {
      throw ConfigurationError.wrongType(
        path: "sweep", expected: "a map", found: written.kind, source: written.source)
    }
    _ = try ConfigurationValue(.map(map), source: written.source).decoded(as: SweepKeys.self)
  }

  private static func base(
    _ written: ConfigurationValue?, _ path: String
  ) throws -> ConfigurationValue {
    guard let written else {
      throw ConfigurationError.missingKey(
        path: "base", source: ConfigurationSource(file: path, line: 1))
    }
    if written.map != nil { return written }
    var wrapper = ConfigurationValue(.map(ConfigurationMap()), source: written.source)
    wrapper["base"] = written
    return try ConfigurationFile.withBases(wrapper, from: path)
  }

  private static func seeds(_ written: ConfigurationValue?, _ path: String) throws -> [Int] {
    guard let written else { return [0] }
    if let count = written.integer, (1...mostRuns).contains(count) { return Array(0..<count) }
    let seeds = written.list?.compactMap(\.integer) ?? []
    guard !seeds.isEmpty, seeds.count == written.list?.count, seeds.allSatisfy({ $0 >= 0 }) else {
      throw ConfigurationError.wrongType(
        path: "seeds",
        expected: "a number above 0 and at most \(mostRuns), or a list of whole numbers from 0",
        found: written.text, source: written.source)
    }
    var seen: Set<Int> = []
    guard let repeated = seeds.first(where: { !seen.insert($0).inserted }) else { return seeds }
    throw SweepError.unusable(
      written, file: path, "the seed \(repeated) is listed twice", "Remove one of them.")
  }

  private static func cases(
    _ written: ConfigurationValue?, _ path: String
  ) throws -> [SweepChoice] {
    guard let written else { return [] }
    if written.map?.isEmpty == true {
      throw SweepError.unusable(
        written, file: path, "'cases' is empty", "Name an arm and what it changes, or leave it out."
      )
    }
    guard let map = written.map else {
      throw ConfigurationError.wrongType(
        path: "cases", expected: "a map of arms", found: written.kind, source: written.source)
    }
    return try map.pairs.map { pair in
      try refuseUnusableName(pair.key, pair.value.source?.text ?? path)
      guard let changes = pair.value.map else {
        throw SweepError.unusable(
          pair.value, file: path, "the case '\(pair.key)' is empty",
          "Write what it changes, or {} for the base as it is.")
      }
      return SweepChoice(label: pair.key, changes: changes)
    }
  }

  private static func axes(
    _ written: ConfigurationValue?, _ path: String
  ) throws -> [[SweepChoice]] {
    try columns(written, key: "axes", path).map { SweepChoice.axis(key: $0.key, values: $0.values) }
  }

  private static func zip(
    _ written: ConfigurationValue?, _ path: String
  ) throws -> [[SweepChoice]] {
    let columns = try columns(written, key: "zip", path)
    guard let first = columns.first else { return [] }
    for column in columns where column.values.count != first.values.count {
      throw SweepError.unusable(
        written?[column.key], file: path,
        "the zip has \(first.values.count) values of '\(first.key)' "
          + "but \(column.values.count) of '\(column.key)'", "Give all of them equally many values."
      )
    }
    let choices = columns.map { SweepChoice.axis(key: $0.key, values: $0.values) }
    return [
      first.values.indices.map { row in choices.map { $0[row] }.reduce(.nothing) { $0 + $1 } }
    ]
  }

  private static func columns(
    _ written: ConfigurationValue?, key: String, _ path: String
  ) throws -> [(key: String, values: [ConfigurationValue])] {
    guard let written else { return [] }
    guard let map = written.map else {
      throw ConfigurationError.wrongType(
        path: key, expected: "a map of lists", found: written.kind, source: written.source)
    }
    return try map.pairs.map { pair in
      let range = try pair.value.string.flatMap { try SweepChoice.range($0, argument: $0) }
      guard let values = pair.value.list ?? range, !values.isEmpty else {
        throw ConfigurationError.wrongType(
          path: "\(key).\(pair.key)", expected: "a list of values or range(first, end)",
          found: pair.value.isNull ? "nothing" : pair.value.text, source: pair.value.source)
      }
      // A value without a line of its own is to be found by the line of its axis.
      return (pair.key, values.map { $0.moved(to: pair.value.source ?? .init(file: path)) })
    }
  }
}
