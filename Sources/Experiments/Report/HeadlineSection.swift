internal import Statistics

/// The result in one sentence, and every arm with its interval on one scale.
struct HeadlineSection: Sendable {
  let source: ReportSource
  let curves: MeanCurves

  var html: String {
    let comparison = source.comparison
    let done = source.archive.runs.count(where: \.isDone)
    let total = source.archive.runs.count
    let going = done == total ? "" : " <b class=\"going\">so far</b>"
    let notes = comparison.notes.map { "<li>\(HTML.escaped($0))</li>" }.joined()
    return """
      <header><p class="eyebrow">\(HTML.escaped(name)) · \(HTML.escaped(comparison.metric)) · \
      \(done) of \(total) runs done\(going)</p>
      <h1>\(HTML.escaped(comparison.verdict))</h1>\(price)
      </header>
      <section id="headline">\(table)\(contrasts)
      <ul class="notes">\(notes)<li>\(HTML.escaped(comparison.legend))</li></ul></section>

      """
  }

  /// The folder's last name.
  private var name: String {
    source.archive.path.split(separator: "/").last.map(String.init) ?? source.archive.path
  }

  /// What the best arm paid for the baseline's result.
  private var price: String {
    guard let baseline = source.comparison.baseline, let best, best != baseline else { return "" }
    let ratios = curves.savings(of: best, against: baseline)
    let parts = [CostMeasure.steps, .tokens, .flops, .wall].compactMap { measure in
      ratios[measure].flatMap {
        $0 > 1.05 ? "<b>\(Quantity.short($0))×</b> \(fewer(measure))" : nil
      }
    }
    guard !parts.isEmpty else { return "" }
    return "<p class=\"price\">To get as far as \(HTML.escaped(baseline)) did in the end,"
      + " \(source.label(best)) needs \(parts.joined(separator: ", ")).</p>"
  }

  private func fewer(_ measure: CostMeasure) -> String {
    measure == .wall ? "less time" : "fewer \(measure.unit)"
  }

  private var best: String? {
    source.comparison.arms.filter { $0.value != nil }
      .min { source.metric.isBetter($0.level, than: $1.level) }?.name
  }

  private var table: String {
    let scale = IntervalScale(source.comparison.arms.compactMap(\.value))
    let rows = source.comparison.arms.map { cells($0, scale) }
    let few = source.comparison.arms.contains { $0.summary == .mean }
    return HTML.table(
      [
        "arm", "\(source.metric.title)<br>\(few ? "mean" : "IQM")",
        "<small>\(scale.caption)</small>",
        "95 %", "R1@0.5 %", "R1@0.7 %", "rollout tokens", "FLOPs", "time", "runs",
      ], rows, kind: "headline")
  }

  private func cells(_ arm: ComparedArm, _ scale: IntervalScale) -> [String] {
    let mark =
      arm.name == best && source.archive.arms.count > 1 ? " <em class=\"best\">best</em>" : ""
    let value = arm.value.map { "<b>\(Quantity.metric($0.value))</b>" }
    let drawing = arm.value.map { scale.svg($0, color: source.color(arm.name)) }
    var cells = [source.label(arm.name) + mark, value ?? "–", drawing ?? "", arm.interval]
    cells.append(arm.recallAtHalf.map(Quantity.percent) ?? "–")
    cells.append(arm.recallAtSevenTenths.map(Quantity.percent) ?? "–")
    cells.append(arm.tokens.map(Quantity.count) ?? "–")
    cells.append(arm.flops.map(Quantity.flops) ?? "–")
    cells.append(arm.seconds.map(Quantity.duration) ?? "–")
    return cells + ["\(arm.done)/\(arm.total)"]
  }

  private var contrasts: String {
    guard let baseline = source.comparison.baseline, !source.comparison.contrasts.isEmpty
    else { return "" }
    let rows = source.comparison.contrasts.map { contrast in
      [
        source.label(contrast.arm), HTML.escaped(contrast.verdict),
        contrast.correctedPValue.map { HTML.escaped(Quantity.pColumn($0)) } ?? "–",
        contrast.permutationPValue.map { HTML.escaped(Quantity.pColumn($0)) } ?? "–",
        contrast.probabilityOfImprovement.map { Quantity.decimals(100 * $0, 0) + " %" } ?? "–",
        contrast.minimumDetectableEffect.map(Quantity.metric) ?? "–",
      ]
    }
    return HTML.table(
      [
        "against \(HTML.escaped(baseline))", "verdict", "p (Holm)", "p (perm.)", "P(better)",
        "visible from",
      ], rows, kind: "contrasts")
  }
}

/// A scale on which every arm's value and interval can be seen side by side.
struct IntervalScale: Sendable {
  private let ticks: AxisTicks

  /// A scale that embraces all the intervals.
  init(_ estimates: [Estimate]) {
    let low = estimates.map(\.lower).min() ?? 0
    let high = estimates.map(\.upper).max() ?? 1
    ticks = AxisTicks(low...max(low, high), count: 4)
  }

  /// The ends of the scale.
  var caption: String {
    let ends = [ticks.range.lowerBound, ticks.range.upperBound]
    return ends.map { Quantity.decimals($0, max(1, ticks.decimals)) }.joined(separator: " … ")
  }

  /// A dot on its interval.
  func svg(_ estimate: Estimate, color: Int) -> String {
    let grid = ticks.values.map { value in
      "<line class=\"grid\" x1=\"\(x(value))\" x2=\"\(x(value))\" y1=\"0\" y2=\"24\"/>"
    }
    return "<svg class=\"interval\" viewBox=\"0 0 180 24\" aria-hidden=\"true\">\(grid.joined())"
      + "<line class=\"reach c\(color)\" x1=\"\(x(estimate.lower))\" x2=\"\(x(estimate.upper))\""
      + " y1=\"12\" y2=\"12\"/>"
      + "<circle class=\"dot c\(color)\" cx=\"\(x(estimate.value))\" cy=\"12\" r=\"5\"/></svg>"
  }

  private func x(_ value: Double) -> String {
    let range = ticks.range
    let share = (value - range.lowerBound) / (range.upperBound - range.lowerBound)
    return HTML.place(6 + 168 * share)
  }
}
