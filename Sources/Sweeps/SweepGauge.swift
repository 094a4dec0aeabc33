internal import Records
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
    /// The last mIoU that was measured.
    package var score: Double?

    /// A reading.
    package init(step: Int, score: Double?) {
      self.step = step
      self.score = score
    }
  }

  /// Looks now; `nil` before the first line of metrics.
  package func read() -> Reading? {
    let metrics = RunFile(path + "/metrics.jsonl")
    guard let step = metrics.lastLine(holding: "\"step\":")?.numbers["step"] else { return nil }
    return Reading(
      step: Int(step),
      score: metrics.lastLine(holding: "\"eval/mIoU\":")?.numbers["eval/mIoU"])
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
