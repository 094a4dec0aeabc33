internal import Core
internal import Foundation
internal import Plugins
internal import Records

extension SweepFile {
  /// Whether a sweep takes the settings that were chosen for it.
  package enum Tuned: Sendable {
    /// Where there are any.
    case applied
    /// It takes its own.
    case ignored
  }

  /// The file that holds what was chosen, or will: named by `tuned`, or beside the sweep's.
  package var tunedPath: String { tunedName ?? TunedValues.path(beside: path) }

  static func tunedName(_ written: ConfigurationValue?, _ path: String) -> String? {
    let folder = URL(filePath: path).deletingLastPathComponent()
    return written?.string.map { ConfigurationFile.place(of: $0, from: folder) }
  }

  /// What was chosen for the sweep; `nil` where nothing was yet, or nothing is to be.
  ///
  /// - Throws: What reading throws; a file that the sweep names must be there.
  func readTuned() throws -> TunedValues? {
    let isThere = FileManager.default.fileExists(atPath: tunedPath)
    guard tunedName != nil || (tuning != nil && isThere) else { return nil }
    return try TunedValues(tunedPath)
  }

  /// The case of an arm, or the sweep where there are no cases.
  func caseName(of arm: SweepArms.Arm) -> String { arm.combination.caseName ?? name }

  /// A digest of what the arms of a case are, and those that they need; seeds and threads do not count.
  func fingerprint(of name: String, _ arms: [SweepArms.Arm]) -> String {
    let byName = Dictionary(uniqueKeysWithValues: arms.map { ($0.name, $0) })
    func digest(_ arm: SweepArms.Arm) -> String {
      let needed = arm.planned.configuration.namedArms.compactMap { byName[$0.name] }
      return ContentHash.of([RunIdentity(arm.written).digest(seed: 0)] + needed.map(digest))
    }
    return ContentHash.of(arms.filter { caseName(of: $0) == name }.map(digest))
  }

  /// Refuses settings that were chosen for other cases than there are now.
  ///
  /// - Throws: `SweepError`.
  func refuseStale(_ arms: [SweepArms.Arm]) throws {
    guard let tuned else { return }
    func refuse(_ reason: String) -> SweepError {
      .unusable(
        place: tuned.path, reason: reason,
        remedy: "Tune again with `opd sweep \(path) --tune`, or leave it out with --untuned.")
    }
    if let seed = seeds.first(where: tuned.seeds.contains) {
      throw refuse("seed \(seed) is to be reported on, and values were chosen by it")
    }
    let names = Set(arms.map(caseName))
    for chosen in tuned.cases {
      guard names.contains(chosen.name) else {
        throw refuse("values were chosen for '\(chosen.name)', which the sweep has no longer")
      }
      guard fingerprint(of: chosen.name, arms) == chosen.configuration else {
        throw refuse(
          "'\(chosen.name)', or what it starts from, has changed since its values were chosen")
      }
    }
    let known = Set(tuned.cases.map(\.name))
    if let late = names.subtracting(known).sorted().first(where: isTuned) {
      throw refuse("nothing was chosen for '\(late)' yet")
    }
  }

  private func isTuned(_ name: String) -> Bool {
    tuning.map { $0.candidates(of: name).contains { !$0.changes.isEmpty } } ?? false
  }
}

extension ConfigurationValue {
  /// The complete configuration with a share of the steps of every stage, at least one.
  func shortened(to share: Double) -> ConfigurationValue {
    var result = self
    let stages = (self["stages"]?.list ?? []).map { stage in
      var stage = stage
      guard let steps = stage["steps"]?.integer else { return stage }
      let fewer = max(1, Int((Double(steps) * share).rounded()))
      stage["steps"] = ConfigurationValue(.integer(fewer))
      return stage
    }
    result["stages"] = ConfigurationValue(.list(stages))
    return result
  }
}

extension SweepFolder {
  /// The metric by which the task of the runs is judged, once one says so.
  var headline: String? {
    plan.runs.lazy.compactMap { run in
      RunFile(folder(of: run) + "/status.json").object()?.texts["task/headline"]
    }.first
  }

  /// What a run that ended well came to; `nil` for any other.
  func score(_ metric: String, of run: SweepPlan.Run) -> Double? {
    guard state(of: run) == .done else { return nil }
    let line = RunFile(folder(of: run) + "/metrics.jsonl").lastLine(holding: "\"\(metric)\":")
    return line?.numbers[metric].flatMap { $0.isFinite ? $0 : nil }
  }
}
