internal import Foundation

/// How many files and connections this process may have open.
package enum OpenFiles {
  /// Raises the limit as far as the system lets it.
  ///
  /// - Returns: The limit.
  package static func raiseLimit() -> Int {
    let resource = __rlimit_resource_t(RLIMIT_NOFILE.rawValue)
    var limit = rlimit()
    guard getrlimit(resource, &limit) == 0 else { return 1024 }
    // A million and more are as good as none, and some systems say so many.
    limit.rlim_cur = min(limit.rlim_max, 1 << 20)
    _ = setrlimit(resource, &limit)
    guard getrlimit(resource, &limit) == 0 else { return 1024 }
    return Int(min(limit.rlim_cur, 1 << 20))
  }
}
