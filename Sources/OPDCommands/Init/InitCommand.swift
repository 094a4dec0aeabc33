internal import Foundation
package import ArgumentParser
internal import Storage

/// `opd init`: a configuration to begin with.
package struct InitCommand: ParsableCommand {
  /// What `--help` says.
  package static let configuration = CommandConfiguration(
    commandName: "init",
    abstract: "Write a commented configuration to begin with.",
    discussion: """
      Example:
        opd init world && opd train world.yaml --out runs/world

      What there is to begin with:
      \(Starter.allCases.map { "  \($0.rawValue): \($0.summary)" }.joined(separator: "\n"))

      A file that is there already is never written over.
      """)

  @Argument(help: "What to begin with.")
  var starter = Starter.world

  @Option(name: .shortAndLong, help: "The file to write; if left out, named for what it begins.")
  var out: String?

  /// A command without arguments, for the parser.
  package init() {}

  /// Writes the file and says what to do with it.
  package func run() throws {
    let path = out ?? "\(starter.rawValue).yaml"
    guard !FileManager.default.fileExists(atPath: path) else {
      throw StorageError.alreadyThere(path: path)
    }
    try AtomicFile.write(starter.text, to: path)
    print("Wrote \(path). Next:\n  \(starter.next(path))")
  }
}

extension Starter: ExpressibleByArgument {}
