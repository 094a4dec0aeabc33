internal import Records
internal import Core
internal import Foundation
internal import Plugins

/// How far one run of a sweep is, read from what it has written.
package struct SweepGauge: Sendable {
  /// The run's folder within the sweep's.
  package let run: String
  /// Steps of all its stages.
  package let steps: Int

  private let path: String

  /// The gauge of a run.
  package init(_ run: SweepPlan.Run, in folder: SweepFolder) {
    self.run = run.folder
    path = folder.folder(of: run)
    steps = Self.steps(of: run)
  }

  /// What the run has reached.
  package struct Reading: Sendable, Hashable {
    /// Steps made.
    package var step: Int
    /// The last value of the task's headline.
    package var score: Double?
    /// What people call the headline.
    package var title: String?

    /// A reading.
    package init(step: Int, score: Double?, title: String? = nil) {
      self.step = step
      self.score = score
      self.title = title
    }
  }

  /// Looks now; `nil` before the first line of metrics.
  package func read() -> Reading? {
    let metrics = RunFile(path + "/metrics.jsonl")
    guard let step = metrics.lastLine(holding: "\"step\":")?.whole("step") else { return nil }
    let status = RunFile(path + "/status.json").object()
    guard let headline = status?.texts["task/headline"] else {
      return Reading(step: step, score: nil)
    }
    return Reading(
      step: step,
      score: metrics.lastLine(holding: "\"\(headline)\":")?.numbers[headline],
      title: MetricName(headline).title)
  }

  /// Steps of all stages of a run, at least 1.
  static func steps(of run: SweepPlan.Run) -> Int {
    guard let value = try? ConfigurationFile.parse(run.configuration, file: run.folder) else {
      return 1
    }
    let stages = value["stages"]?.list ?? []
    return max(1, stages.reduce(0) { $0 + ($1["steps"]?.integer ?? 0) })
  }
}
