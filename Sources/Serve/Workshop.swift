internal import Foundation
internal import Synchronization

/// Where answers are computed: so many at a time, on threads of their own, and none for whom nobody waits.
final class Workshop: Sendable {
  private let turnstile: Turnstile
  private let limits: ServiceLimits

  init(_ limits: ServiceLimits) {
    self.limits = limits
    turnstile = Turnstile(places: limits.atOnce, waiting: limits.waiting)
  }

  /// How many answers are computed, and how many requests wait for their turn.
  var load: (inside: Int, waiting: Int) {
    get async { await turnstile.load }
  }

  /// Computes something when its turn has come.
  ///
  /// - Parameter work: Asks between its steps whether the result is still wanted, and may end with anything if not.
  /// - Returns: What `work` gives.
  /// - Throws: `ServiceRefusal` where too many wait, or it takes too long; `CancellationError`; what `work` throws.
  func compute<Result: Sendable>(
    _ work: @escaping @Sendable (_ isWanted: @escaping @Sendable () -> Bool) throws -> Result
  ) async throws -> Result {
    try await turnstile.enter(within: limits.waitingSeconds)
    let (seconds, order) = (limits.answerSeconds, Order())
    let alarm = Task {
      try await Task.sleep(for: .seconds(seconds))
      order.cancel(.late)
    }
    let result = await withTaskCancellationHandler {
      await withCheckedContinuation { continuation in
        // Not a thread of tasks, nor of Dispatch, which has as many as processors: where answers hold them all, no alarm rings, no
        // bytes are taken, and nobody is heard to have left.
        Thread.detachNewThread {
          continuation.resume(returning: Swift.Result { try work { order.isWanted } })
        }
      }
    } onCancel: {
      order.cancel(.left)
    }
    alarm.cancel()
    await turnstile.leave()
    guard order.state != .late else {
      throw ServiceRefusal(
        status: 504, "The answer was not complete after \(seconds) s.", "Ask for fewer tokens.")
    }
    try Task.checkCancellation()
    return try result.get()
  }
}

/// Whether somebody still waits for an answer.
private final class Order: Sendable {
  enum State: Int, AtomicRepresentable {
    case wanted, late, left
  }

  private let current = Atomic(State.wanted)

  var state: State { current.load(ordering: .relaxed) }

  var isWanted: Bool { state == .wanted }

  func cancel(_ reason: State) {
    _ = current.compareExchange(expected: .wanted, desired: reason, ordering: .relaxed)
  }
}

/// Lets so many in at a time; others wait in order, and not for ever.
actor Turnstile {
  private let places: Int
  private var free: Int
  private let most: Int
  private var tickets = 0
  private var queue: [(ticket: Int, turn: Turn)] = []

  private typealias Turn = CheckedContinuation<Void, any Error>

  init(places: Int, waiting most: Int) {
    self.places = places
    free = places
    self.most = most
  }

  /// How many are in, and how many wait.
  var load: (inside: Int, waiting: Int) { (places - free, queue.count) }

  /// Waits for a place, which `leave()` gives back.
  ///
  /// - Throws: `ServiceRefusal` of status 429 where too many wait, 503 after `seconds`; `CancellationError`.
  func enter(within seconds: Double) async throws {
    guard free == 0 else {
      free -= 1
      return
    }
    guard queue.count < most else {
      throw ServiceRefusal(
        status: 429, "\(queue.count) requests wait already.", "Ask again in a second.",
        retryAfter: 1)
    }
    tickets += 1
    let ticket = tickets
    let alarm = Task {
      try await Task.sleep(for: .seconds(seconds))
      self.drop(ticket, Self.late(seconds))
    }
    defer { alarm.cancel() }
    try await withTaskCancellationHandler {
      try await withCheckedThrowingContinuation { (turn: Turn) in
        guard !Task.isCancelled else { return turn.resume(throwing: CancellationError()) }
        queue.append((ticket, turn))
      }
    } onCancel: {
      Task { await self.drop(ticket, CancellationError()) }
    }
  }

  /// Gives a place back, to whoever waits longest.
  func leave() {
    guard !queue.isEmpty else {
      free += 1
      return
    }
    queue.removeFirst().turn.resume()
  }

  private static func late(_ seconds: Double) -> ServiceRefusal {
    ServiceRefusal(
      status: 503, "The request waited \(seconds) s for its turn.", "Ask again in a minute.",
      retryAfter: 60)
  }

  private func drop(_ ticket: Int, _ error: any Error) {
    guard let index = queue.firstIndex(where: { $0.ticket == ticket }) else { return }
    queue.remove(at: index).turn.resume(throwing: error)
  }
}
