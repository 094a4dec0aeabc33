/// Learning curves by steps, tokens, operations and time, one at a time.
struct CurvesSection: Sendable {
  let source: ReportSource
  let curves: MeanCurves

  var html: String {
    let panels = [CostMeasure.flops, .tokens, .wall, .steps].compactMap { measure in
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
        "<figure class=\"panel\"><figcaption>\(title(measure))</figcaption>\(chart)</figure>"
    }
    guard !panels.isEmpty else { return "" }
    let tabs = "<div class=\"tabs\">\(inputs)<nav>\(labels)</nav>\(bodies)</div>"
    return HTML.section(
      "curves", "Learning curves",
      "\(source.metric.title) against what was spent: higher and further left is better. Lines are"
        + " interquartile means over seeds, bands their 95 % intervals.",
      source.legend(source.shown) + tabs + priceTable)
  }

  private func title(_ measure: CostMeasure) -> String {
    measure == .wall ? "by time" : "by \(measure.unit)"
  }

  /// The curves along one cost.
  func chart(_ measure: CostMeasure) -> LineChart {
    LineChart(
      series: source.shown.map { arm in
        LineChart.Series(
          name: arm, color: source.color(arm), points: curves.points(arm, by: measure))
      }, title: "\(source.metric.title) by \(measure.unit)",
      horizontal: measure == .wall ? "time" : measure.unit
    ) { value in
      switch measure {
      case .steps, .tokens: Quantity.count(value)
      case .flops: Quantity.flops(value)
      case .wall: Quantity.duration(value)
      }
    }
  }

  /// How many times cheaper each arm gets the baseline's result.
  private var priceTable: String {
    guard let baseline = source.comparison.baseline else { return "" }
    let rows = source.shown.filter { $0 != baseline }.map { arm in
      let ratios = curves.savings(of: arm, against: baseline)
      return [source.label(arm)]
        + [CostMeasure.steps, .tokens, .flops, .wall].map { measure in
          ratios[measure].map { "\(Quantity.short($0))×" }
            ?? "<span class=\"faint\">not reached</span>"
        }
    }
    guard !rows.isEmpty else { return "" }
    return "<h3>How many times cheaper is \(HTML.escaped(baseline))’s final level?</h3>"
      + HTML.table(["arm", "steps", "rollout tokens", "FLOPs", "time"], rows)
  }
}
