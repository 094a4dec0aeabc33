internal import Foundation
internal import Records
internal import Storage

/// When and where a run was at work, as its log has it.
struct RunDates: Sendable, Hashable {
  /// The time of the first line and of the last, such as `2026-11-30T18:07:22Z`.
  let begun: String?
  let ended: String?
  /// The machines that worked on it, in order.
  let machines: [String]

  /// What the log in a run's folder says.
  init(_ path: String) {
    let lines = ((try? TextFile.text(path + "/log.txt")) ?? "").split(separator: "\n")
    let times = lines.compactMap {
      $0.firstMatch(of: /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ/).map { String($0.0) }
    }
    (begun, ended) = (times.first, times.last)
    var seen: Set<String> = []
    machines = lines.compactMap { line in
      line.firstMatch(of: /^\S+Z machine: (.*)$/).map { String($0.1) }
    }.filter { seen.insert($0).inserted }
  }

  /// A time as people read it, in UTC.
  static func text(_ time: String?) -> String? {
    time.map { $0.replacing("T", with: " ").replacing("Z", with: "") }
  }
}
