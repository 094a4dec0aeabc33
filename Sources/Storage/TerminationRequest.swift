internal import Foundation
internal import Synchronization

/// The wish that the process ends (SIGINT by a person, SIGTERM by a cluster or a sweep), noted and not obeyed at once.
///
/// A handler that stores a number, rather than ignored signals and a dispatch source: what a process ignores its
/// children ignore too, and the programs of teachers could no longer be ended.
package enum TerminationRequest {
  private static let noted = Atomic<Int32>(0)

  /// The number of the first signal that came since `observe()`; `nil` if none did.
  package static var signal: Int32? {
    let number = noted.load(ordering: .relaxed)
    return number == 0 ? nil : number
  }

  /// Notes signals from now on; the same one once more ends the process at once.
  package static func observe() {
    // Made before a handler can run, which may only load and store.
    noted.store(0, ordering: .relaxed)
    for number in [SIGINT, SIGTERM] {
      Foundation.signal(number) { number in
        let earlier = TerminationRequest.noted.exchange(number, ordering: .relaxed)
        if earlier == number { _exit(128 + number) }
      }
    }
  }
}
