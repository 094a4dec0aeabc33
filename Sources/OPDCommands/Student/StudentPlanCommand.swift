#if Engines
package import ArgumentParser
internal import Records
internal import Runs

/// `opd student plan`: what a run will ask of a student elsewhere.
package struct StudentPlanCommand: AsyncParsableCommand {
  /// What the help says.
  package static let configuration = CommandConfiguration(
    commandName: "plan",
    abstract:
      "Say what a run will ask of a training server at most: requests, tokens, bytes, FLOPs, price.",
    discussion: """
      Connects to nobody. Operations need 'weights', and prices 'prices', of the student's configuration.

      Example: opd student plan experiments/mine.yaml stages.0.steps=1000
      """)

  @Argument(help: "The configuration of a run.", completion: .file(extensions: ["yaml"]))
  var config: String

  @Argument(help: "Changes to it, as `opd train` takes them.")
  var overrides: [String] = []

  /// What parses a command line without arguments.
  package init() {}

  /// Plans and prints a table.
  package func run() async throws {
    let value = try ConfigurationFile.load(config, overrides: overrides)
    print(try await StudentPlan(value, in: OPDCommand.laboratory()).table.aligned)
  }
}
#endif
