import Synchronization

/// The last line a program wrote to its error output: most often why it ended.
///
/// Behind the line that ends a traceback of Python stands where it happened, `KeyError: 'a' at my.py:12`: the innermost file that
/// is no library of the interpreter's.
final class LastWords: Sendable {
  private struct State {
    var line = ""
    /// How many there were.
    var count = 0
    /// The last place that an unfinished traceback has named.
    var place: String?
  }

  private let state = Mutex(State())

  /// The line.
  var text: String { state.withLock { $0.line } }

  /// How many lines there were.
  var count: Int { state.withLock { $0.count } }

  /// Keeps a line, cut to a readable length.
  func remember(_ text: String) {
    state.withLock { state in
      state.line = String(text.prefix(200))
      state.count += 1
      // Places and lines of source are indented; the exception itself is not.
      guard !text.hasPrefix(" ") else { return state.place = Self.place(text) ?? state.place }
      if let place = state.place { state.line += " at \(place)" }
      state.place = nil
    }
  }

  /// `my.py:12` of `File "my.py", line 12, in rule`; `nil` of another line, or where the file is one of the interpreter's.
  private static func place(_ line: String) -> String? {
    guard let found = line.wholeMatch(of: /\s*File "(.+)", line (\d+).*/) else { return nil }
    let isLibrary = found.1.contains("/lib/python") || found.1.hasPrefix("<frozen")
    return isLibrary ? nil : "\(found.1):\(found.2)"
  }
}
