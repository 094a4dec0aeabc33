internal import Runs
package import ArgumentParser
internal import Distill
internal import Foundation
internal import Plugins
internal import Storage

/// `opd plugins`: what a configuration can name.
package struct PluginsCommand: AsyncParsableCommand {
  /// What the help says.
  package static let configuration = CommandConfiguration(
    commandName: "plugins",
    abstract: "List the plug-ins a configuration can name, with their parameters.",
    discussion: """
      Example:
        opd plugins tad
        opd plugins selector
        opd plugins --kind curriculum uniform
      """)

  @Option(help: "Only plug-ins of this kind: teacher, selector, …")
  var kind: String?

  @Argument(help: "Only the plug-ins of this name, with all their parameters; or a kind.")
  var name: String?

  @Option(
    help: "How they are printed; as JSON a list of {kind, name, summary, parameters}.")
  var format: PrintedFormat = .text

  /// What parses a command line without arguments.
  package init() {}

  /// Prints the list.
  package func run() async throws {
    let chosen = try PluginListing(OPDCommand.plugins()).chosen(kind: kind, name: name)
    guard format != .json else { return print(try jsonText(chosen.plugins)) }
    print(try text(of: chosen))
  }

  /// A method is more than its parameters: its objective is written out.
  private func text(of chosen: PluginListing) throws -> String {
    let named = chosen.plugins.filter { $0.name == name }
    guard let name, !named.isEmpty else { return chosen.text(detailed: false) }
    let others = PluginListing(named.filter { $0.kind != "method" })
    let columns = Terminal.columns(of: STDOUT_FILENO)
    var parts = others.plugins.isEmpty ? [] : [others.text(detailed: true, columns: columns)]
    if others.plugins.count < named.count {
      parts.append(String(try MethodPreset.named(name).details().dropLast()))
    }
    return parts.joined(separator: "\n\n")
  }
}
