internal import Foundation
internal import Storage

/// What `--dry-run` says: every run with its state and why, and how long the rest will take.
public struct SweepOverview: Sendable {
  /// The runs with their states, in order.
  public let runs: [(folder: String, state: SweepFolder.State)]

  /// Seconds that runs of the sweep took so far, on average; `nil` where none has finished and nobody knows.
  public private(set) var secondsPerRun: Double?

  /// Tokens that finished runs sampled, on average.
  public private(set) var tokensPerRun: Double?

  /// Looks at a sweep without changing anything.
  public init(_ folder: SweepFolder) {
    runs = folder.plan.runs.map { ($0.folder, folder.state(of: $0)) }
    // A hundred finished runs tell the rate well enough.
    let ledgers = runs.lazy.filter { $0.state == .done }.prefix(100).compactMap {
      RunFile(folder.path + "/" + $0.folder + "/ledger.json").object()
    }
    let seconds = ledgers.map { ledger in
      ledger.numbers.filter { $0.key.hasPrefix("seconds/") }.values.reduce(0, +)
    }
    let tokens = ledgers.compactMap { $0.numbers["rolloutTokens"] }
    secondsPerRun = seconds.isEmpty ? nil : seconds.reduce(0, +) / Double(seconds.count)
    tokensPerRun = tokens.isEmpty ? nil : tokens.reduce(0, +) / Double(tokens.count)
  }

  /// Takes over what was predicted, where no run has shown it yet.
  public mutating func expect(_ forecast: SweepForecast) {
    secondsPerRun = secondsPerRun ?? forecast.secondsPerRun
    tokensPerRun = tokensPerRun ?? forecast.tokensPerRun
  }

  /// How many runs are in a state.
  public func count(_ state: SweepFolder.State) -> Int { runs.count { $0.state == state } }

  /// The overview as text.
  ///
  /// - Parameters:
  ///   - jobs: Runs at a time.
  ///   - retryFailed: Whether runs that failed are begun again.
  /// - Returns: One line a run, the sum, and an estimate.
  public func text(jobs: Int, retryFailed: Bool) -> String {
    let lines = runs.map { run in
      "\(run.folder): \(Self.reason(run.state, retryFailed: retryFailed))"
    }
    let states = SweepFolder.State.allCases.filter { count($0) > 0 }
      .map { "\(count($0)) \($0.rawValue)" }.joined(separator: ", ")
    let left = count(.pending) + count(.interrupted) + (retryFailed ? count(.failed) : 0)
    return (lines + ["\(runs.count) runs: \(states).", estimate(left: left, jobs: jobs)])
      .joined(separator: "\n")
  }

  private func estimate(left: Int, jobs: Int) -> String {
    guard left > 0 else { return "Nothing is left to do." }
    guard let secondsPerRun else {
      return "How long they take is not known before the first has finished."
    }
    let seconds = secondsPerRun * Double(left) / Double(max(1, jobs))
    let tokens = tokensPerRun.map { ", \(Int($0 * Double(left))) sampled tokens" } ?? ""
    return "Left: about \(ProgressLine.duration(seconds)) with \(jobs) at a time\(tokens)."
  }

  private static func reason(_ state: SweepFolder.State, retryFailed: Bool) -> String {
    switch state {
    case .pending: "to be done"
    case .running: "somebody is at work on it"
    case .done: "done already"
    case .failed:
      retryFailed ? "failed, to be begun again" : "failed, left alone without --retry-failed"
    case .interrupted: "begun and left, to be gone on with"
    }
  }
}
