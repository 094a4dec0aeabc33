internal import COpenBLAS
internal import Dispatch
internal import Synchronization

/// Work cut into numbered chunks, shared by as many threads as were asked for.
///
/// What a chunk computes never depends on which thread takes it, so results have the same bits for any number of threads.
public enum Parallel {
  private static let wanted = Mutex(0)

  /// How many threads share work; at first one a core.
  public static var threads: Int {
    get {
      wanted.withLock { threads in
        if threads == 0 {
          openblas_set_num_threads(1)
          threads = Int(openblas_get_num_procs())
        }
        return threads
      }
    }
    set {
      wanted.withLock {
        openblas_set_num_threads(1)
        $0 = max(1, newValue)
      }
    }
  }

  /// Runs `body` once for each chunk.
  public static func run(chunks: Int, _ body: @Sendable (Int) -> Void) {
    let workers = min(threads, chunks)
    guard workers > 1 else {
      for chunk in 0..<chunks { body(chunk) }
      return
    }
    let next = Atomic(0)
    DispatchQueue.concurrentPerform(iterations: workers) { _ in
      while true {
        let chunk = next.wrappingAdd(1, ordering: .relaxed).oldValue
        guard chunk < chunks else { return }
        body(chunk)
      }
    }
  }

  /// Runs `body` once for each chunk and returns the results in order; the first chunk's error, by number, is thrown.
  public static func map<Result: Sendable>(
    chunks: Int, _ body: @Sendable (Int) throws -> Result
  ) throws -> [Result] {
    let results = Mutex([Int: Swift.Result<Result, any Error>]())
    run(chunks: chunks) { chunk in
      let result = Swift.Result { try body(chunk) }
      results.withLock { $0[chunk] = result }
    }
    return try results.withLock { results in
      try (0..<chunks).compactMap { try results[$0]?.get() }
    }
  }
}

/// An address that chunks of work may share because each touches a stretch of its own.
struct Place<Scalar>: Sendable {
  private let address: UInt

  init(_ pointer: UnsafeMutablePointer<Scalar>) { address = UInt(bitPattern: pointer) }

  var pointer: UnsafeMutablePointer<Scalar> {
    guard let pointer = UnsafeMutablePointer<Scalar>(bitPattern: address) else {
      preconditionFailure("A place has an address.")
    }
    return pointer
  }
}
