internal import Records
internal import Storage

/// How to get these numbers again: commands, hashes and the frozen sweep.
struct CommandsSection: Sendable {
  let source: ReportSource

  var html: String {
    HTML.section(
      "commands", "How to repeat this",
      "A run’s identity is the hash of its configuration, data, teacher and program.",
      "<pre>\(HTML.escaped(commands))</pre>" + facts + sweep + frozen + states)
  }

  private var commands: String {
    let path = source.archive.folders.joined(separator: " ")
    let metric = source.comparison.metric
    var lines = [
      "opd compare \(path) --metric \(metric)", "opd compare \(path) --match flops",
      "opd report \(path) -o report.html",
    ]
    if let command { lines.insert("\(command) --out \(source.archive.home)", at: 0) }
    if let run = source.archive.runs.first(where: \.isDone) {
      lines.append("opd repro \(run.path)")
    }
    return lines.joined(separator: "\n")
  }

  /// The command that created the sweep, as its frozen plan has it; the plan alone is enough to go on.
  private var command: String? {
    RunFile(source.archive.home + "/plan.json").object().map { plan in
      plan.texts["command"] ?? "opd sweep \(source.archive.home)"
    }
  }

  /// With what, where and when the runs were made.
  private var facts: String {
    let runs = source.archive.runs
    let dates = runs.map { RunDates($0.path) }
    let seconds = runs.compactMap { $0.cost(.wall) }
    let rows: [(String, String?)] = [
      ("version", listed(runs.compactMap { $0.status?.texts["program"] })),
      ("build", listed(builds)), ("machine", listed(dates.flatMap(\.machines))),
      ("begun", RunDates.text(dates.compactMap(\.begun).min()).map { $0 + " UTC" }),
      ("ended", RunDates.text(dates.compactMap(\.ended).max()).map { $0 + " UTC" }),
      ("time of all runs", seconds.isEmpty ? nil : Quantity.duration(seconds.reduce(0, +))),
      ("sweep", plan?.texts["name"].map(HTML.escaped)),
    ]
    return HTML.table(
      ["what", "as the runs wrote it down"],
      rows.filter { $0.0 != "sweep" || $0.1 != nil }.map { [$0, $1 ?? "not recorded"] },
      kind: "facts", caption: "With what, where and when. Dates are those of the runs’ logs.")
  }

  /// Builds of the runs, or of the plan where they do not say.
  private var builds: [String] {
    let own = source.archive.runs.flatMap { RunRecord.builds($0.path + "/status.json") }
    return own.isEmpty ? RunRecord.builds(source.archive.home + "/plan.json") : own
  }

  /// Each of some words once.
  private func listed(_ words: [String]) -> String? {
    let unique = Set(words).sorted()
    return unique.isEmpty ? nil : unique.map(HTML.escaped).joined(separator: "<br>")
  }

  /// The plan of the sweep.
  private var plan: FlatObject? { RunFile(source.archive.home + "/plan.json").object() }

  /// What the sweep's file says; of a sweep that did not keep it, the file that its command names, if that can be found.
  private var sweep: String {
    if let kept = try? TextFile.text(source.archive.home + "/sweep.yaml") {
      return folded("The sweep’s file", kept)
    }
    let words = (command ?? "").split(separator: " ").map(String.init)
    guard words.count > 2, words[2].hasSuffix(".yaml") else { return "" }
    // A sweep is put into `runs/NAME` where its command is given.
    let places = [words[2], source.archive.home + "/../../" + words[2]]
    guard let text = places.lazy.compactMap({ try? TextFile.text($0) }).first else { return "" }
    return folded(
      "The sweep’s file <code>\(HTML.escaped(words[2]))</code> as it was when this page was made",
      text)
  }

  private var frozen: String {
    guard let run = source.archive.runs.first,
      let configuration = try? TextFile.text(run.path + "/config.yaml")
    else { return "" }
    return folded("The configuration of \(run.arm), seed \(run.seed)", configuration)
  }

  private func folded(_ title: String, _ text: String) -> String {
    "<details><summary>\(title)</summary><pre>\(HTML.escaped(text))</pre></details>"
  }

  /// Failed and unfinished runs first: those are what a reader looks for.
  private var states: String {
    let limit = 500
    let runs = source.archive.runs.filter { !$0.isDone } + source.archive.runs.filter(\.isDone)
    let more = runs.count > limit ? "<p>and \(runs.count - limit) more</p>" : ""
    let table = HTML.table(
      [
        "arm", "seed", "state", .number("step", name: "step"), "begun (UTC)",
        .number("took", name: "took", field: "took (s)"), "identity", "build", "message",
      ], runs.prefix(limit).map(row), kind: "states",
      caption: "Unfinished runs first. Took: seconds of training, teaching and evaluation.")
    return "<details><summary>The \(runs.count) runs</summary>\(table)\(more)</details>"
  }
  private func row(_ run: RecordedRun) -> [TableCell] {
    let builds = RunRecord.builds(run.path + "/status.json")
    let program = builds.isEmpty ? [run.status?.texts["program"] ?? "–"] : builds
    return [
      TableCell(source.label(run.arm), text: run.arm), "\(run.seed)",
      "<span class=\"state \(HTML.escaped(run.state))\">\(HTML.escaped(run.state))</span>",
      TableCell(run.last("step"), Quantity.count),
      TableCell(RunDates.text(RunDates(run.path).begun) ?? "–"),
      TableCell(run.cost(.wall), Quantity.duration),
      "<code>\(HTML.escaped(run.status?.texts["identity"] ?? "–"))</code>",
      TableCell(program.map(HTML.escaped).joined(separator: "<br>")),
      "\(HTML.escaped(run.status?.texts["message"] ?? ""))",
    ]
  }
}

/// The list that runs and plans keep of the builds that worked on them.
private struct RunRecord: Decodable {
  var builds: [String]?

  static func builds(_ path: String) -> [String] {
    (try? JSONLines.readWhole(path, as: RunRecord.self))?.builds ?? []
  }
}
