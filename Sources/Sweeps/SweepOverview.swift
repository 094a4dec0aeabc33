internal import Records
internal import Foundation

/// What `--dry-run` says: every run with its state and why, and what the rest will take.
package struct SweepOverview: Sendable {
  /// The runs with their states, in order.
  package let runs: [(folder: String, state: SweepFolder.State)]

  /// What runs take.
  package private(set) var rates: SweepRates

  private let plan: SweepPlan

  /// Looks at a sweep without changing anything.
  ///
  /// - Parameters:
  ///   - folder: The sweep.
  ///   - arms: The arms that are looked at; all where it is left out.
  package init(_ folder: SweepFolder, arms: Set<String>? = nil) {
    let states = folder.plan.runs.map { folder.state(of: $0) }
    let wanted = zip(folder.plan.runs, states).filter { arms?.contains($0.0.arm) != false }
    plan = arms.map(folder.plan.keeping) ?? folder.plan
    runs = wanted.map { ($0.folder, $1) }
    rates = SweepRates(folder, states)
  }

  /// Takes over what was predicted, where no run has shown it yet.
  package mutating func expect(_ forecast: SweepForecast) { rates.expect(forecast) }

  /// How many runs are in a state.
  package func count(_ state: SweepFolder.State) -> Int { runs.count { $0.state == state } }

  /// The overview as text.
  ///
  /// - Parameters:
  ///   - jobs: Runs at a time.
  ///   - retryFailed: Whether runs that failed are begun again.
  /// - Returns: One line a run, the sum, and an estimate.
  package func text(jobs: Int, retryFailed: Bool) -> String {
    let lines = runs.map { run in
      "\(run.folder): \(Self.reason(run.state, retryFailed: retryFailed))"
    }
    let states = SweepFolder.State.allCases.filter { count($0) > 0 }
      .map { "\(count($0)) \($0.rawValue)" }.joined(separator: ", ")
    let left = zip(plan.runs, runs).filter { _, run in
      run.state == .pending || run.state == .interrupted || (retryFailed && run.state == .failed)
    }.map(\.0.arm)
    return
      (lines + ["\(runs.count) runs: \(states)."] + shared + [estimate(left: left, jobs: jobs)])
      .joined(separator: "\n")
  }

  /// What it saves that runs need students which others trained, of all runs, done or not; nothing where none does.
  private var shared: [String] {
    let starts = plan.runs.flatMap(\.needs)
    guard !starts.isEmpty else { return [] }
    let known = starts.compactMap { rates[$0]?.seconds }
    let saved =
      known.isEmpty
      ? "" : ": that saves about \(ProgressLine.duration(known.reduce(0, +))) of training"
    let names = plan.arms.filter(Set(starts).contains).joined(separator: ", ")
    let runs = plan.runs.count { !$0.needs.isEmpty }
    return ["\(runs) runs need students of \(names), trained once a seed\(saved)."]
  }

  /// What is still to be spent, by the rates of the arms to which the runs that are left belong.
  private func estimate(left arms: [String], jobs: Int) -> String {
    guard !arms.isEmpty else { return "Nothing is left to do." }
    let known = arms.compactMap { rates[$0] }
    let most = Set(arms).compactMap { rates[$0]?.memory }
    let memory = most.max().map { bytes in
      String(format: ", %.0f MB of memory", bytes * Double(min(jobs, arms.count)) / 1e6)
    }
    guard !known.isEmpty else {
      return "Left: \(arms.count) runs, \(jobs) at a time\(memory ?? "");"
        + " how long they take is not known before the first has finished."
    }
    let seconds = known.reduce(0) { $0 + $1.seconds } / Double(max(1, jobs))
    let tokens = known.reduce(0) { $0 + $1.tokens }
    return
      "Left: \(arms.count) runs, about \(ProgressLine.duration(seconds)) with \(jobs) at a time,"
      + " \(Quantity.count(tokens)) sampled tokens\(memory ?? "")"
      + " (by \(rates.origin), \(rates.byArm.count) of \(plan.arms.count) arms)."
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
