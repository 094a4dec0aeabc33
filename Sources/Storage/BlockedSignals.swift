internal import Foundation

/// Starts something while this thread blocks no signals.
///
/// A program inherits the mask of the thread that starts it, and threads of Dispatch block everything: a shell that hears of
/// no child's end waits for ever, and what is asked to end does not hear it.
///
/// - Parameter body: Starts it.
/// - Returns: What `body` returns.
/// - Throws: What `body` throws.
package func withNoSignalBlocked<Result>(_ body: () throws -> Result) rethrows -> Result {
  var nothing = sigset_t()
  var before = sigset_t()
  sigemptyset(&nothing)
  pthread_sigmask(SIG_SETMASK, &nothing, &before)
  defer { pthread_sigmask(SIG_SETMASK, &before, nil) }
  return try body()
}

/// Goes on as another program in the place of this one: signals, output and status are that program's.
///
/// Returns only if the program cannot be started.
///
/// - Parameters:
///   - program: Where it lies.
///   - arguments: What it is told, without its own name.
package func become(_ program: String, _ arguments: [String]) {
  let words = [program] + arguments
  _ = withNoSignalBlocked { execv(program, words.map { strdup($0) } + [nil]) }
}
