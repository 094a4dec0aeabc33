internal import Foundation

/// Goes on as another program in the place of this one: signals, output and status are that program's.
///
/// Returns only if the program cannot be started.
///
/// - Parameters:
///   - program: Where it lies.
///   - arguments: What it is told, without its own name.
package func become(_ program: String, _ arguments: [String]) {
  let words = [program] + arguments
  unsafe execv(program, words.map { unsafe strdup($0) } + [nil])
}
