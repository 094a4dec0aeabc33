package import ArgumentParser
internal import Core
internal import Plugins
internal import Runs

/// `opd keys`, also `opd help keys`: what every key of a configuration means.
package struct KeysCommand: AsyncParsableCommand {
  /// What the help says.
  package static let configuration = CommandConfiguration(
    commandName: "keys",
    abstract: "Print every key of a run, a stage, a sweep and a plug-in: default, values, unit.",
    discussion: """
      Example:
        opd help keys optimizer
      """)

  @Argument(help: "Only keys and sections with this text in their name.")
  var text: String?

  @Option(help: "How they are printed; Markdown is the page docs/keys.md.")
  var format: PageFormat = .text

  /// What parses a command line without arguments.
  package init() {}

  /// Prints the keys.
  package func run() async throws {
    let page = KeyPage(try OPDCommand.laboratory().keySections())
    let chosen = try page.chosen(text)
    print(format == .markdown ? chosen.markdown : chosen.text)
  }
}

/// Every key, as `opd help keys` shows it.
struct KeyPage {
  /// Keys that belong together.
  let sections: [KeySection]

  init(_ sections: [KeySection]) { self.sections = sections }

  /// What has a text in its name, of a key or of a whole section.
  ///
  /// - Throws: `CommandLineError.unknownKey` if nothing has.
  func chosen(_ text: String?) throws(CommandLineError) -> KeyPage {
    guard let text else { return self }
    let found = sections.compactMap { section in
      let rows = section.rows.filter { section.title.contains(text) || $0.path.contains(text) }
      return rows.isEmpty
        ? nil : KeySection(title: section.title, summary: section.summary, rows: rows)
    }
    guard !found.isEmpty else {
      let names = sections.flatMap { $0.rows.compactMap { $0.path.split(separator: ".").last } }
      throw .unknownKey(text, nearest: nearestName(to: text, in: names.map { String($0) }))
    }
    return KeyPage(found)
  }

  /// The page for a terminal.
  var text: String {
    sections.map { section in
      let rows = section.rows.map { ["  " + $0.path, $0.standard.text, values($0), $0.text] }
      return "\(section.title): \(section.summary)\n" + columns(rows)
    }.joined(separator: "\n\n")
  }

  /// The page for the web.
  var markdown: String {
    let tables = sections.map { section in
      let rows = section.rows.map { row in
        let cells = [
          "`\(row.path)`", "`\(row.standard.text)`", row.values, row.unit, row.text,
        ]
        return "| " + cells.map(Self.cell).joined(separator: " | ") + " |"
      }
      let head = ["| key | default | values | unit | meaning |", "|---|---|---|---|---|"]
      return "## \(section.title)\n\n\(section.summary)\n\n"
        + (head + rows).joined(separator: "\n")
    }
    return ([Self.head] + tables).joined(separator: "\n\n")
  }

  private static let head = """
    # Every key

    Written by `opd help keys --format markdown`; a change here is overwritten. A value outside of these is refused with status 64
    and the nearest that can be used. Where no end is named, a number ends at \(NumberRange.most); none is infinite or no number. Text,
    lists and maps are empty only where the default is; `null` can be written only where it is the default. Methods have their
    page in [objectives.md](objectives.md).
    """

  private static func cell(_ text: String) -> String { text.replacing("|", with: "\\|") }

  private func values(_ row: KeyReference.Row) -> String {
    [row.values, row.unit].filter { !$0.isEmpty }.joined(separator: ", ")
  }
}
