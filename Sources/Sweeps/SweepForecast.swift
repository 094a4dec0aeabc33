internal import Records
internal import Foundation
internal import Plugins

/// What the runs of a sweep will take, predicted from a trial of one run an arm.
package struct SweepForecast: Sendable, Hashable, Codable {
  /// An arm that was tried out.
  package struct Arm: Sendable, Hashable, Codable {
    /// Its name.
    package var name: String
    /// Its runs in the sweep.
    package var runs: Int
    /// What one of them takes.
    package var run: RunForecast

    /// An arm with what its trial found.
    package init(name: String, runs: Int, run: RunForecast) {
      self.name = name
      self.runs = runs
      self.run = run
    }
  }

  /// The arms that were tried out, in the order of the sweep.
  package var arms: [Arm]
  /// Runs of the whole sweep, those of other arms too.
  package var runs: Int

  /// What trials found.
  package init(arms: [Arm], runs: Int) {
    self.arms = arms
    self.runs = runs
  }

  /// Seconds of a run, on average over the arms that were tried.
  package var secondsPerRun: Double { mean(\.seconds) }

  /// Tokens that a run samples, on average over the arms that were tried.
  package var tokensPerRun: Double { mean(\.rolloutTokens) }

  /// The most memory that a run of the arms that were tried holds, bytes.
  package var peakMemory: Int { arms.map(\.run.peakMemory).max() ?? 0 }

  private func mean(_ value: (RunForecast) -> Double) -> Double {
    let tried = arms.reduce(0) { $0 + $1.runs }
    return arms.reduce(0) { $0 + value($1.run) * Double($1.runs) } / Double(max(1, tried))
  }

  /// Seconds of all runs, one after the other.
  package var seconds: Double { secondsPerRun * Double(runs) }

  /// The forecast as a table for a person.
  package var text: String {
    var table = TextTable(header: ["arm", "runs", "s a run", "tokens a run", "s in all"])
    table.rows = arms.map { arm in
      [
        arm.name, "\(arm.runs)", String(format: "%.1f", arm.run.seconds),
        String(format: "%.0f", arm.run.rolloutTokens),
        String(format: "%.1f", arm.run.seconds * Double(arm.runs)),
      ]
    }
    let most = arms.contains(where: \.run.mayEndEarlier) ? "at most " : ""
    return table.aligned + "\n"
      + String(
        format: "%d runs one after the other: %@%@, at most %.0f MB each\n", runs, most,
        ProgressLine.duration(seconds), Double(peakMemory) / 1e6)
  }
}
