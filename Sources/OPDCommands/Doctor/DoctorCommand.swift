internal import Selfcheck
package import ArgumentParser

/// `opd doctor`: whether this machine can run the laboratory, and how well.
package struct DoctorCommand: AsyncParsableCommand {
  /// What the help says.
  package static let configuration = CommandConfiguration(
    commandName: "doctor",
    abstract: "Check processor, memory, libraries, programs and data of this machine.",
    discussion: """
      Ends with status 1 if something does not work.

      Example:
        opd doctor --data data/qvhighlights
      """)

  @Option(help: "A folder with data sets that should be there.")
  var data: String?

  @Option(help: "How it is printed; as JSON a list of {name, state, found, remedy}.")
  var format: PrintedFormat = .text

  /// What parses a command line without arguments.
  package init() {}

  /// Prints the checks.
  package func run() async throws {
    let checks = await MachineChecks.all() + LibraryChecks.all(data: data)
    print(try format == .json ? jsonText(checks) : Self.text(checks))
    let failed = checks.filter { $0.state == .fail }.map(\.name)
    guard failed.isEmpty else { throw CommandLineError.checksFailed(failed) }
  }

  /// The checks, one under the other.
  static func text(_ checks: [DoctorCheck]) -> String {
    let width = checks.map(\.name.count).max() ?? 0
    return checks.map { $0.text(nameWidth: width) }.joined(separator: "\n")
  }
}
