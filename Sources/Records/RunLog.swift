internal import Foundation
internal import Storage
internal import Synchronization

/// The log of a run, `log.txt`: what happens in it, what plug-ins that are programs say, and what happens to them.
///
/// Lines that come before the run has a folder are kept until it has one.
package final class RunLog: Sendable {
  private struct State {
    var early: [String] = []
    var file: FileHandle?
  }

  private let state = Mutex(State())

  /// A log without a file yet.
  package init() {}

  /// Adds a line, with the time before it.
  package func add(_ line: String) {
    let line = "\(Date.now.formatted(.iso8601)) \(line)"
    state.withLock { state in
      guard let file = state.file else { return state.early.append(line) }
      try? file.write(contentsOf: Data((line + "\n").utf8))
    }
  }

  /// Writes to the run's folder from now on.
  ///
  /// - Throws: `StorageError.unwritable`.
  package func open(in directory: RunDirectory) throws {
    let file = try AppendedFile.open(directory.file("log.txt"))
    state.withLock { state in
      state.file = file
      guard !state.early.isEmpty else { return }
      try? file.write(contentsOf: Data((state.early.joined(separator: "\n") + "\n").utf8))
      state.early = []
    }
  }
}
