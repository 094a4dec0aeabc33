internal import Foundation
internal import Records

/// Touches a lease now and then, and notices when it was lost.
final class Heartbeat {
  private let lease: RunLease
  private var last = Date()

  init(_ lease: RunLease) { self.lease = lease }

  func isMine() -> Bool {
    guard Date().timeIntervalSince(last) > 5 else { return true }
    last = Date()
    guard lease.isMine else { return false }
    lease.touch()
    return true
  }
}
