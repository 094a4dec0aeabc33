package import ArgumentParser
internal import Records
internal import Runs
internal import Foundation
internal import Plugins

/// `opd teacher`: a teacher without a run around it.
package struct TeacherCommand: AsyncParsableCommand {
  /// What the help says.
  package static let configuration = CommandConfiguration(
    commandName: "teacher",
    abstract: "Try a teacher before a run depends on it.",
    discussion: """
      Example:
        opd teacher probe experiments/opd.yaml
      """,
    subcommands: [
      TeacherProbeCommand.self, TeacherRateCommand.self, TeacherDescribeCommand.self,
      TeacherVocabularyCommand.self, TeacherWindowsCommand.self,
    ])

  /// What parses a command line without arguments.
  package init() {}
}

/// The words that name a configuration, shared by the commands about teachers.
struct ConfigurationArguments: ParsableArguments {
  @Argument(
    help: "The configuration file; the folder of a run or of data will do, too.",
    completion: .file(extensions: ["yaml"]))
  var config: String

  @Argument(help: "Changes to it: key=value, +new=value or ~gone.")
  var overrides: [String] = []

  /// What was written.
  func value() throws -> ConfigurationValue {
    try ConfigurationPlace.load(config, overrides: overrides)
  }

  /// The data and the codec that it names.
  func context() async throws -> RunContext {
    let laboratory = try OPDCommand.laboratory()
    let complete = try laboratory.complete(value())
    return try await RunContext(complete.decoded(as: RunConfiguration.self), in: laboratory)
  }

  /// The teacher that it names, connected; what programs say goes to standard error.
  func teacher() async throws -> TeacherTrial {
    try await TeacherTrial(value(), in: OPDCommand.laboratory()) { line in
      FileHandle.standardError.write(Data((line + "\n").utf8))
    }
  }
}
