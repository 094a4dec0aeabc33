internal import ArgumentParser
internal import Foundation
internal import Core

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

  /// Prints what is left to print.
  func print() {
    try? FileHandle.standardOutput.write(contentsOf: Data(output.utf8))
    try? FileHandle.standardError.write(contentsOf: Data(errors.utf8))
  }
}
