import ArgumentParser
import Foundation

import Testing

@testable import OPDCommands
@testable import Plugins

@Suite("opd")
struct OPDCommandTests {
  @Test("suggests the nearest command, with status 64")
  func nearCommand() async {
    let outcome = await OPDCommand.perform(["plugin"])
    #expect(outcome.status == 64)
    #expect(
      outcome.errors == "error: There is no command 'opd plugin'. Did you mean 'opd plugins'?\n")
  }

  @Test("lists the commands when none is near")
  func farCommand() async {
    let outcome = await OPDCommand.perform(["frobnicate"])
    #expect(outcome.status == 64)
    #expect(
      outcome.errors.contains("The commands are ")
        && outcome.errors.contains("metrics, keys, plugins, data"))
  }

  private func commands(_ command: any ParsableCommand.Type) -> [any ParsableCommand.Type] {
    [command] + command.configuration.subcommands.flatMap(commands)
  }

  @Test("calls one thing by one name in every command: --format, and -o or --out")
  func names() {
    let all = commands(OPDCommand.self)
    #expect(all.count > 30)
    for command in all {
      let options = command.helpMessage(columns: 400).split(separator: "\n")
        .map { $0.trimmingPrefix(/\s*/) }.filter { $0.hasPrefix("-") }
      func has(_ name: String) -> Bool {
        options.contains { $0.split(separator: " ").contains(Substring(name)) }
      }
      for other in ["--json", "--markdown", "--csv", "--output", "--split"] {
        #expect(!has(other), "\(command) has \(other)")
      }
      #expect(!has("--out") || has("-o,"), "\(command) has no -o")
    }
  }

  @Test("takes --json for --format json, but not behind --")
  func json() async {
    let words = ["metrics", "--json", "--", "--json"]
    #expect(OPDCommand.namingFormats(words) == ["metrics", "--format", "json", "--", "--json"])
  }

  @Test("an unknown option is a usage error")
  func unknownOption() async {
    let outcome = await OPDCommand.perform(["metrics", "--jason"])
    #expect(outcome.status == 64)
    #expect(outcome.errors.hasPrefix("error: Unknown option '--jason'"))
  }

  @Test("takes a negative number behind an option for its value")
  func negative() async {
    let apart = await OPDCommand.perform(["bench", "--threads", "-1"])
    let joined = await OPDCommand.perform(["bench", "--threads=-1"])
    #expect(apart.status == joined.status && apart.errors == joined.errors)
    #expect(apart.errors.contains("-1") && !apart.errors.contains("Missing value"))
  }

  @Test("help goes to standard output, with status 0")
  func help() async {
    for words in [["--help"], ["metrics", "--help"], ["help", "doctor"], []] {
      let outcome = await OPDCommand.perform(words)
      #expect(outcome.status == 0)
      #expect(outcome.output.contains("USAGE") && outcome.errors.isEmpty)
    }
  }

  @Test("every command's help has an example and a summary")
  func examples() {
    for command in OPDCommand.subcommands + [OPDCommand.self] {
      #expect(command.configuration.discussion.contains(#/Examples?:\s+opd /#))
      #expect(!command.configuration.abstract.isEmpty)
    }
  }

  @Test("an explained error is one line and its own status")
  func explained() {
    let outcome = CommandOutcome(CommandLineError.checksFailed(["BLAS"]))
    #expect(outcome.status == 1)
    #expect(outcome.errors.hasPrefix("error: A check of this machine failed: BLAS."))
    #expect(outcome.errors.filter { $0 == "\n" }.count == 1)
  }

  @Test("any other error is a failure of the run")
  func unexplained() {
    struct Surprise: Error {}
    #expect(CommandOutcome(Surprise()).status == 1)
  }
}

