public import ArgumentParser
internal import Experiments
internal import Foundation
internal import Grounding
internal import Plugins
internal import Rollouts
internal import Teacher

extension CompletionsParameters.TokenMapping: ExpressibleByArgument {}

/// `opd teacher probe`: whether a teacher can be believed.
public struct TeacherProbeCommand: AsyncParsableCommand {
  /// What the help says.
  public static let configuration = CommandConfiguration(
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

  @Option(help: "Instead of a configuration, the address of a service up to and with /v1.")
  var url: String?

  @Option(help: "The service's model.")
  var model = ""

  @Option(help: "How words become the service's tokens: same, tokenize or text.")
  var tokens = CompletionsParameters.TokenMapping.tokenize

  @Option(help: "The environment variable that holds the service's key.")
  var keyVariable: String?

  @Option(help: "Likeliest tokens wanted at each position; above 0 only where tokens are the same.")
  var top = 0

  @Flag(help: "Print JSON.")
  var json = false

  /// What parses a command line without arguments.
  public init() {}

  /// Wants a configuration or an address.
  public func validate() throws {
    guard (config == nil) != (url == nil) else {
      throw ValidationError("Give either a configuration file or --url.")
    }
  }

  /// Probes, prints a line a check, and fails if one does.
  public func run() async throws {
    if let url { return try await report(on: service(at: url), context: nil) }
    let file = ConfigurationArguments.of(config ?? "", overrides)
    let laboratory = try OPDCommand.laboratory()
    let teacher = try laboratory.complete(file.value())["teacher"]
    if let written = teacher?["openai"] {
      let parameters = try written.decoded(as: ServiceTeacherParameters.self, at: "teacher.openai")
      return try await report(on: parameters.service, context: file.context())
    }
    let findings = try await file.teacher().findings()
    let lines = findings.map { "\($0.passed ? "ok  " : "FAIL") \($0.name): \($0.finding)" }
    print(json ? try jsonText(findings) : lines.joined(separator: "\n"))
    guard findings.allSatisfy(\.passed) else { throw ExitCode(1) }
  }

  private func service(at url: String) -> CompletionsParameters {
    var parameters = CompletionsParameters(url: url, model: model)
    parameters.tokens = tokens
    parameters.keyVariable = keyVariable
    parameters.top = top
    return parameters
  }

  private func report(on service: CompletionsParameters, context: RunContext?) async throws {
    // Without a configuration: answers in digits, which any tokenizer can write.
    let vocabulary =
      context?.codec.vocabulary ?? DigitsCodec(step: 1, maximumDuration: 150, words: []).vocabulary
    let report = try await TeacherProbe.report(
      on: service, vocabulary: vocabulary, probingWith: context?.dataset.train.first)
    print(json ? try jsonText(report) : report.text)
    guard report.passed else { throw ExitCode(1) }
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
