package import ArgumentParser
internal import Records
internal import Runs
internal import Core
internal import Plugins

/// `opd select`: what a curriculum takes, and why, without training.
package struct SelectCommand: AsyncParsableCommand {
  /// Its name and help.
  package static let configuration = CommandConfiguration(
    commandName: "select",
    abstract: "Show which samples a curriculum takes, and why, without training.",
    discussion: """
      Example:
        opd select runs/world/opd-tvdf/seed-0 --stage 2
        opd select --curriculum topK

      Teacher and student answer the whole pool as before the curriculum's first round: the untrained student of a \
      configuration, or the last one of a run whose folder is named. Nothing is written but --out. Without a configuration it is \
      that of `opd init world`. With --pool the answers come from a \
      file instead, one JSON object a line: id with teacherQuality [number, …], best prediction first, and studentQuality, \
      or in seconds with truth [[start, end], …], teacher [[start, end], …], best first, and student [start, end].
      """)

  @Argument(
    help: "The configuration of a run, or its folder; that of `opd init world` if left out.",
    completion: .file(extensions: ["yaml"]))
  var config: String?

  @Argument(help: "Changes to it: key=value, +new=value or ~gone.")
  var overrides: [String] = []

  @Option(help: "A curriculum in place of the configuration's: a name, or {name: {key: value}}.")
  var curriculum: String?

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

  @Option(name: .shortAndLong, help: "Where to write one line a candidate.")
  var out: String?

  @Option(help: "How it is printed; JSON has every sample that is taken.")
  var format: PrintedFormat = .text

  /// A command without arguments, for the parser.
  package init() {}

  /// Refuses what contradicts itself.
  package func validate() throws {
    guard trained == nil || pool == nil else {
      throw ValidationError("--run and --pool both say who answers; give one of them.")
    }
    guard place.config != nil || curriculum != nil else {
      throw ValidationError("Name a configuration or the folder of a run, or a --curriculum.")
    }
    try check("--stage", stage, 0...NumberRange.most)
    try check("--limit", limit, 0...NumberRange.most)
  }

  /// Chooses and prints.
  package func run() async throws {
    let value = try written()
    let laboratory = try OPDCommand.laboratory()
    let preview =
      if let pool {
        try await SelectionPreview.reading(pool, value, laboratory, stage: stage)
      } else {
        try await SelectionPreview.measuring(value, laboratory, stage: stage, run: student)
      }
    if let out { try preview.write(to: out) }
    print(try format == .json ? preview.json() : preview.text(limit: limit))
  }

  /// The configuration and its changes: where the first word is a change, there is none.
  private var place: (config: String?, overrides: [String]) {
    guard let config, !config.contains("=") else {
      return (nil, [config].compactMap { $0 } + overrides)
    }
    return (config, overrides)
  }

  /// The folder of the run whose student answers.
  private var student: String? {
    trained ?? place.config.flatMap { ConfigurationPlace.isRun($0) ? $0 : nil }
  }

  private func written() throws -> ConfigurationValue {
    let (config, overrides) = place
    let value =
      if let config {
        try ConfigurationPlace.load(config, overrides: overrides)
      } else {
        try ConfigurationFile.changed(Starter.world.distillation(), by: overrides)
      }
    guard let curriculum else { return value }
    let argument = "--curriculum \(curriculum)"
    let choice = try ConfigurationOverride.value(curriculum, argument: argument)
    let isStaged = value["stages"]?.list?.isEmpty == false
    return try ConfigurationOverride(
      argument: argument, path: isStaged ? ["stages", "*", "curriculum"] : ["stages"],
      value: isStaged ? choice : ConfigurationValue(.list([.map(["curriculum": choice])]))
    ).applied(to: value)
  }
}
