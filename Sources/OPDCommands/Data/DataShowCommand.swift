internal import Runs
package import ArgumentParser
internal import Core
internal import Tasks

/// `opd data show`: what is in the data of a configuration.
package struct DataShowCommand: AsyncParsableCommand {
  /// What the help says.
  package static let configuration = CommandConfiguration(
    commandName: "show",
    abstract:
      "Count what is in the data of a configuration, and what needs no video to be reached.",
    discussion: """
      Example:
        opd data show experiments/opd.yaml data.world.videos=50
        opd data show data/mine
        opd data show runs/first

      A folder is that of a run, or of data laid out as QVHighlights (as `opd data import` writes it) or as 50 Salads. \
      Nothing is written.
      """)

  @OptionGroup var file: ConfigurationArguments

  @Option(help: "How it is printed.")
  var format: PrintedFormat = .text

  /// What parses a command line without arguments.
  package init() {}

  /// Loads the data and prints what is in them.
  package func run() async throws {
    let context = try await file.context()
    var summary = DatasetSummary(context.dataset)
    summary.bounds = try await Bound.all(of: context.dataset, context.codec)
    guard format != .json else { return print(try jsonText(summary)) }
    print(summary.text)
    print(summary.boundsText(context.codec.task.headline.title))
  }
}
