internal import Core
package import ArgumentParser
public import Analysis
public import Records

extension CostMeasure: ExpressibleByArgument {}
extension ComparisonFormat: ExpressibleByArgument {}

/// `opd compare`: the arms of a sweep against each other.
package struct CompareCommand: AsyncParsableCommand {
  /// Its name and help.
  package static let configuration = CommandConfiguration(
    commandName: "compare",
    abstract: "Compare the arms of a sweep, seed by seed, with intervals and tests.",
    discussion: """
      Example: opd compare runs/grpo-vs-opd --match flops --format markdown

      Several folders are compared as one; some arms of a sweep: opd compare runs/keyframes/*budget=8

      An axis or the cases of a sweep are factors: opd compare runs/keyframes --effect budget

      Without --match every run counts at its last evaluation. With it, learning curves are read at the \
      largest cost that every run has reached, so that each arm was given equally much.
      """)

  @Argument(help: "Folders of sweeps, of arms or of single runs; runs may still be going.")
  var directories: [String]

  @Option(help: "What every arm is given equally much of.")
  var match: CostMeasure?

  @Option(help: "The metric that decides, by its name in metrics.jsonl; by default the task's.")
  var metric: String?

  @Option(help: "The arm the others are compared to; the first one if left out.")
  var baseline: String?

  @Option(help: "A level of the metric: what each arm spends until it gets there is shown too.")
  var target: Double?

  @Option(
    help:
      "A factor of the sweep: its levels are compared within those of the others; may be given several times."
  )
  var effect: [String] = []

  @Option(help: "Two arms, ARM:OTHER, that are compared besides; may be given several times.")
  var contrast: [String] = []

  @Option(help: "How the result is printed.")
  var format: ComparisonFormat = .text

  /// A command without arguments, for the parser.
  package init() {}

  /// Refuses a level that no metric can reach.
  package func validate() throws { try check("--target", target, .any) }

  /// Compares and prints.
  package func run() async throws {
    let comparison = try await Comparison.read(
      directories, match: match, metric: metric, baseline: baseline, target: target,
      effects: effect, pairs: contrast)
    print(comparison.formatted(format), terminator: "")
  }
}
