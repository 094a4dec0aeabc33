internal import Records
internal import Foundation
package import Plugins
internal import Core

/// Every run of a sweep, with its whole configuration: what is to be done, settled before anything is.
package struct SweepPlan: Sendable, Hashable {
  /// One run.
  package struct Run: Sendable, Hashable {
    /// Its arm.
    package var arm: String
    /// Its seed.
    package var seed: Int
    /// The text of its `config.yaml`.
    package var configuration: String
    /// A digest of everything in it that changes results.
    package var identity: String
    /// The arms whose students of the same seed it needs.
    package var needs: [String] = []

    /// Its folder within the sweep's.
    package var folder: String { "\(arm)/seed-\(seed)" }

    /// The runs that have to be finished before it can begin.
    package var sources: [String] { needs.map { "\($0)/seed-\(seed)" } }
  }

  /// What people call the sweep.
  package var name: String
  /// The arms in the order in which they are written.
  package var arms: [String]
  /// The runs: the first seed of every arm, then the second, so that arms can be compared early.
  package var runs: [Run]
  /// The files and folders that the runs read.
  package var files: [String] = []

  /// Works out every run.
  ///
  /// - Parameters:
  ///   - file: The sweep.
  ///   - settle: Checks a configuration and writes all its defaults out; called once an arm.
  /// - Throws: `SweepError`, or what `settle` throws.
  package init(
    _ file: SweepFile, settle: (ConfigurationValue) throws -> PlannedRun
  ) throws {
    name = file.name
    var worked = SweepArms(file)
    var applied: Set<Int> = []
    for combination in try SweepCombination.all(of: file) {
      guard let configuration = try Self.configuration(of: combination, file, &applied) else {
        continue
      }
      let label = combination.choice.label
      try worked.add(
        SweepArms.Arm(
          name: label.isEmpty ? file.name : label, combination: combination,
          planned: try settle(configuration)))
    }
    if let idle = file.conditions.indices.first(where: { !applied.contains($0) }) {
      throw file.conditions[idle].useless(cases: file.cases.map(\.label), file: file.path)
    }
    let arms = try StartingArms(worked.list, file).arms
    guard !arms.isEmpty else {
      throw SweepError.unusable(
        nil, file: file.path, "every combination is dropped", "Relax the rules of 'when'.")
    }
    self.arms = arms.map(\.name)
    files = Set(arms.flatMap(\.planned.files)).sorted()
    let texts = arms.map {
      (SeedText($0.planned.configuration), RunIdentity($0.planned.configuration))
    }
    runs = file.seeds.flatMap { seed in
      zip(arms, texts).map { arm, own in
        Run(
          arm: arm.name, seed: seed, configuration: own.0.text(seed: seed),
          identity: own.1.digest(seed: seed), needs: arm.planned.needs)
      }
    }
  }

  /// The text of a configuration but for its seed, so that thousands of seeds are written fast.
  private struct SeedText {
    private let before: String
    private let after: String

    init(_ configuration: ConfigurationValue) {
      var configuration = configuration
      configuration["seed"] = ConfigurationValue(.integer(0))
      let lines = ConfigurationFile.text(of: configuration).split(
        separator: "\n", omittingEmptySubsequences: false)
      // A key of the outermost map stands at the beginning of its line, and there is only one of a name.
      let place = lines.firstIndex(of: "seed: 0") ?? lines.endIndex
      before = lines[..<place].map { $0 + "\n" }.joined()
      after = lines[min(place + 1, lines.endIndex)...].joined(separator: "\n")
    }

    func text(seed: Int) -> String { "\(before)seed: \(seed)\n\(after)" }
  }

  /// A plan made of its parts.
  init(name: String, arms: [String], runs: [Run]) {
    self.name = name
    self.arms = arms
    self.runs = runs
  }

  /// The configuration of a combination, or `nil` if a rule drops it; the numbers of rules that apply join `applied`.
  private static func configuration(
    of combination: SweepCombination, _ file: SweepFile, _ applied: inout Set<Int>
  ) throws -> ConfigurationValue? {
    var configuration = try file.base.changed(by: combination.choice.changes)
    for (number, rule) in file.conditions.enumerated()
    where rule.holds(case: combination.caseName, configuration) {
      applied.insert(number)
      guard let changes = rule.changes else { return nil }
      configuration = try configuration.changed(by: changes)
    }
    var result = try configuration.changed(by: file.set)
    result = try file.overrides.settled(by: \.path).reduce(result) { try $1.applied(to: $0) }
    try file.refuseFalseName(combination, configuration, result)
    return result
  }
}
