internal import Records
public import ArgumentParser
public import Runs
internal import Foundation
internal import Plugins
internal import Core
internal import Synchronization

/// The `opd` command: a laboratory for on-policy distillation.
public struct OPDCommand: AsyncParsableCommand {
  /// The subcommands as the help groups them; a new one is one line.
  static let groups = [
    CommandGroup(
      name: "Run",
      subcommands: [
        InitCommand.self, TrainCommand.self, SweepCommand.self, PlanCommand.self,
        EvaluateCommand.self, AnswerCommand.self, ReproCommand.self, ExportCommand.self,
      ]),
    CommandGroup(
      name: "Look",
      subcommands: [
        CompareCommand.self, ReportCommand.self, RunsCommand.self, MetricsCommand.self,
        KeysCommand.self, PluginsCommand.self,
      ]),
    CommandGroup(
      name: "Data and frames",
      subcommands: [
        DataCommand.self, FeaturesCommand.self, ClipsCommand.self, SelectCommand.self,
        KeyframesCommand.self, CompareKeyframesCommand.self,
      ]),
    CommandGroup(
      name: "Models and teachers",
      subcommands: [ModelCommand.self, TeacherCommand.self] + engines + services),
    CommandGroup(
      name: "Check",
      subcommands: [DoctorCommand.self, SelftestCommand.self, BenchCommand.self]),
  ]

  /// Every subcommand.
  static let subcommands = groups.flatMap(\.subcommands)

  #if Engines
  private static let engines: [any ParsableCommand.Type] = [StudentCommand.self]
  #else
  private static let engines: [any ParsableCommand.Type] = []
  #endif

  #if Serve
  private static let services: [any ParsableCommand.Type] = [ServeCommand.self]
  #else
  private static let services: [any ParsableCommand.Type] = []
  #endif

  /// What the help says, and which subcommands there are.
  public static let configuration = CommandConfiguration(
    commandName: "opd",
    abstract: "A laboratory for on-policy distillation.",
    discussion: """
      Pairs a student with a teacher, turns their disagreement into per-token supervision on the \
      student's own samples, and compares that with reinforcement learning, curricula and keyframe \
      selection, seed by seed and cost by cost. Where there is --format json, --json is short for it.

      Example:
        opd doctor
      """,
    version: Program.version,
    groupedSubcommands: groups)

  /// What parses a command line without arguments.
  public init() {}
}

extension OPDCommand {
  /// Makes everything that can be named; a program with plug-ins of its own sets it in `start`.
  ///
  /// Not a task-local value: pushing one crashes in optimised builds of Swift 6.3.
  private static let makeLaboratory = Mutex<@Sendable () throws -> Laboratory>(Laboratory.standard)

  /// Everything that can be named.
  static func laboratory() throws -> Laboratory { try makeLaboratory.withLock { $0 }() }

  /// What plug-ins there are.
  static func plugins() throws -> [PluginDescription] { try laboratory().describe() }

  /// Runs the command that the arguments name, and ends the process with its status.
  ///
  /// - Parameters:
  ///   - arguments: The words after the program's name; those of the process if left out.
  ///   - laboratory: Makes everything that can be named; add plug-ins to `Laboratory.standard()`.
  public static func start(
    _ arguments: [String]? = nil,
    laboratory: @escaping @Sendable () throws -> Laboratory = Laboratory.standard
  ) async -> Never {
    let words = arguments ?? Array(CommandLine.arguments.dropFirst())
    makeLaboratory.withLock { $0 = laboratory }
    let outcome = await perform(words)
    Foundation.exit(outcome.print())
  }

  /// `--option -1` as `--option=-1`: the parser takes a negative number for an option and says that the value is missing.
  static func joiningNegativeNumbers(_ words: [String]) -> [String] {
    var joined: [String] = []
    for (index, word) in words.enumerated() {
      let isNumber = word.hasPrefix("-") && Double(word) != nil
      if isNumber, let option = joined.last, option.hasPrefix("--"), !option.contains("="),
        !words[..<index].contains("--")
      {
        joined[joined.count - 1] = "\(option)=\(word)"
      } else {
        joined.append(word)
      }
    }
    return joined
  }

  /// `--json`, which people try first, as `--format json`.
  static func namingFormats(_ words: [String]) -> [String] {
    let end = words.firstIndex(of: "--") ?? words.endIndex
    return words[..<end].flatMap { $0 == "--json" ? ["--format", "json"] : [$0] } + words[end...]
  }

  /// Runs the command that the arguments name.
  ///
  /// - Parameter arguments: The words after the program's name.
  /// - Returns: What is left to print, and the status of the process.
  static func perform(_ arguments: [String]) async -> CommandOutcome {
    let arguments = joiningNegativeNumbers(namingFormats(arguments))
    do {
      try refuseUnknownSubcommand(arguments)
      // The help of the parser knows commands only.
      let isHelp = arguments.starts(with: ["help", KeysCommand._commandName])
      var command = try parseAsRoot(isHelp ? Array(arguments.dropFirst()) : arguments)
      if var command = command as? any AsyncParsableCommand {
        try await command.run()
      } else {
        try command.run()
      }
      return CommandOutcome(status: 0, output: "", errors: "")
    } catch {
      return CommandOutcome(error)
    }
  }

  private static func refuseUnknownSubcommand(_ arguments: [String]) throws {
    guard let word = arguments.first, !word.hasPrefix("-") else { return }
    let known = subcommands.map { $0._commandName } + ["help"]
    guard !known.contains(word) else { return }
    throw CommandLineError.unknownSubcommand(
      word, nearest: nearestName(to: word, in: known), known: known)
  }
}
