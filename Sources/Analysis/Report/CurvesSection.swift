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
      "curves", "Learning curves", reading,
      source.legend(source.shown) + tabs + TargetTable(source: source, curves: curves).html)
  }

  /// How to read the drawings; what is only true of the headline is marked for the script.
  private var reading: String {
    let side = source.metric.isBetterWhenLower ? "lower" : "higher"
    let others =
      source.drawnUnits == "seeds" ? "" : ", while those of tables are over \(source.drawnUnits)"
    let bound = source.floor.map {
      " <span id=\"curve-bound\">Dashed and grey: \(HTML.escaped($0.name)).</span>"
    }
    return "<span id=\"curve-side\">\(HTML.escaped(source.metric.title)) against what was spent:"
      + " \(side) and further left is better.</span> Lines are interquartile means over seeds, bands their"
      + " 95 % intervals over seeds alone\(others)\(thin).\(bound ?? "")"
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
      format: Quantity.count, level: source.floor?.value, band: "95 % over seeds")
  }
}
