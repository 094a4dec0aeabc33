internal import Foundation

/// The standard output of the process, whose losses `print` does not report.
package enum PrintedOutput {
  /// Prints a text, and hands everything that was printed so far to the system.
  ///
  /// - Parameter text: What is left to print.
  /// - Returns: Why something could not be written; `nil` if all was, or if its reader, like `head`, wants no more.
  package static func finish(_ text: String) -> String? {
    print(text, terminator: "")
    errno = 0
    guard fflush(nil) != 0 else { return nil }
    let reason = errno
    return reason == EPIPE ? nil : String(cString: strerror(reason))
  }
}