@Suite("opd select")
struct SelectCommandTests {
  @Test("chooses from a file of predictions and writes a line a candidate")
  func pool() async throws {
    let folder = NSTemporaryDirectory() + "opd-select-" + UUID().uuidString
    defer { try? FileManager.default.removeItem(atPath: folder) }
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    try
      "{teacher: oracle, stages: [{method: opd, curriculum: {tvdf: {theta: 0.5, k: 1, budget: 2}}}]}\n"
      .write(toFile: folder + "/run.yaml", atomically: false, encoding: .utf8)
    let lines = (0..<8).map {
      "{\"id\":\"q\($0)\",\"teacherQuality\":[0.\($0)],\"studentQuality\":0.1}\n"
    }
    try lines.joined().write(toFile: folder + "/pool.jsonl", atomically: false, encoding: .utf8)
    let words = [
      "select", folder + "/run.yaml", "--pool", folder + "/pool.jsonl", "--format", "json",
    ]
    let outcome = await OPDCommand.perform(words + ["--out", folder + "/selection.jsonl"])
    #expect(outcome == CommandOutcome(status: 0, output: "", errors: ""))
    let written = try String(contentsOfFile: folder + "/selection.jsonl", encoding: .utf8)
      .split(separator: "\n")
    #expect(written.count == 8)
    let taken = written.filter { $0.contains("\"taken\":true") }
    #expect(
      taken.count == 2 && taken[0].contains("\"id\":\"q6\"") && taken[1].contains("\"id\":\"q7\""))
    #expect(written.count { $0.contains("below θ = 0.5") } == 5)
  }

  @Test("refuses two answers to who answers")
  func contradiction() async {
    let outcome = await OPDCommand.perform(["select", "x.yaml", "--pool", "a", "--run", "b"])
    #expect(outcome.status == 64 && outcome.errors.contains("--run and --pool"))
  }
}

@Suite("opd plugins")
struct PluginListingTests {
  let listing = PluginListing([
    PluginDescription(
      kind: "selector", name: "tad", summary: "Apex frames.",
      parameters: [
        .init(name: "ratio", defaultValue: ConfigurationValue(.real(0.6)), documentation: "Share.")
      ]),
    PluginDescription(kind: "selector", name: "uniform", summary: "Even.", parameters: []),
    PluginDescription(kind: "teacher", name: "oracle", summary: "Knows.", parameters: []),
  ])

  @Test("lists kinds with their plug-ins in columns")
  func table() {
    #expect(
      listing.text(detailed: false) == """
        selector
          tad      Apex frames.
          uniform  Even.

        teacher
          oracle   Knows.
        """)
  }

  @Test("shows the parameters of one plug-in with their defaults")
  func details() throws {
    let text = try listing.chosen(kind: "selector", name: "tad").text(detailed: true)
    #expect(text == "selector\n  tad: Apex frames.\n    ratio  Share. Default: 0.6.")
    // Not narrower than 24 characters, under the first of them.
    let narrow = try listing.chosen(kind: "selector", name: "tad").text(detailed: true, columns: 8)
    #expect(narrow == text)
    let parameter = PluginDescription.Parameter(
      name: "ratio", defaultValue: ConfigurationValue(.real(0.6)),
      documentation: "Share of the frames that are kept of a video.", values: "", unit: "")
    let long = PluginListing([
      PluginDescription(
        kind: "selector", name: "tad", summary: "Apex frames.", parameters: [parameter])
    ])
    let lines = long.text(detailed: true, columns: 40).split(separator: "\n").map(String.init)
    #expect(
      lines.suffix(3) == [
        "    ratio  Share of the frames that are", "           kept of a video. Default:",
        "           0.6.",
      ])
  }

  @Test("names the nearest kind and the nearest plug-in")
  func nearest() {
    #expect(
      throws: CommandLineError.unknownKind(
        "techer", nearest: "teacher", known: ["selector", "teacher"])
    ) { try listing.chosen(kind: "techer", name: nil) }
    #expect(
      throws: CommandLineError.unknownPlugin(
        "tda", kind: "selector", nearest: "tad", known: ["tad", "uniform"])
    ) { try listing.chosen(kind: "selector", name: "tda") }
    #expect(
      throws: CommandLineError.unknownName(
        "unifrom", nearest: "uniform", kinds: ["selector", "teacher"])
    ) { try listing.chosen(kind: nil, name: "unifrom") }
  }

  @Test("finds a name in every kind, and a kind by its name")
  func name() throws {
    #expect(try listing.chosen(kind: nil, name: "oracle").plugins == [listing.plugins[2]])
    #expect(
      try listing.chosen(kind: nil, name: "selector").plugins == Array(listing.plugins[..<2]))
  }

  @Test("as JSON is what a program reads back")
  func json() throws {
    let text = try jsonText(listing.plugins)
    let read = try JSONDecoder().decode([PluginDescription].self, from: Data(text.utf8))
    #expect(read == listing.plugins)
  }
}
