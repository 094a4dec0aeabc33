internal import Runs
package import ArgumentParser
internal import Distill
internal import Plugins

/// `opd plugins`: what a configuration can name.
package struct PluginsCommand: AsyncParsableCommand {
  /// What the help says.
  package static let configuration = CommandConfiguration(
    commandName: "plugins",
    abstract: "List the plug-ins a configuration can name, with their parameters.",
    discussion: """
      Example:
        opd plugins --kind selector tad
        opd plugins --kind method grpo
      """)

  @Option(help: "Only plug-ins of this kind: teacher, selector, …")
  var kind: String?

  @Argument(help: "Only the plug-in of this name, with all its parameters.")
  var name: String?

  @Flag(help: "Print JSON: a list of {kind, name, summary, parameters}.")
  var json = false

  /// What parses a command line without arguments.
  package init() {}

  /// Prints the list.
  package func run() async throws {
    let chosen = try PluginListing(OPDCommand.plugins()).chosen(kind: kind, name: name)
    if !json, kind == "method", let name {
      print(try MethodPreset.named(name).details(), terminator: "")
      return
    }
    print(try json ? jsonText(chosen.plugins) : chosen.text(detailed: name != nil))
  }
}
