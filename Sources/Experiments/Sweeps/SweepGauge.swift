internal import Foundation
internal import Plugins

/// How far one run of a sweep is, read from what it has written.
public struct SweepGauge: Sendable {
  /// The run's folder within the sweep's.
  public let run: String
  /// Steps of all its stages.
  public let steps: Int

  private let path: String

  /// The gauge of a run.
  public init(_ run: SweepPlan.Run, in folder: SweepFolder) {
    self.run = run.folder
    path = folder.folder(of: run)
    steps = Self.steps(of: run)
  }

  /// What the run has reached.
  public struct Reading: Sendable, Hashable {
    /// Steps made.
    public var step: Int
    /// The last mIoU that was measured.
    public var score: Double?

    /// A reading.
    public init(step: Int, score: Double?) {
      self.step = step
      self.score = score
    }
  }

  /// Looks now; `nil` before the first line of metrics.
  public func read() -> Reading? {
    let metrics = RunFile(path + "/metrics.jsonl")
    guard let step = metrics.lastLine(holding: "\"step\":")?.numbers["step"] else { return nil }
    return Reading(
      step: Int(step),
      score: metrics.lastLine(holding: "\"eval/mIoU\":")?.numbers["eval/mIoU"])
  }

  /// Steps of all stages of a run, at least 1; a stage that says nothing makes the standard number.
  static func steps(of run: SweepPlan.Run) -> Int {
    guard let value = try? ConfigurationFile.parse(run.configuration, file: run.folder) else {
      return 1
    }
    let stages = value["stages"]?.list ?? []
    return max(1, stages.reduce(0) { $0 + ($1["steps"]?.integer ?? StageConfiguration().steps) })
  }
}
