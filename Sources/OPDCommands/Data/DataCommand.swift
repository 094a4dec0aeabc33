package import ArgumentParser

/// `opd data`: data sets without a run around them.
package struct DataCommand: AsyncParsableCommand {
  /// What the help says.
  package static let configuration = CommandConfiguration(
    commandName: "data",
    abstract: "Look at data, bring in your own, or write the built-in world as files.",
    discussion: """
      Example:
        opd data show experiments/opd.yaml
        opd data import --train charades_sta_train.txt --dev charades_sta_test.txt --features clip.h5 --out data/charades
        opd train experiments/opd.yaml 'data={qvhighlights: {path: data/charades}}'
      """,
    subcommands: [DataShowCommand.self, DataImportCommand.self, DataExportCommand.self])

  /// What parses a command line without arguments.
  package init() {}
}
