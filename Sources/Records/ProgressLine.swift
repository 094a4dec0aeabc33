internal import Foundation
internal import Storage

/// One line that says how far something is, on standard error.
///
/// On a terminal the line is rewritten in place, at most ten times a second; in a pipe or a file a plain line appears now
/// and then; quiet, nothing does.
package struct ProgressLine {
  /// Where the line goes.
  package enum Style: Sendable, Hashable {
    /// Rewritten in place, cut at a width in columns.
    case terminal(width: Int)
    /// A line of its own, at most every so many seconds.
    case plain(every: Double)
    /// Nowhere.
    case quiet
  }

  private let label: String
  private let total: Int
  private let first: Int
  private let unit: String
  private let style: Style
  private let write: (String) -> Void
  private let now: () -> Double
  private let start: Double
  private var last = -Double.infinity

  /// A line about `total` units of work.
  ///
  /// - Parameters:
  ///   - label: What is being done.
  ///   - total: How many units there are.
  ///   - unit: What one unit is called, in the plural.
  ///   - first: How many units were done before.
  ///   - style: Where the line goes; what suits standard error if left out.
  package init(
    _ label: String, total: Int, unit: String = "steps", first: Int = 0, style: Style? = nil
  ) {
    self.init(
      label, total: total, unit: unit, first: first, style: style ?? .standardError,
      now: { ProcessInfo.processInfo.systemUptime },
      write: { try? FileHandle.standardError.write(contentsOf: Data($0.utf8)) })
  }

  init(
    _ label: String, total: Int, unit: String = "steps", first: Int = 0, style: Style,
    now: @escaping () -> Double, write: @escaping (String) -> Void
  ) {
    (self.label, self.total, self.unit, self.style) = (label, total, unit, style)
    self.first = first
    (self.now, self.write, self.start) = (now, write, now())
  }

  /// Says that `done` units are done, unless it was said a moment ago.
  ///
  /// - Parameters:
  ///   - done: How many units are done, from the beginning.
  ///   - note: What else to say, such as the last metric.
  package mutating func update(_ done: Int, note: String = "") {
    let time = now()
    switch style {
    case .quiet: return
    case .terminal(let width):
      guard time - last >= 0.1 || done >= total else { return }
      write("\r\u{1B}[2K\(text(done, note, at: time, within: max(1, width - 1)))")
    case .plain(let interval):
      guard time - last >= interval || done >= total else { return }
      write(text(done, note, at: time) + "\n")
    }
    last = time
  }

  /// Ends the line, so that what is printed next starts on a fresh one.
  package mutating func finish() {
    if case .terminal = style, last.isFinite { write("\r\u{1B}[2K") }
    last = -.infinity
  }

  /// The line; where it does not fit into a width, without the rate, which the time left says as well, and then without its end.
  private func text(
    _ done: Int, _ note: String, at time: Double, within width: Int = .max
  ) -> String {
    let rate = time > start ? Double(done - first) / (time - start) : 0
    var parts = ["\(label) \(done)/\(total) \(unit)"]
    if rate > 0 {
      parts.append(String(format: "%.3g %@/s", rate, unit))
      parts.append("\(Self.duration(Double(max(0, total - done)) / rate)) left")
    }
    parts += note.split(separator: Self.separator).map(String.init)
    func line() -> String { parts.joined(separator: Self.separator) }
    if line().count > width, rate > 0 { parts.remove(at: 1) }
    while line().count > width, parts.count > 1 { parts.removeLast() }
    return String(line().prefix(width))
  }

  private static let separator = " · "

  /// Seconds as people say them: `42 s`, `3 min 07 s`, `2 h 05 min`.
  package static func duration(_ seconds: Double) -> String {
    // Beyond any time that is left, but still a whole number.
    let whole = Int((seconds < 1e12 ? seconds : 1e12).rounded(.up))
    if whole < 60 { return "\(whole) s" }
    if whole < 3600 { return "\(whole / 60) min \(twoDigits(whole % 60)) s" }
    return "\(whole / 3600) h \(twoDigits(whole % 3600 / 60)) min"
  }

  private static func twoDigits(_ number: Int) -> String {
    number < 10 ? "0\(number)" : "\(number)"
  }
}

extension ProgressLine.Style {
  /// What suits standard error: in place on a terminal that can, else a plain line every 15 seconds.
  package static var standardError: ProgressLine.Style {
    guard isatty(STDERR_FILENO) == 1, ProcessInfo.processInfo.environment["TERM"] != "dumb" else {
      return .plain(every: 15)
    }
    return .terminal(width: Terminal.columns(of: STDERR_FILENO) ?? 80)
  }
}
