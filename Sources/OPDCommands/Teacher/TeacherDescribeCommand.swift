internal import Runs
package import ArgumentParser

/// `opd teacher describe`: how good the teacher of a configuration is as it is served.
package struct TeacherDescribeCommand: AsyncParsableCommand {
  /// What the help says.
  package static let configuration = CommandConfiguration(
    commandName: "describe",
    abstract: "Say how good the teacher of a configuration is as a student hears it.",
    discussion: """
      What it answers greedily, what is best in expectation if it is believed (minimum risk), what an answer drawn \
      from it is worth, and the entropy of its belief over all answers: on the questions to report on and on those \
      to choose settings by, with 95 % intervals over videos. A teacher is asked for the score of every answer, so \
      that its temperature, noise and mixtures count; --count keeps that short where a teacher is slow.

      Example: opd teacher describe experiments/opd.yaml teacher.windows.scale=2
      """)

  @OptionGroup var file: ConfigurationArguments

  @Option(help: "The most questions of a part, spread evenly over it; all if left out.")
  var count: Int?

  @Option(help: "How it is printed.")
  var format: PrintedFormat = .text

  /// What parses a command line without arguments.
  package init() {}

  /// Refuses a description by no question.
  package func validate() throws { try check("--count", count, 1...1_000_000_000) }

  /// Asks and prints.
  package func run() async throws {
    let description = try await file.teacher().description(count: count)
    print(try format == .json ? jsonText(description) : description.text)
  }
}
