internal import Foundation
internal import Records

/// Ends a worker whose engine has died, so that two never work on one run.
package enum ParentWatch {
  /// Starts to watch, if an engine started this process.
  package static func start() {
    guard
      let parent = ProcessInfo.processInfo.environment[RunLease.parentVariable].flatMap({
        Int32($0)
      })
    else {
      return
    }
    Thread.detachNewThread {
      while getppid() == parent { usleep(300_000) }
      // As if killed: a run must bear that at any moment.
      _exit(130)
    }
  }
}
