internal import Foundation
internal import Plugins

/// What the runs of a sweep will take, predicted from a trial of one run an arm.
public struct SweepForecast: Sendable, Hashable, Codable {
  /// An arm that was tried out.
  public struct Arm: Sendable, Hashable, Codable {
    /// Its name.
    public var name: String
    /// Its runs in the sweep.
    public var runs: Int
    /// What one of them takes.
    public var run: RunForecast
  }

  /// The arms that were tried out, in the order of the sweep.
  public var arms: [Arm]
  /// Runs of the whole sweep, those of other arms too.
  public var runs: Int

  /// Tries out the arms of a sweep.
  ///
  /// - Parameters:
  ///   - plan: The sweep.
  ///   - limit: The most arms to try, spread evenly over the sweep; all if `nil`.
  ///   - laboratory: Makes everything that can be named, anew for each arm.
  ///   - report: Told which arm is next.
  /// - Throws: What is wrong with a configuration, its data or its teacher.
  public init(
    _ plan: SweepPlan, limit: Int? = nil, in laboratory: () throws -> Laboratory,
    report: (String) -> Void = { _ in }
  ) async throws {
    runs = plan.runs.count
    arms = []
    let count = min(max(1, limit ?? .max), plan.arms.count)
    for place in 0..<count {
      let name = plan.arms[place * plan.arms.count / count]
      let own = plan.runs.filter { $0.arm == name }
      guard let first = own.first else { continue }
      report(name)
      let value = try ConfigurationFile.parse(first.configuration, file: first.folder)
      arms.append(
        Arm(name: name, runs: own.count, run: try await RunForecast(value, in: laboratory())))
    }
  }

  /// Seconds of a run, on average over the arms that were tried.
  public var secondsPerRun: Double { mean(\.seconds) }

  /// Tokens that a run samples, on average over the arms that were tried.
  public var tokensPerRun: Double { mean(\.rolloutTokens) }

  /// The most memory that a run of the arms that were tried holds, bytes.
  public var peakMemory: Int { arms.map(\.run.peakMemory).max() ?? 0 }

  private func mean(_ value: (RunForecast) -> Double) -> Double {
    let tried = arms.reduce(0) { $0 + $1.runs }
    return arms.reduce(0) { $0 + value($1.run) * Double($1.runs) } / Double(max(1, tried))
  }

  /// Seconds of all runs, one after the other.
  public var seconds: Double { secondsPerRun * Double(runs) }

  /// The forecast as a table for a person.
  public var text: String {
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
