internal import Records
internal import Storage

/// How to get these numbers again: commands, hashes and the frozen sweep.
struct CommandsSection: Sendable {
  let source: ReportSource

  var html: String {
    HTML.section(
      "commands", "How to repeat this",
      "A run’s identity is the hash of its configuration, data, teacher and program.",
      "<pre>\(HTML.escaped(commands))</pre>" + frozen + states)
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
    let rows = runs.prefix(limit).map { run in
      [
        source.label(run.arm), "\(run.seed)",
        "<span class=\"state \(HTML.escaped(run.state))\">\(HTML.escaped(run.state))</span>",
        run.last("step").map(Quantity.count) ?? "–",
        "<code>\(HTML.escaped(run.status?.texts["identity"] ?? "–"))</code>",
        HTML.escaped(run.status?.texts["program"] ?? "–"),
        HTML.escaped(run.status?.texts["message"] ?? ""),
      ]
    }
    let more = runs.count > limit ? "<p>and \(runs.count - limit) more</p>" : ""
    let table = HTML.table(
      ["arm", "seed", "state", "step", "identity", "program", "message"], rows, kind: "states",
      caption: "Unfinished runs first.")
    return "<details><summary>The \(runs.count) runs</summary>\(table)\(more)</details>"
  }
}
