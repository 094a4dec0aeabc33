package import ArgumentParser
internal import Runs

/// `opd export`: what a run has trained, in the files of other libraries.
package struct ExportCommand: AsyncParsableCommand {
  /// What `--help` says.
  package static let configuration = CommandConfiguration(
    commandName: "export",
    abstract: "Write a run's student for other libraries.",
    discussion: """
      Example:
        opd export runs/countdown/opd/seed-0 --adapter adapter
        opd export runs/countdown/opd/seed-0 --merged model

      An adapter is a folder that PEFT loads beside the model the run began with. A merged model is a folder of \
      config.json and model.safetensors, with the tokenizer where the run began with a folder that has one.
      """)

  @Argument(
    help: "The folder of a run whose student is a pretrained model.", completion: .directory)
  var run: String

  @Option(help: "Write the adapter to this folder.")
  var adapter: String?

  @Option(help: "Write the whole model, changes merged, to this folder.")
  var merged: String?

  /// A command without arguments, for the parser.
  package init() {}

  /// Refuses neither and both.
  package func validate() throws {
    guard (adapter == nil) != (merged == nil) else {
      throw ValidationError("Name a folder with --adapter or with --merged.")
    }
  }

  /// Writes and says where.
  package func run() async throws {
    let export = try await StudentExport(run, in: OPDCommand.laboratory())
    if let adapter { try export.write(adapter: adapter) }
    if let merged { try export.write(merged: merged) }
    print(adapter ?? merged ?? "")
  }
}
