package import ArgumentParser

/// `opd model`: pretrained models as files.
package struct ModelCommand: AsyncParsableCommand {
  /// What the help says.
  package static let configuration = CommandConfiguration(
    commandName: "model",
    abstract: "Look at a pretrained model before a run depends on it.",
    discussion: """
      Example:
        opd model show $(scripts/fetch-models.sh)
      """,
    subcommands: [
      ModelShowCommand.self, ModelTokenizeCommand.self, ModelChatCommand.self,
      ModelBenchCommand.self,
    ])

  /// What parses a command line without arguments.
  package init() {}
}
