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

  /// The predictions for a prompt.
  package func windows(for prompt: Prompt) throws -> [ScoredInterval] {
    guard let found = windows[prompt.id], !found.isEmpty else {
      throw TeacherError.noWindows(prompt: prompt.id, known: windows.count)
    }
    return found
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
