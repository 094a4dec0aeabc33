internal import Records
internal import Foundation
internal import Plugins
internal import Core

/// A choice of every axis; the case gives the first part of the label.
struct SweepCombination: Sendable {
  /// The case it began with.
  var caseName: String?
  /// Everything it changes.
  var choice = SweepChoice.nothing
  /// What its axes change: their values stand in its label.
  var axes = ConfigurationMap()
  /// What was chosen for its case, or is tried.
  var tuned = ConfigurationMap()
  /// Its place in the space that cases and axes span.
  var levels: [FactorLevel] = []

  /// Every combination of the cases and axes of a sweep.
  ///
  /// - Throws: `SweepError` for more than `SweepFile.mostRuns`.
  static func all(of file: SweepFile) throws -> [SweepCombination] {
    var result = file.cases.map { SweepCombination(case: $0) }
    if result.isEmpty { result = [SweepCombination()] }
    for index in result.indices {
      result[index].tuned = file.tuned?.changes(of: result[index].caseName ?? file.name) ?? .init()
    }
    let counts = [result.count] + file.axes.map(\.count) + [file.seeds.count]
    let runs = counts.reduce(1.0) { $0 * Double($1) }
    guard runs <= Double(SweepFile.mostRuns) else {
      throw SweepError.unusable(
        nil, file: file.path, "it has \(String(format: "%.3g", runs)) runs",
        "Ask for at most \(SweepFile.mostRuns).")
    }
    for axis in file.axes {
      result = result.flatMap { combination in axis.map { combination.choosing($0) } }
    }
    return result
  }

  private init() {}

  private init(case choice: SweepChoice) {
    caseName = choice.label
    self.choice = choice
    levels = [FactorLevel(factor: "case", level: choice.label)]
  }

  /// Everything it changes, what was chosen for its case included.
  var changes: ConfigurationMap {
    var result = choice.changes
    for pair in tuned.pairs { result[pair.key] = pair.value }
    return result
  }

  private func choosing(_ value: SweepChoice) -> SweepCombination {
    var result = self
    result.choice = choice + value
    result.levels.append(value.level)
    for pair in value.changes.pairs { result.axes[pair.key] = pair.value }
    return result
  }
}

/// The arms of a sweep as they are worked out, none of which may be another under a second name.
struct SweepArms {
  /// One arm.
  struct Arm {
    /// Its label, or the sweep's name.
    var name: String
    /// What makes it.
    var combination: SweepCombination
    /// Its configuration as the files have it, nothing added.
    var written = ConfigurationValue.null
    /// Its whole configuration, and what it reads.
    var planned: PlannedRun
  }

  /// Those so far.
  private(set) var list: [Arm] = []
  private let file: SweepFile
  private var names: Set<String> = []
  private var places: [ConfigurationValue: Int] = [:]

  /// None yet.
  init(_ file: SweepFile) { self.file = file }

  /// Adds an arm.
  ///
  /// - Throws: `SweepError` if its name is another's or no name of a folder, or its configuration is another's.
  mutating func add(_ arm: Arm) throws {
    try SweepFile.refuseUnusableName(arm.name, file.path)
    guard names.insert(arm.name).inserted else {
      throw SweepError.unusable(
        nil, file: file.path, "two arms are called '\(arm.name)'",
        "Use cases, which have names of their own.")
    }
    let meaning = arm.planned.configuration.meaning
    if let place = places[meaning] { throw same(list[place], arm) }
    places[meaning] = list.count
    list.append(arm)
  }

  private func same(_ one: Arm, _ other: Arm) -> SweepError {
    let (first, second) = (one.combination.changes, other.combination.changes)
    let keys = (first.keys + second.keys.filter { first[$0] == nil })
      .filter { first[$0] != second[$0] }
    let cause =
      keys.compactMap(file.overriding).first
      ?? keys.first.map { key in
        if file.conditions.contains(where: { $0.sets(key) }) {
          return "a rule of 'when' decides '\(key)'"
        }
        let values = [first[key], second[key]].map { $0?.text ?? "nothing" }
        return "'\(values[0])' and '\(values[1])' mean the same for '\(key)'"
      } ?? "they change the same"
    return SweepError.unusable(
      nil, file: file.path,
      "the arms '\(one.name)' and '\(other.name)' are one configuration: \(cause)",
      "Remove one of them, or what makes them equal.")
  }
}

