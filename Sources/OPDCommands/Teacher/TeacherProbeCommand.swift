internal import Runs
package import ArgumentParser

/// `opd teacher probe`: whether a teacher can be believed.
package struct TeacherProbeCommand: AsyncParsableCommand {
  /// What the help says.
  package static let configuration = CommandConfiguration(
    commandName: "probe",
    abstract: "Find out whether a teacher can be believed, before a run depends on it.",
    discussion: """
      A service writes a few tokens greedily and has to score them: each must be its own first choice at its \
      own position, under its own number, at temperature 1, the same when asked again. A program or a teacher \
      in process has to use the student's words and say the same twice. Status 1 if a check fails.

      Example: opd teacher probe --url http://127.0.0.1:8000/v1 --model Qwen/Qwen3-8B
      """)

  @Argument(help: "A configuration file.", completion: .file(extensions: ["yaml"]))
  var config: String?

  @Argument(help: "Changes to it: key=value, +new=value or ~gone.")
  var overrides: [String] = []

  #if LiveTeachers
  @OptionGroup var service: ServiceArguments
  #endif

  @Option(help: "How it is printed.")
  var format: PrintedFormat = .text

  /// What parses a command line without arguments.
  package init() {}

  /// Wants a configuration or an address.
  package func validate() throws {
    #if LiveTeachers
    guard (config == nil) != (service.url == nil) else {
      throw ValidationError("Give either a configuration file or --url.")
    }
    #else
    guard config != nil else { throw ValidationError("Give a configuration file.") }
    #endif
  }

  /// Probes, prints a line a check, and fails if one does.
  package func run() async throws {
    let file = config.map { ConfigurationArguments.of($0, overrides) }
    #if LiveTeachers
    if let (parameters, context) = try await probedService(in: file) {
      let report = try await report(on: parameters, context)
      return try finish(report.text, report.passed)
    }
    #endif
    guard let file else { return }
    let findings = try await file.teacher().findings()
    let lines = findings.map { "\($0.passed ? "ok  " : "FAIL") \($0.name): \($0.finding)" }
    try finish(
      format == .json ? jsonText(findings) : lines.joined(separator: "\n"),
      findings.allSatisfy(\.passed))
  }

  private func finish(_ text: String, _ passed: Bool) throws {
    print(text)
    guard passed else { throw ExitCode(1) }
  }
}

extension ConfigurationArguments {
  /// The words as if they had been parsed.
  static func of(_ config: String, _ overrides: [String]) -> ConfigurationArguments {
    var arguments = ConfigurationArguments()
    arguments.config = config
    arguments.overrides = overrides
    return arguments
  }
}
