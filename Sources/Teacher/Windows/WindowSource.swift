package import Core

/// Where a window teacher's windows come from.
package protocol WindowSource: Sendable {
  /// A digest of everything the windows depend on besides the prompt itself.
  var identity: String { get }

  /// The scored windows for a prompt, in any order; never empty.
  func windows(for prompt: Prompt) throws -> [ScoredInterval]
}

/// Windows that somebody predicted, by prompt id.
package struct TableWindows: WindowSource {
  /// The predictions of each prompt.
  package let windows: [String: [ScoredInterval]]

  /// A digest of the whole table.
  package let identity: String

  /// A table of predictions.
  ///
  /// - Throws: `TeacherError.unusableWindow` for a window that is not finite or has a negative confidence.
  package init(_ windows: [String: [ScoredInterval]]) throws {
    var parts = ["table"]
    for (id, list) in windows.sorted(by: { $0.key < $1.key }) {
      parts.append(id)
      for window in list {
        try Self.check(window, of: id)
        parts.append(window.description)
      }
    }
    self.windows = windows
    identity = ContentHash.of(parts)
  }

  /// Refuses windows that cannot be of their videos: none begins within its video, or one ends long after it, as windows in
  /// frames or milliseconds do.
  ///
  /// - Throws: `TeacherError.foreignWindows`.
  package func refuseForeignWindows(of prompts: [Prompt]) throws {
    let faults = prompts.compactMap { prompt in fault(of: prompt).map { "'\(prompt.id)', \($0)" } }
    guard faults.isEmpty else {
      throw TeacherError.foreignWindows(count: faults.count, first: Array(faults.prefix(10)))
    }
  }

  private func fault(of prompt: Prompt) -> String? {
    guard let found = windows[prompt.id], !found.isEmpty else { return nil }
    let duration = prompt.evidence.duration
    // What annotations and features may differ by.
    let last = duration + max(4, 0.05 * duration)
    if let bad = found.first(where: { $0.interval.end > last }) {
      return "a window to \(bad.interval.end) s in a video of \(duration) s"
    }
    // Published predictions have windows of no length at the end of a video, beside others.
    let isSeen = found.contains { $0.interval.start < duration && $0.interval.end > 0 }
    return isSeen ? nil : "no window within its video of \(duration) s"
  }

  /// The predictions for a prompt, or those for the question that it was made from, moved along with its video.
  package func windows(for prompt: Prompt) throws -> [ScoredInterval] {
    guard let found = windows[prompt.origin?.id ?? prompt.id], !found.isEmpty else {
      throw TeacherError.noWindows(prompt: prompt.id, known: windows.count)
    }
    guard let change = prompt.origin?.change else { return found }
    let moved = found.flatMap { window in
      change.pieces(of: window.interval).map {
        ScoredInterval($0, confidence: window.confidence)
      }
    }
    // Of a part of the video in which nothing was predicted nothing is known.
    return moved.isEmpty ? [ScoredInterval(Interval(0, change.duration), confidence: 1)] : moved
  }

  private static func check(_ window: ScoredInterval, of id: String) throws {
    let finite = window.interval.start.isFinite && window.interval.end.isFinite
    guard finite, window.confidence.isFinite, window.confidence >= 0 else {
      throw TeacherError.unusableWindow(prompt: id, window: window.description)
    }
  }
}

/// The truth of each prompt, all windows equally sure: what an oracle knows.
package struct TrueWindows: WindowSource {
  /// Says that the truth is told.
  package let identity = ContentHash.of(["truth"])

  /// The source that tells the truth.
  package init() {}

  /// The true windows of a prompt.
  package func windows(for prompt: Prompt) throws -> [ScoredInterval] {
    let stretches = prompt.stretches
    guard !stretches.isEmpty else {
      throw TeacherError.noWindows(prompt: prompt.id, known: 0)
    }
    return stretches.map { ScoredInterval($0, confidence: 1) }
  }
}

extension ScoredInterval {
  /// Start, end and confidence in full precision.
  var description: String { "[\(interval.start), \(interval.end)] with confidence \(confidence)" }
}
