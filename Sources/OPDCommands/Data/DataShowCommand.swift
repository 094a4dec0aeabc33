internal import Runs
public import ArgumentParser
internal import Tasks

/// `opd data show`: what is in the data of a configuration.
public struct DataShowCommand: AsyncParsableCommand {
  /// What the help says.
  public static let configuration = CommandConfiguration(
    commandName: "show",
    abstract: "Count what is in the data of a configuration.",
    discussion: """
      Example: opd data show experiments/opd.yaml data.world.videos=50
      """)

  @OptionGroup var file: ConfigurationArguments

  @Flag(help: "Print JSON.")
  var json = false

  /// What parses a command line without arguments.
  public init() {}

  /// Loads the data and prints what is in them.
  public func run() async throws {
    let summary = DatasetSummary(try file.context().dataset)
    print(try json ? jsonText(summary) : summary.text)
  }
}
