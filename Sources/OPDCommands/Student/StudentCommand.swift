#if Engines
package import ArgumentParser
internal import Engines

/// `opd student`: a student on a training server, before anything is trained on it.
package struct StudentCommand: AsyncParsableCommand {
  /// What the help says.
  package static let configuration = CommandConfiguration(
    commandName: "student",
    abstract: "Try a training server, and say what a run will ask of it.",
    discussion: """
      Example:
        opd student probe --url http://127.0.0.1:8000 --base Qwen/Qwen3-8B
        opd student plan experiments/mine.yaml
      """,
    subcommands: [StudentProbeCommand.self, StudentPlanCommand.self])

  /// What parses a command line without arguments.
  package init() {}
}

/// `opd student probe`: what a Tinker-compatible server really does, whatever it says.
package struct StudentProbeCommand: AsyncParsableCommand {
  /// What the help says.
  package static let configuration = CommandConfiguration(
    commandName: "probe",
    abstract: "Measure what a training server does with losses, samples and checkpoints.",
    discussion: """
      Trains a scratch model for a few requests and reads gradients from outside: how losses are averaged, whether \
      samples and scores agree, whether a checkpoint goes on with the same bits. Status 1 if an answer would mis-train.

      Example: opd student probe --url http://127.0.0.1:8000 --base Qwen/Qwen3-8B
      """)

  @Option(help: "Scheme, host and port of the server.")
  var url: String

  @Option(help: "The base model, as the server names it.")
  var base: String

  @Option(help: "The environment variable that holds the key.")
  var keyVariable: String?

  @Flag(help: "Allow plain http to another machine.")
  var insecure = false

  /// What parses a command line without arguments.
  package init() {}

  /// Probes, prints a line a finding, and fails if one does.
  package func run() async throws {
    var parameters = TinkerParameters(url: url, base: base)
    parameters.keyVariable = keyVariable
    parameters.insecure = insecure
    let report = try await StudentProbe.report(on: parameters)
    print(report.text)
    guard report.passed else { throw ExitCode(1) }
  }
}
#endif