extension SweepFile {
  /// More runs than any sweep has finished; a slip of the hand asks for billions.
  static let mostRuns = 100_000

  /// What sets a key for every arm, in words; `nil` if nothing does.
  func overriding(_ key: String) -> String? {
    let path = key.split(separator: ".").map(String.init)
    if let override = overrides.first(where: { Self.covers($0.path, path) }) {
      return "the argument '\(override.argument)' decides '\(key)' for every arm"
    }
    let covering = set.keys.first { Self.covers($0.split(separator: ".").map(String.init), path) }
    if let covering { return "'set' decides '\(key)' for every arm with '\(covering)'" }
    // A key below it is decided, too, such as that of every element of a list.
    if let override = overrides.first(where: { Self.covers(path, $0.path) }) {
      return "the argument '\(override.argument)' decides what is below '\(key)' for every arm"
    }
    let below = set.keys.first { Self.covers(path, $0.split(separator: ".").map(String.init)) }
    return below.map { "'set' decides '\($0)' for every arm, which is below '\(key)'" }
  }

  /// Whether a change at `path` reaches what stands at `key`; `*` stands for any element.
  private static func covers(_ path: [String], _ key: [String]) -> Bool {
    path.count <= key.count && zip(path, key).allSatisfy { $0 == $1 || $0 == "*" || $1 == "*" }
  }

  /// Refuses a name that is not the name of one folder.
  static func refuseUnusableName(_ name: String, _ path: String) throws {
    let isPlain =
      !name.isEmpty && !name.contains("/") && ![".", ".."].contains(name)
      && name.unicodeScalars.allSatisfy { $0.value >= 32 && $0.value != 127 }
    guard !isPlain || name.utf8.count > 200 else { return }
    throw SweepError.unusable(
      nil, file: path, "'\(name.prefix(60))' cannot be the name of an arm or a sweep",
      "A name is that of one folder: at most 200 bytes, no '/', and neither '.' nor '..'.")
  }

  /// Refuses `seed` as something that arms differ in: every run gets its seed from `seeds`.
  func refuseSeeds() throws {
    let choices = (cases + axes.joined()).map(\.changes) + conditions.compactMap(\.changes) + [set]
    let written = choices.compactMap { $0["seed"] }.first
    let argument = overrides.first { $0.path == ["seed"] }?.argument
    guard let place = written?.source?.text ?? argument ?? (written == nil ? nil : path) else {
      return
    }
    throw SweepError.unusable(
      place: place,
      reason: "'seed' cannot be changed here, because every arm runs with all 'seeds'",
      remedy: "Write 'seeds: [1, 2, 3]' in the file, or seeds=[1,2,3] as an argument.")
  }

  /// Refuses a key that two axes vary: the second would overwrite the first, whose values stand in the names.
  func refuseRepeatedAxes() throws {
    var seen: Set<String> = []
    for key in axes.compactMap(\.first).flatMap(\.changes.keys) where !seen.insert(key).inserted {
      throw SweepError.unusable(
        nil, file: path, "two axes vary '\(key)'", "Write all its values as one axis.")
    }
  }

  /// Refuses a configuration in which an axis no longer has the value that the arm is named for.
  func refuseFalseName(
    _ combination: SweepCombination, _ before: ConfigurationValue, _ after: ConfigurationValue
  ) throws {
    for pair in combination.axes.pairs {
      var change = ConfigurationMap()
      change[pair.key] = pair.value
      guard try before.changed(by: change).meaning == before.meaning,
        try after.changed(by: change).meaning != after.meaning
      else { continue }
      let cause = overriding(pair.key) ?? "something sets '\(pair.key)' for every arm"
      throw SweepError.unusable(
        nil, file: path, "the axis '\(pair.key)' has no effect: \(cause)",
        "Leave that out, or change the axis.")
    }
  }
}

extension ConfigurationValue {
  /// What a run makes of it: without seed and name, and with whole numbers written in one way.
  var meaning: ConfigurationValue {
    var result = uniform
    result["seed"] = nil
    result["name"] = nil
    return result
  }

  private var uniform: ConfigurationValue {
    switch content {
    case .real: return integer.map { ConfigurationValue(.integer($0)) } ?? self
    case .list(let list): return ConfigurationValue(.list(list.map(\.uniform)))
    case .map(let map):
      var result = ConfigurationMap()
      for pair in map.pairs { result[pair.key] = pair.value.uniform }
      return ConfigurationValue(.map(result))
    default: return self
    }
  }
}
