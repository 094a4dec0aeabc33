internal import Core
internal import Records

/// Who may end a run from outside: whoever took it over, and whoever sent a signal.
struct RunSupervision: Sendable {
  /// The folder of the run.
  var path: String
  /// The run's identity, which its states say.
  var identity: String
  /// The lease; `nil` where the engine of a sweep holds it.
  var lease: RunLease?
  /// Asked whether the run is to save and end.
  var interruption: Interruption

  /// Ends a run that is somebody else's by now.
  ///
  /// - Throws: `RunError.takenOver`.
  /// - Complexity: Reads a small file.
  func checkLease() throws {
    guard let lease, !lease.isMine else { return }
    throw RunError.takenOver(path: path)
  }

  /// Ends a run, which has been saved, where that was asked for.
  ///
  /// - Throws: `RunInterruption`.
  func check(after step: Int) throws {
    guard let signal = interruption.signal() else { return }
    throw RunInterruption(path: path, signal: signal, step: step)
  }

  /// Does something, and says every few seconds meanwhile that the run's owner is alive.
  func whileAlive<Result: Sendable>(
    _ body: () async throws -> Result
  ) async throws -> Result {
    guard let lease else { return try await body() }
    let beat = Task.detached {
      while !Task.isCancelled {
        try? await Task.sleep(for: .seconds(5))
        if !Task.isCancelled, lease.isMine { lease.touch() }
      }
    }
    defer { beat.cancel() }
    return try await body()
  }
}
