internal import Records
internal import Foundation

/// What a finished run of each arm took, on average, by what the runs themselves measured.
package struct SweepRates: Sendable {
  /// One run.
  package struct Rate: Sendable, Hashable {
    /// Seconds of everything its ledger counts.
    package var seconds: Double
    /// Tokens that were sampled.
    package var tokens: Double
    /// The most memory the process had, bytes; `nil` where no run says.
    package var memory: Double?
  }

  /// Rates by arm; arms of which nothing is known are missing.
  package private(set) var byArm: [String: Rate] = [:]
  /// Where the rates are from, in words.
  package private(set) var origin = "the runs that have finished"

  /// How many finished runs of an arm are read: they tell well enough.
  private static let most = 20

  /// Reads the ledgers of finished runs.
  init(_ folder: SweepFolder, _ states: [SweepFolder.State]) {
    var ledgers: [String: [FlatObject]] = [:]
    for (run, state) in zip(folder.plan.runs, states)
    where state == .done && (ledgers[run.arm]?.count ?? 0) < Self.most {
      guard let ledger = RunFile(folder.folder(of: run) + "/ledger.json").object() else { continue }
      ledgers[run.arm, default: []].append(ledger)
    }
    byArm = ledgers.mapValues(Self.rate)
  }

  /// The rate of an arm, or the mean of the others where nothing is known of it; `nil` where nothing is of any.
  package subscript(_ arm: String) -> Rate? {
    if let own = byArm[arm] { return own }
    guard !byArm.isEmpty else { return nil }
    let count = Double(byArm.count)
    return Rate(
      seconds: byArm.values.reduce(0) { $0 + $1.seconds } / count,
      tokens: byArm.values.reduce(0) { $0 + $1.tokens } / count,
      memory: byArm.values.compactMap(\.memory).max())
  }

  /// Takes over what a trial predicts, where no run has finished yet.
  mutating func expect(_ forecast: SweepForecast) {
    guard byArm.isEmpty else { return }
    origin = "a trial"
    for arm in forecast.arms {
      byArm[arm.name] = Rate(
        seconds: arm.run.seconds, tokens: arm.run.rolloutTokens,
        memory: Double(arm.run.peakMemory))
    }
  }

  private static func rate(_ ledgers: [FlatObject]) -> Rate {
    func mean(_ value: (FlatObject) -> Double) -> Double {
      ledgers.reduce(0) { $0 + value($1) } / Double(ledgers.count)
    }
    return Rate(
      seconds: mean { $0.numbers.filter { $0.key.hasPrefix("seconds/") }.values.reduce(0, +) },
      tokens: mean { $0.numbers["rolloutTokens"] ?? 0 },
      memory: ledgers.compactMap { $0.numbers["peakMemory"] }.max())
  }
}
