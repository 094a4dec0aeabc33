internal import Core
internal import Records
internal import Statistics

/// Learning curves by steps, tokens, operations and time, one at a time.
struct CurvesSection: Sendable {
  let source: ReportSource
  let curves: MeanCurves
  /// What other metrics are drawn from; `nil` for a drawing of the headline alone.
  var data: CurveData?

  /// What curves run along, the most telling first.
  static let measures = [CostMeasure.flops, .tokens, .wall, .steps]

  var html: String {
    let panels = Self.measures.compactMap { measure in
      let chart = chart(measure).svg
      return chart.isEmpty ? nil : (measure, chart)
    }
    var inputs = ""
    var labels = ""
    var bodies = ""
    for (index, (measure, chart)) in panels.enumerated() {
      let id = "curve-\(measure.rawValue)"
      inputs += "<input type=\"radio\" name=\"curve\" id=\"\(id)\"\(index == 0 ? " checked" : "")>"
      labels += "<label for=\"\(id)\">\(title(measure))</label>"
      bodies +=
        "<figure class=\"panel\" data-by=\"\(measure.rawValue)\"><figcaption>\(title(measure))"
        + "</figcaption>\(chart)</figure>"
    }
    guard !panels.isEmpty else { return "" }
    let tabs =
      "<div class=\"tabs\">\(inputs)\(seedSwitch.input)<nav>\(labels)\(seedSwitch.label)"
      + "\(data?.choices ?? "")</nav><p class=\"faint\" id=\"curve-meaning\"></p>\(bodies)</div>"
      + (data?.html ?? "")
    return HTML.section(
      "curves", "Learning curves",
      "\(source.metric.title) against what was spent: higher and further left is better. Lines are"
        + " interquartile means over seeds, bands their 95 % intervals\(thin)."
        + (source.floor.map { " Dashed and grey: \(HTML.escaped($0.name))." } ?? ""),
      source.legend(source.shown) + tabs + priceTable)
  }

  private var hasSeeds: Bool {
    curves.moments.values.contains { $0.contains { !$0.seeds.isEmpty } }
  }

  /// What a reader is told of thin lines.
  private var thin: String {
    guard hasSeeds else { return "" }
    let most = source.shown.map { source.archive.runs(of: $0).count }.max() ?? 0
    return most > MeanCurves.seeds
      ? ", thin lines the first \(MeanCurves.seeds) seeds" : ", thin lines single seeds"
  }

  /// Shows and hides thin lines, without a script.
  private var seedSwitch: (input: String, label: String) {
    guard hasSeeds else { return ("", "") }
    return (
      "<input type=\"checkbox\" id=\"curve-seeds\" checked>",
      "<label for=\"curve-seeds\">seeds</label>"
    )
  }

  private func title(_ measure: CostMeasure) -> String {
    measure == .wall ? "by time" : "by \(measure.unit)"
  }

  /// The curves along one cost.
  func chart(_ measure: CostMeasure) -> LineChart {
    let points = source.shown.map { (arm: $0, points: curves.points($0, by: measure)) }
    let unit = Quantity.unit(measure, upTo: points.flatMap(\.points).map(\.x).max() ?? 0)
    return LineChart(
      series: points.map { arm, points in
        LineChart.Series(
          name: arm, color: source.color(arm),
          points: points.map { point in
            var point = point
            point.x /= unit.size
            return point
          },
          seeds: curves.seeds(arm, by: measure).map { seed in
            seed.map { .init(x: $0.x / unit.size, y: $0.y) }
          })
      }, title: "\(source.metric.title) by \(measure.unit)", horizontal: unit.name,
      format: Quantity.count, level: source.floor?.value)
  }

  /// What each arm pays for a level that many of them reach.
  private var priceTable: String {
    guard let target = curves.target(baseline: source.comparison.baseline, source.metric) else {
      return ""
    }
    let name = source.comparison.metric
    let costs = source.shown.map {
      TargetCost($0, source.archive.runs(of: $0), target: target, metric: name)
    }.filter { $0.runs > 0 }
    let reference = costs.first { $0.arm == source.comparison.baseline }
    let rows = costs.map { row in
      [source.label(row.arm), "\(row.reached)/\(row.runs)"]
        + [CostMeasure.steps, .tokens, .flops, .wall].map { cell(row, reference, $0) }
        + [row.area.map(Quantity.metric) ?? "–"]
    }
    let title = "\(source.metric.title) \(Quantity.metric(target))"
    return
      "<h3>What \(title) costs</h3><p class=\"reading\">Spent until a run’s learning curve first"
      + " gets there, mean over the runs that do. Area: the mean height of the curve over all steps,"
      + " which is high for what learns early and ends high.</p>"
      + HTML.table(
        ["arm", "runs", "steps", "rollout tokens", "FLOPs", "time", "area"], rows, kind: "target",
        caption: "Costs of \(title), with 95 % intervals over the runs that reach it.")
  }

  /// Between which costs the mean lies; nothing where fewer than two runs got there.
  private func interval(_ row: TargetCost, _ measure: CostMeasure) -> String {
    guard let interval = row.intervals[measure.rawValue] else { return "" }
    let ends = [interval.lower, interval.upper].map { Quantity.amount($0, measure) }
    return "<br><small>\(ends[0]) … \(ends[1])</small>"
  }

  private func cell(_ row: TargetCost, _ reference: TargetCost?, _ measure: CostMeasure) -> String {
    guard row.reached > 0 else { return "<span class=\"faint\">not reached</span>" }
    guard row.cost(.steps) != 0 else { return "<span class=\"faint\">from the start</span>" }
    guard let cost = row.cost(measure) else { return "–" }
    let amount = Quantity.amount(cost, measure) + interval(row, measure)
    // Nothing is so many times cheaper than nothing.
    guard let reference, let other = reference.cost(measure), row.arm != reference.arm, other > 0,
      cost > 0, reference.cost(.steps) != 0
    else { return amount }
    return "\(amount) <span class=\"faint\">\(Quantity.short(cost / other))×</span>"
  }
}
