internal import CHDF5
internal import Foundation
internal import Synchronization

/// The HDF5 library, which works for one caller at a time.
///
/// Debian's build locks itself, but other builds do not; one lock of our own serves both, and also keeps the message of a
/// failed call together with the call.
enum HDF5Library {
  private static let lock = Mutex(())

  /// A call that returned a negative number, and the library's reason.
  struct Failure: Error {
    let reason: String
  }

  /// Runs calls of the library one after another; a negative result becomes an error with the reason.
  static func call<Number: BinaryInteger>(_ body: () -> Number) throws(Failure) -> Number {
    let (result, reason) = lock.withLock { _ in
      let result = body()
      return (result, result < 0 ? String(cString: opd_hdf5_message()) : "")
    }
    guard result >= 0 else { throw Failure(reason: reason) }
    return result
  }

  /// Runs a call that gives back zero-terminated strings one after another, and frees their buffer.
  static func strings(
    _ body: (UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>) -> Int64
  ) throws(Failure) -> [String] {
    var buffer: UnsafeMutablePointer<CChar>?
    let count = try call { body(&buffer) }
    guard var next = buffer else { return [] }
    defer { free(buffer) }
    var result: [String] = []
    for _ in 0..<count {
      result.append(String(cString: next))
      next += strlen(next) + 1
    }
    return result
  }
}
