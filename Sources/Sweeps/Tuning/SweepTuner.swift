internal import Core
package import Plugins
internal import Records

/// Chooses the settings of a sweep's cases, one level after the other: a case that starts from another one's student is tried
/// once the settings of that one are chosen, from the student that they led to.
///
/// `plan()` says what is to be run, `choose(in:)` reads what came of it; both by turns until there is no plan. Everything follows
/// from the sweep and the folder, so that the same calls go on where a process was killed.
package struct SweepTuner {
  /// The first seed that is tried; sweeps report on small ones.
  static let firstSeed = 1000

  private let file: SweepFile
  private let tuning: SweepTuning
  private let settle: (ConfigurationValue) throws -> PlannedRun
  private var cases: [TuningCase]
  private var trials: SweepArms
  private var metric: String?

  /// A tuner of a sweep.
  ///
  /// - Parameters:
  ///   - file: The sweep, read without the settings that were chosen before.
  ///   - settle: Checks a configuration and writes all its defaults out.
  /// - Throws: `SweepError` for a sweep without `tune`, or in which cases start from one another in a circle.
  package init(
    _ file: SweepFile, settle: @escaping (ConfigurationValue) throws -> PlannedRun
  ) throws {
    guard let tuning = file.tuning else {
      throw SweepError.unusable(
        nil, file: file.path, "it does not say what is to be tuned",
        "Write tune: {axes: {stages.*.learningRate: [0.0005, 0.001, 0.002]}, seeds: 2}.")
    }
    self.file = file
    self.tuning = tuning
    self.settle = settle
    metric = tuning.metric
    trials = SweepArms(file)
    cases = try Self.cases(try SweepPlan.arms(of: file, settle: settle), file, tuning)
  }

  private static func cases(
    _ arms: [SweepArms.Arm], _ file: SweepFile, _ tuning: SweepTuning
  ) throws -> [TuningCase] {
    let owner = Dictionary(uniqueKeysWithValues: arms.map { ($0.name, file.caseName(of: $0)) })
    let groups = Dictionary(grouping: arms, by: file.caseName)
    var names: [String] = []
    for name in arms.map(file.caseName) where !names.contains(name) { names.append(name) }
    var levels: [String: Int] = [:]
    // A chain of n cases is settled after n passes; what is not by then goes round in a circle.
    for _ in names {
      for name in names where levels[name] == nil {
        let needed = (groups[name] ?? []).flatMap { $0.planned.configuration.namedArms }
        let below = needed.compactMap { owner[$0.name] }.map { levels[$0] }
        guard !below.contains(nil) else { continue }
        levels[name] = below.compactMap { $0 }.max().map { $0 + 1 } ?? 0
      }
    }
    return try names.map { name in
      guard let level = levels[name] else {
        throw SweepError.unusable(
          nil, file: file.path, "the case '\(name)' needs one that needs it",
          "Let cases need such as are chosen before them.")
      }
      return TuningCase(name, groups[name] ?? [], level: level, tuning)
    }
  }

  /// The cases whose settings are chosen next.
  private var open: [Int] {
    let level = cases.filter { $0.best == nil }.map(\.level).min()
    return cases.indices.filter { cases[$0].best == nil && cases[$0].level == level }
  }

  /// Every run up to the next choice; `nil` when everything is chosen.
  ///
  /// - Throws: `SweepError`, or what settling throws.
  package mutating func plan() throws -> SweepPlan? {
    guard !open.isEmpty else { return nil }
    for index in open {
      for candidate in cases[index].remaining {
        for arm in cases[index].arms { try trials.add(try trial(of: arm, cases[index], candidate)) }
      }
    }
    return SweepPlan(name: "\(file.name)-tune", trials.list, seeds: seeds)
  }

  /// An arm with a candidate, evaluated on the part to choose by.
  private func trial(
    of arm: SweepArms.Arm, _ tried: TuningCase, _ candidate: Int
  ) throws -> SweepArms.Arm {
    var combination = arm.combination
    combination.tuned = tried.candidates[candidate].changes
    var changes = ConfigurationMap()
    changes["evaluation.part"] = "tune"
    var applied: Set<Int> = []
    let written = try file.configuration(of: combination, &applied) ?? arm.written
    var planned = try settle(try written.changed(by: changes))
    if tried.share < 1 { planned.configuration = planned.configuration.shortened(to: tried.share) }
    for needed in arm.planned.configuration.namedArms {
      planned.configuration = try planned.configuration.naming(
        chosenTrial(of: needed.name), at: needed.place)
    }
    return SweepArms.Arm(
      name: name(arm.name, tried, candidate), combination: combination, written: written,
      planned: planned)
  }

  private func name(_ arm: String, _ tried: TuningCase, _ candidate: Int) -> String {
    let share = tried.share < 1 ? "share=\(tried.share)" : ""
    return [arm, tried.candidates[candidate].label, share].filter { !$0.isEmpty }
      .joined(separator: "+")
  }

  /// The run of an arm with what was chosen for its case.
  private func chosenTrial(of arm: String) -> String {
    guard let source = cases.first(where: { $0.arms.contains { $0.name == arm } }),
      let best = source.best
    else { return arm }
    return [arm, source.candidates[best].label].filter { !$0.isEmpty }.joined(separator: "+")
  }

  /// Reads what the runs of the last plan came to, and chooses.
  ///
  /// - Throws: `SweepError` where no value of a case ended well with all its seeds.
  package mutating func choose(in folder: SweepFolder) throws {
    let runs = Dictionary(grouping: folder.plan.runs, by: \.arm)
    metric = metric ?? folder.headline
    for index in open {
      for candidate in cases[index].remaining {
        let names = cases[index].arms.map { name($0.name, cases[index], candidate) }
        let scores = names.flatMap { runs[$0] ?? [] }
          .map { run in metric.flatMap { folder.score($0, of: run) } }
        cases[index].note(scores, of: candidate)
      }
      let isLower = metric.flatMap { MetricDictionary.definition(of: $0)?.direction } == .lower
      guard cases[index].advance(isLowerBetter: isLower) else {
        throw SweepError.untuned(
          case: cases[index].name, folder: folder.path, metric: metric ?? "the headline")
      }
    }
  }

  /// What was chosen.
  ///
  /// - Parameter command: The command that chose.
  /// - Returns: The settings, with everything that was tried.
  /// - Throws: What working the arms out throws.
  package func chosen(by command: String) throws -> TunedValues {
    var tuned = TunedValues(
      command: command, program: Program.version, metric: metric ?? "",
      seeds: seeds, cases: [])
    for tried in cases where tried.candidates.count > 1 || !tried.candidates[0].changes.isEmpty {
      guard let best = tried.best else { continue }
      tuned.cases.append(
        TunedCase(
          name: tried.name, set: tried.candidates[best].changes, configuration: "",
          values: tried.values, edges: tried.edges))
    }
    var file = file
    file.tuned = tuned
    let arms = try SweepPlan.arms(of: file, settle: settle)
    for index in tuned.cases.indices {
      tuned.cases[index].configuration = file.fingerprint(of: tuned.cases[index].name, arms)
    }
    return tuned
  }

  /// The seeds that are tried: none that is reported on.
  private var seeds: [Int] {
    Array((Self.firstSeed...).lazy.filter { !file.seeds.contains($0) }.prefix(tuning.seeds))
  }
}
