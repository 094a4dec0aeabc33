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
    package var folder: String { RunDirectory.place(arm: arm, seed: seed) }

    /// The runs that have to be finished before it can begin.
    package var sources: [String] { needs.map { RunDirectory.place(arm: $0, seed: seed) } }
  }

  /// What people call the sweep.
  package var name: String
  /// The arms in the order in which they are written.
  package var arms: [String]
  /// The runs: the first seed of every arm, then the second, so that arms can be compared early.
  package var runs: [Run]
  /// The files and folders that the runs read.
  package var files: [String] = []
  /// The place of each arm in the space that cases and axes span, by its name.
  package var levels: [String: [FactorLevel]] = [:]
  /// The arm that the others are compared to, if the sweep names one.
  package var baseline: String?
  /// What the sweep's file says, for people; `nil` for a plan that is not of a file.
  var text: String?

  /// Works out every run.
  ///
  /// - Parameters:
  ///   - file: The sweep.
  ///   - settle: Checks a configuration and writes all its defaults out; called once an arm.
  /// - Throws: `SweepError`, or what `settle` throws.
  package init(
    _ file: SweepFile, settle: (ConfigurationValue) throws -> PlannedRun
  ) throws {
    let arms = try Self.arms(of: file, settle: settle)
    try file.refuseStale(arms)
    self.init(name: file.name, arms, seeds: file.seeds)
    baseline = try file.baseline(among: arms)
    text = file.text
  }

  /// The runs of arms.
  init(name: String, _ arms: [SweepArms.Arm], seeds: [Int]) {
    self.name = name
    self.arms = arms.map(\.name)
    levels = Dictionary(uniqueKeysWithValues: arms.map { ($0.name, $0.combination.levels) })
    files = Set(arms.flatMap(\.planned.files)).sorted()
    let texts = arms.map {
      (SeedText($0.planned.configuration), RunIdentity($0.planned.configuration))
    }
    runs = seeds.flatMap { seed in
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
}
