public import ArgumentParser
public import Experiments

extension CostMeasure: ExpressibleByArgument {}
extension ComparisonFormat: ExpressibleByArgument {}

/// `opd compare`: the arms of a sweep against each other.
public struct CompareCommand: AsyncParsableCommand {
  /// Its name and help.
  public static let configuration = CommandConfiguration(
    commandName: "compare",
    abstract: "Compare the arms of a sweep, seed by seed, with intervals and tests.",
    discussion: """
      Example: opd compare runs/grpo-vs-opd --match flops --format markdown

      Without --match every run counts at its last evaluation. With it, learning curves are read at the \
      largest cost that every run has reached, so that each arm was given equally much.
      """)

  @Argument(help: "The folder of a sweep, of an arm or of a single run; runs may still be going.")
  var directory: String

  @Option(help: "What every arm is given equally much of.")
  var match: CostMeasure?

  @Option(help: "The metric that decides, by its name in metrics.jsonl.")
  var metric: String = "eval/mIoU"

  @Option(help: "The arm the others are compared to; the first one if left out.")
  var baseline: String?

  @Option(help: "A level of the metric: what each arm spends until it gets there is shown too.")
  var target: Double?

  @Option(help: "How the result is printed.")
  var format: ComparisonFormat = .text

  /// A command without arguments, for the parser.
  public init() {}

  /// Compares and prints.
  public func run() async throws {
    let comparison = try await Comparison.read(
      directory, match: match, metric: metric, baseline: baseline, target: target)
    print(comparison.formatted(format), terminator: "")
  }
}
