internal import Foundation

/// Goes on as another program in the place of this one: signals, output and status are that program's.
///
/// Returns only if the program cannot be started. It begins with no signal blocked: a program inherits the mask of its thread,
/// threads of Dispatch block everything, and a shell that hears of no child's end waits for ever.
///
/// - Parameters:
///   - program: Where it lies.
///   - arguments: What it is told, without its own name.
package func become(_ program: String, _ arguments: [String]) {
  let words = [program] + arguments
  var nothing = sigset_t()
  var before = sigset_t()
  sigemptyset(&nothing)
  pthread_sigmask(SIG_SETMASK, &nothing, &before)
  defer { pthread_sigmask(SIG_SETMASK, &before, nil) }
  execv(program, words.map { strdup($0) } + [nil])
}
