package import ArgumentParser
internal import Records
internal import Runs
internal import Core

/// `opd select`: what a curriculum takes, and why, without training.
package struct SelectCommand: AsyncParsableCommand {
  /// Its name and help.
  package static let configuration = CommandConfiguration(
    commandName: "select",
    abstract: "Show which samples a curriculum takes, and why, without training.",
    discussion: """
      Example: opd select runs/world/opd-tvdf/seed-0/config.yaml --stage 2

      Teacher and student answer the whole pool as before the curriculum's first round. With --pool the answers come from a \
      file instead, one JSON object a line: id with teacherQuality [number, …], best prediction first, and studentQuality, \
      or in seconds with truth [[start, end], …], teacher [[start, end], …], best first, and student [start, end].
      """)

  @Argument(help: "The configuration of a run.", completion: .file(extensions: ["yaml"]))
  var config: String

  @Argument(help: "Changes to it: key=value, +new=value or ~gone.")
  var overrides: [String] = []

  @Option(help: "The stage, from 1; the first whose curriculum measures anything if left out.")
  var stage: Int?

  @Option(
    name: .customLong("run"),
    help: "The folder of a run whose last student answers; the untrained one if left out.")
  var trained: String?

  @Option(help: "A file of candidates with what is known of each, instead of data and models.")
  var pool: String?

  @Option(help: "How many of the taken samples are listed.")
  var limit = 10

  @Option(name: [.customShort("o"), .long], help: "Where to write one line a candidate.")
  var out: String?

  @Flag(help: "Print JSON, with every sample that is taken.")
  var json = false

  /// A command without arguments, for the parser.
  package init() {}

  /// Refuses what contradicts itself.
  package func validate() throws {
    guard trained == nil || pool == nil else {
      throw ValidationError("--run and --pool both say who answers; give one of them.")
    }
    try check("--stage", stage, 0...NumberRange.most)
    try check("--limit", limit, 0...NumberRange.most)
  }

  /// Chooses and prints.
  package func run() async throws {
    let value = try ConfigurationFile.load(config, overrides: overrides)
    let laboratory = try OPDCommand.laboratory()
    let preview =
      if let pool {
        try await SelectionPreview.reading(pool, value, laboratory, stage: stage)
      } else {
        try await SelectionPreview.measuring(value, laboratory, stage: stage, run: trained)
      }
    if let out { try preview.write(to: out) }
    print(try json ? preview.json() : preview.text(limit: limit))
  }
}
