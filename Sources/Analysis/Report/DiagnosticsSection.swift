internal import Records
internal import Statistics

/// What happened while training: one small chart a number.
struct DiagnosticsSection: Sendable {
  let source: ReportSource

  /// The numbers worth a look, and what a reader looks for.
  private static let metrics = [
    ("loss", "the objective that is minimised"),
    ("reward", "should rise"),
    ("teacher_kl/k1", "distance to the teacher, should fall"),
    ("kl", "distance to the reference"),
    ("entropy", "a sudden fall means collapse"),
    ("grad_norm", "spikes mean instability"),
    ("frac_reward_zero_std", "groups without signal for GRPO"),
    ("parse_failure_rate", "answers nobody can read"),
    ("completions/mean_length", "tokens an answer"),
    ("learning_rate", "the schedule"),
  ]

  var html: String {
    let panels = Self.metrics.compactMap { name, meaning in
      let series = source.shown.map { arm in
        LineChart.Series(name: arm, color: source.color(arm), points: points(arm, name))
      }
      let chart = LineChart(
        series: series.filter { !$0.points.isEmpty }, title: "\(name) by step",
        horizontal: "steps", format: Quantity.count, band: "the middle half of seeds and steps",
        size: (width: 380, height: 230))
      let svg = chart.svg
      return svg.isEmpty
        ? nil
        : "<figure><figcaption><code>\(name)</code> \(meaning)</figcaption>\(svg)</figure>"
    }
    guard !panels.isEmpty else { return "" }
    return HTML.section(
      "diagnostics", "Training", "Means over seeds; the band is the middle half of them.",
      source.legend(source.shown) + "<div class=\"grid2\">\(panels.joined())</div>")
  }

  /// A number over steps, in at most 80 stretches of steps so that noise does not hide the trend.
  private func points(_ arm: String, _ key: String) -> [LineChart.Point] {
    let lines = source.archive.runs(of: arm).flatMap(\.lines)
    let samples: [(step: Double, value: Double)] = lines.compactMap { line in
      guard let step = line["step"], let value = line[key] else { return nil }
      return (step, value)
    }
    let last = samples.map(\.step).max() ?? 0
    let width = max(1, (last / 80).rounded(.up))
    let stretches = Dictionary(grouping: samples) { ($0.step / width).rounded(.down) }
    return stretches.sorted { $0.key < $1.key }.map { _, part in
      let values = part.map(\.value)
      return LineChart.Point(
        x: mean(part.map(\.step)), y: mean(values), lower: quantile(values, 0.25),
        upper: quantile(values, 0.75))
    }
  }
}
