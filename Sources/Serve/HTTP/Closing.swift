#if Serve
internal import Synchronization

/// That a server is to end: whoever waits for a client is told, and whoever has something to answer is not.
final class Closing: Sendable {
  private struct State {
    var hasBegun = false
    var number = 0
    var waiting: [Int: @Sendable () -> Void] = [:]
  }

  private let state = Mutex(State())

  var hasBegun: Bool { state.withLock { $0.hasBegun } }

  /// Ends all that can be ended, now and later.
  func begin() {
    let waiting = state.withLock { state in
      state.hasBegun = true
      defer { state.waiting = [:] }
      return state.waiting.values.map { $0 }
    }
    for end in waiting { end() }
  }

  /// Waits for somebody, but not once the server is to end.
  ///
  /// - Throws: `CancellationError` then, or what `body` throws.
  func interruptible<Result: Sendable>(
    _ body: @escaping @Sendable () async throws -> Result
  ) async throws -> Result {
    let task = Task { try await body() }
    let number = state.withLock { state in
      state.number += 1
      if state.hasBegun { task.cancel() } else { state.waiting[state.number] = { task.cancel() } }
      return state.number
    }
    defer { state.withLock { $0.waiting[number] = nil } }
    return try await withTaskCancellationHandler {
      try await task.value
    } onCancel: {
      task.cancel()
    }
  }
}
#endif
