#if LiveTeachers
internal import ArgumentParser
internal import Runs
internal import Tasks
internal import Plugins
internal import Core
public import Teacher

extension CompletionsParameters.TokenMapping: ExpressibleByArgument {}

/// A live service named on the command line.
struct ServiceArguments: ParsableArguments {
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

  /// Refuses numbers that mean nothing.
  func validate() throws { try check("--top", top, 0...100_000) }

  /// What was named, or `nil` without an address.
  var parameters: CompletionsParameters? {
    guard let url else { return nil }
    var parameters = CompletionsParameters(url: url, model: model)
    parameters.tokens = tokens
    parameters.keyVariable = keyVariable
    parameters.top = top
    return parameters
  }
}

extension TeacherProbeCommand {
  /// The service that is to be probed, if it is one.
  func probedService(
    in file: ConfigurationArguments?
  ) async throws -> (parameters: CompletionsParameters, context: RunContext?)? {
    if let named = service.parameters { return (named, nil) }
    guard let file else { return nil }
    let teacher = try OPDCommand.laboratory().complete(file.value())["teacher"]
    guard let written = teacher?["openai"] else { return nil }
    let parameters = try written.decoded(as: CompletionsParameters.self, at: "teacher.openai")
    return (parameters, try await file.context())
  }

  /// Probes a service.
  ///
  /// - Returns: The lines to print, and whether the service can be believed.
  func report(
    on service: CompletionsParameters, _ context: RunContext?
  ) async throws -> (text: String, passed: Bool) {
    // Without a configuration: answers in digits, which any tokenizer can write.
    let tokenizer: any Tokenizer =
      context?.codec.tokenizer ?? DigitsCodec(step: 1, maximumDuration: 150).vocabulary
    let report = try await TeacherProbe.report(
      on: service, tokenizer: tokenizer, videos: service.pictures.videos(),
      probingWith: context?.dataset.train.first)
    return (format == .json ? try jsonText(report) : report.text, report.passed)
  }
}
#endif
