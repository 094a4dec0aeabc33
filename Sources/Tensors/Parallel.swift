internal import COpenBLAS
internal import Synchronization

/// Work cut into numbered chunks, shared by as many threads as were asked for.
///
/// What a chunk computes never depends on which thread takes it, so results have the same bits for any number of threads.
public enum Parallel {
  private static let wanted = Atomic(0)

  /// How many threads share work; at first one a core.
  public static var threads: Int {
    get {
      let threads = wanted.load(ordering: .relaxed)
      if threads > 0 { return threads }
      self.threads = Int(openblas_get_num_procs())
      return self.threads
    }
    set {
      openblas_set_num_threads(1)
      wanted.store(max(1, newValue), ordering: .relaxed)
    }
  }

  /// Runs `body` once for each chunk.
  public static func run(chunks: Int, _ body: @Sendable (Int) -> Void) {
    let workers = min(threads, chunks)
    guard workers > 1 else {
      for chunk in 0..<chunks { body(chunk) }
      return
    }
    Helpers.all.run(chunks: chunks, seats: workers, isShort: false) { chunk, _ in body(chunk) }
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
