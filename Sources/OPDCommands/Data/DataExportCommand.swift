internal import Runs
package import ArgumentParser
internal import Tasks

/// `opd data export`: the data of a configuration as files that other programs read.
package struct DataExportCommand: AsyncParsableCommand {
  /// What the help says.
  package static let configuration = CommandConfiguration(
    commandName: "export",
    abstract: "Write the data of a configuration, such as the built-in world, as files.",
    discussion: """
      Example: opd data export experiments/opd.yaml --out data/world

      The folder has the layout of QVHighlights: highlight_val_release.jsonl, split.json, and features.h5 with \
      /video/VIDEO [frames, rows, channels] and /query/QID [channels].
      """)

  @OptionGroup var file: ConfigurationArguments

  @Option(
    name: .shortAndLong, help: "The folder; it is made if need be.", completion: .directory)
  var out: String

  /// What parses a command line without arguments.
  package init() {}

  /// Writes the folder.
  package func run() async throws {
    let dataset = try await file.context().dataset
    try QVHighlights.export(dataset, to: out)
    print(DatasetSummary(dataset).text)
    print("written to \(out)")
  }
}
