internal import Foundation
internal import Plugins
internal import Records
internal import Statistics

/// How the runs of some folders stand while they go, as a part of a page: those of a sweep's plan that are not begun, too.
package struct WatchBoard: Sendable {
  /// One run.
  struct Row: Sendable, Hashable {
    var path: String
    var arm: String
    /// As in `RunList.Entry`.
    var state: String
    var step: Int?
    /// Steps of all its stages, where its configuration says how many.
    var steps: Int?
    var value: Double?
    /// Seconds of training so far.
    var seconds: Double?
    var message: String?

    /// What it would take in all at its pace so far.
    var whole: Double? {
      guard state != RunDirectory.State.done.rawValue else { return seconds }
      guard let seconds, let step, let steps, step > 0 else { return nil }
      return seconds * Double(max(step, steps)) / Double(step)
    }
  }

  /// The runs, those that are going first.
  let rows: [Row]
  /// What people call the metric by which the runs are judged.
  let title: String

  /// A board of some runs.
  init(rows: [Row], title: String) {
    self.rows = rows
    self.title = title
  }

  /// Looks now; folders in which nothing has begun are no error.
  package init(_ folders: [String]) {
    let entries = (try? RunList(in: folders).entries) ?? []
    let begun = entries.map(Row.init)
    let known = Set(begun.map(\.path))
    let planned = folders.flatMap(Self.planned).filter { !known.contains($0.path) }
    let all = begun + planned
    rows =
      Self.order.flatMap { state in all.filter { $0.state == state } }
      + all.filter { !Self.order.contains($0.state) }
    title = entries.lazy.compactMap(\.metric).first.map { Metric($0).title } ?? "metric"
  }

  /// What needs somebody's eye comes first.
  private static let order: [String] =
    ([.running, .failed] as [RunDirectory.State]).map(\.rawValue) + [RunList.lost]
    + ([.interrupted, .pending, .done] as [RunDirectory.State]).map(\.rawValue)

  /// The runs of a sweep's frozen plan.
  private static func planned(_ folder: String) -> [Row] {
    (RecordedSweep(in: folder)?.runs ?? []).map {
      Row(
        path: folder + "/" + RunDirectory.place(arm: $0.arm, seed: $0.seed), arm: $0.arm,
        state: RunDirectory.State.pending.rawValue)
    }
  }

  /// Whether a run is one of those that are going.
  package func isRunning(_ path: String) -> Bool {
    rows.contains { $0.path == path && $0.state == RunDirectory.State.running.rawValue }
  }

  /// Seconds until a run ends at its pace so far; `nil` where it is not going or has made no step.
  func left(_ row: Row) -> Double? {
    guard row.state == RunDirectory.State.running.rawValue else { return nil }
    return row.whole.flatMap { whole in row.seconds.map { max(0, whole - $0) } }
  }

  /// Seconds until all are done with as many at a time as now.
  ///
  /// Runs that are not begun take what others of their arm take, or else the mean of all. `nil` where none is going or nothing is known.
  var left: Double? {
    let going = rows.count { $0.state == RunDirectory.State.running.rawValue }
    let known = rows.compactMap(\.whole)
    guard going > 0, !known.isEmpty else { return nil }
    let byArm = Dictionary(grouping: rows, by: \.arm).mapValues { $0.compactMap(\.whole) }
    let rest = rows.map { row -> Double in
      let own = byArm[row.arm] ?? []
      let usual = mean(own.isEmpty ? known : own)
      switch row.state {
      case RunDirectory.State.running.rawValue: return left(row) ?? usual
      case RunDirectory.State.pending.rawValue, RunDirectory.State.interrupted.rawValue:
        return max(0, (row.whole ?? usual) - (row.seconds ?? 0))
      default: return 0
      }
    }
    return rest.reduce(0, +) / Double(going)
  }
}

extension WatchBoard.Row {
  /// What a run's folder says.
  fileprivate init(_ entry: RunList.Entry) {
    let parts = entry.path.split(separator: "/")
    let isSeed = parts.last?.hasPrefix("seed-") == true && parts.count > 1
    self.init(
      path: entry.path, arm: String(isSeed ? parts[parts.count - 2] : parts.last ?? ""),
      state: entry.state, step: entry.step,
      // Hundreds of runs that are done are looked at every two seconds, and nobody asks how far they are.
      steps: entry.state == RunDirectory.State.done.rawValue ? nil : Self.steps(entry.path),
      value: entry.value,
      seconds: entry.seconds, message: entry.message)
  }

  private static func steps(_ path: String) -> Int? {
    let stages = (try? ConfigurationFile.read(path + "/config.yaml"))?["stages"]?.list
    let steps = stages?.compactMap { $0["steps"]?.integer } ?? []
    return steps.isEmpty ? nil : steps.reduce(0, +)
  }
}
