internal import Core
internal import Records
internal import Statistics

/// Every arm with its interval on one scale, best first, and with what it cost.
struct HeadlineTable: Sendable {
  let source: ReportSource

  var html: String {
    let scale = IntervalScale(source.comparison.arms.compactMap(\.value))
    let ranked = source.ranked
    let rows = (ranked + source.comparison.arms.filter { $0.value == nil }).map { cells($0, scale) }
    return HTML.table(
      [TableColumn("arm, best first", name: "arm")] + about.map { column($0) } + value(scale)
        + others + costs, rows, kind: "headline",
      caption:
        "Every arm with its 95 % interval over \(source.drawnUnits)\(labels); costs are means over"
        + " its runs, memory is the most any of their processes held.")
  }

  private func column(_ about: ArmColumn) -> TableColumn {
    TableColumn(HTML.escaped(about.title), name: about.title)
  }

  private func value(_ scale: IntervalScale) -> [TableColumn] {
    let few = source.comparison.arms.contains { $0.summary == .mean }
    let word = few ? "mean" : "IQM"
    let title = source.metric.title
    return [
      .interval("\(HTML.escaped(title))<br>\(word)", name: "\(title) \(word)"),
      .drawn("<small>\(scale.caption)</small>"), .drawn("95 %"),
    ]
  }

  private var others: [TableColumn] {
    source.comparison.columns.map { column in
      let title = Metric(column).title
      return .number(HTML.escaped(title), name: title)
    }
  }

  private let costs: [TableColumn] = [
    .number("rollout<br>tokens", name: "rollout tokens"), .number("FLOPs", name: "FLOPs"),
    .number("time", name: "time", field: "time (s)"),
    .number("peak<br>memory", name: "peak memory", field: "peak memory (bytes)"),
    TableColumn("runs", name: "runs", fields: ["runs done", "runs"]),
  ]

  private func cells(_ arm: ComparedArm, _ scale: IntervalScale) -> [TableCell] {
    let mark = source.isBest(arm.name) ? tag("best", "best") : under(arm)
    let value = arm.value.map { "<b>\(Quantity.level($0.value))</b>" }
    let drawing = arm.value.map {
      scale.svg($0, color: source.color(arm.name), bound: source.floor?.value)
    }
    let ends = arm.value.flatMap {
      arm.scores.count > 1 ? Quantity.ends($0.lower, $0.upper) : nil
    }
    var cells = [TableCell(source.label(arm.name) + mark, text: arm.name)]
    cells += about.map { TableCell(HTML.escaped($0.cell(arm))) }
    cells += [TableCell(value ?? "–", arm.value), TableCell(drawing ?? ""), TableCell(ends ?? "–")]
    cells += source.comparison.columns.map { TableCell(arm.further[$0], Quantity.level) }
    let memory = source.archive.runs(of: arm.name).compactMap(\.peakMemory).max()
    return cells + [
      TableCell(arm.tokens, Quantity.count), TableCell(arm.flops, Quantity.flops),
      TableCell(arm.seconds, Quantity.duration), TableCell(memory, Quantity.memory),
      TableCell("\(arm.done)/\(arm.total)", numbers: [Double(arm.done), Double(arm.total)]),
    ]
  }

  /// Says of an arm that it is no better than what needs no learning.
  private func under(_ arm: ComparedArm) -> String {
    source.comparison.bound(over: arm).map { tag("under", "≤ \($0.name)") } ?? ""
  }

  private func tag(_ kind: String, _ text: String) -> String {
    " <em class=\"\(kind)\">\(HTML.escaped(text))</em>"
  }

  /// What is said of an arm beside its name, but for levels that the name says and what is the same of all.
  private var about: [ArmColumn] {
    let arms = source.comparison.arms
    return ArmColumn.forPeople(of: source.comparison).filter { column in
      let isNamed = arms.allSatisfy { source.names.says(column.cell($0), of: $0.name) }
      return column.title != "arm" && !isNamed && (arms.count < 2 || sole(column) == nil)
    }
  }

  /// What a column says of every arm, where that is the same.
  private func sole(_ column: ArmColumn) -> String? {
    let said = Set(source.comparison.arms.map(column.cell))
    return said.count == 1 ? said.first : nil
  }

  /// Which right answers are used, where no column says so.
  private var labels: String {
    let column = ArmColumn.forPeople(of: source.comparison).first { $0.title == "labels" }
    guard source.comparison.arms.count > 1, let column, let said = sole(column) else { return "" }
    return "; labels used by every arm: \(HTML.escaped(said))"
  }
}

extension ReportSource {
  /// The arms that have a value, best first.
  var ranked: [ComparedArm] {
    comparison.arms.filter { $0.value != nil }
      .sorted { metric.isBetter($0.level, than: $1.level) }
  }

  /// Whether an arm is ahead of every other by what can be read: of equals none is best.
  func isBest(_ arm: String) -> Bool {
    let ranked = ranked
    guard ranked.count > 1, ranked[0].name == arm else { return false }
    return Quantity.level(ranked[0].level) != Quantity.level(ranked[1].level)
  }

  /// What intervals of tables imagine drawn anew; those of curves draw seeds alone.
  var drawnUnits: String {
    comparison.questionUnits.map { "seeds and \($0)" } ?? "seeds"
  }
}
