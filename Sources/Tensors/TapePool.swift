internal import Synchronization

/// The tapes of the process: as many as ever worked at the same time, shared by student, teacher and reference.
///
/// A pass borrows one and gives it back, so what one pass left in the caches and in memory serves the next.
public enum TapePool {
  private final class Slot: Sendable {
    let tape = Mutex(Tape<Float>())
  }

  private static let slots = (0..<64).map { _ in Slot() }

  /// Lends a tape that nobody else uses.
  public static func withTape<Result: Sendable>(_ body: (Tape<Float>) throws -> Result) rethrows
    -> Result
  {
    for slot in slots {
      if let result = try slot.tape.withLockIfAvailable({ try body($0) }) { return result }
    }
    return try body(Tape<Float>())
  }

  /// Bytes held by all tapes, and how often they had to ask the system for more; to be read while no pass runs.
  public static var memory: (bytes: Int, allocations: Int) {
    slots.reduce((0, 0)) { sum, slot in
      slot.tape.withLock { (sum.0 + $0.bytes, sum.1 + $0.allocations) }
    }
  }
}
