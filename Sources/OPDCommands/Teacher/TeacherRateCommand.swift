internal import Core
internal import Runs
package import ArgumentParser
internal import Foundation
internal import Teacher

/// `opd teacher rate`: how fast the teacher of a configuration is.
package struct TeacherRateCommand: AsyncParsableCommand {
  /// What the help says.
  package static let configuration = CommandConfiguration(
    commandName: "rate",
    abstract: "Measure how many tokens and responses the teacher of a configuration scores.",
    discussion: """
      Example: opd teacher rate experiments/opd.yaml --seconds 10
      """)

  @OptionGroup var file: ConfigurationArguments

  @Option(help: "Prompts a batch.")
  var prompts = 64

  @Option(help: "Answers a prompt.")
  var answers = 8

  @Option(help: "How long to measure.")
  var seconds = 5.0

  @Option(help: "How it is printed.")
  var format: PrintedFormat = .text

  /// What parses a command line without arguments.
  package init() {}

  /// Refuses a batch of nothing.
  package func validate() throws {
    try check("--prompts", prompts, 1...1_000_000)
    try check("--answers", answers, 1...1_000_000)
    try check("--seconds", seconds, .above(0, to: 86_400))
  }

  /// Measures and prints.
  package func run() async throws {
    let rate = try await file.teacher().rate(prompts: prompts, answers: answers, seconds: seconds)
    guard format != .json else { return print(try jsonText(rate)) }
    print(
      String(
        format: "%.0f tokens a second, %.0f responses a minute "
          + "(median of %d batches of %d responses of %.1f tokens)",
        rate.tokensPerSecond, rate.sequencesPerMinute, rate.batches, rate.responses,
        rate.responseTokens))
    guard let costs = rate.costs else { return }
    print(
      "\(costs.requests) requests, \(costs.retries) repeated, "
        + "\(costs.promptTokens + costs.generatedTokens) tokens counted by the server, "
        + String(format: "price %.4f", costs.price))
  }
}
