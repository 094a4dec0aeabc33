internal import ArgumentParser
internal import Foundation
internal import Core
internal import Storage

/// How a command ended: the status of the process, and what is left to print.
struct CommandOutcome: Hashable {
  /// The status that scripts see.
  var status: Int32
  /// For standard output: help and the like.
  var output: String
  /// For standard error.
  var errors: String

  /// A command that ended by itself.
  init(status: Int32, output: String, errors: String) {
    self.status = status
    self.output = output
    self.errors = errors
  }

  /// A command that ended by an error; asking for help is one too, with status 0.
  init(_ error: any Error) {
    if let error = error as? any ExplainedError {
      self.init(status: error.exitStatus.rawValue, output: "", errors: "error: \(error)\n")
      return
    }
    let status = OPDCommand.exitCode(for: error).rawValue
    let message = OPDCommand.fullMessage(for: error)
    guard status != 0 else {
      self.init(status: 0, output: message.isEmpty ? "" : message + "\n", errors: "")
      return
    }
    let sentence = message.hasPrefix("Error: ") ? "error: \(message.dropFirst(7))" : message
    self.init(status: status, output: "", errors: sentence.isEmpty ? "" : sentence + "\n")
  }

  /// Prints what is left to print, after everything that was printed before.
  ///
  /// A result that could not be written, to a full disk say, was not delivered: then the status is not 0.
  ///
  /// - Returns: The status of the process.
  func print() -> Int32 {
    var (status, errors) = (self.status, self.errors)
    if let lost = PrintedOutput.finish(output) {
      errors += "error: The output could not be written: \(lost). Free some space and try again.\n"
      status = status == 0 ? ExitStatus.failed.rawValue : status
    }
    try? FileHandle.standardError.write(contentsOf: Data(errors.utf8))
    return status
  }
}
