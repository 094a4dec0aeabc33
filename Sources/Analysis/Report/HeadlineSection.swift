internal import Core
internal import Records
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
      <h1>\(HTML.escaped(source.names.shortened(comparison.leader ?? comparison.verdict)))</h1>\(second)\(price)
      </header>
      <section id="headline">\(HeadlineTable(source: source).html)\(bounds)\(contrasts)
      <ul class="notes">\(notes)<li>\(HTML.escaped(comparison.legend))</li></ul></section>

      """
  }

  /// The best arm against the baseline, where the heading is about the best and the next.
  private var second: String {
    let comparison = source.comparison
    guard comparison.leader != nil, comparison.verdict.contains(comparison.baseline ?? "") else {
      return ""
    }
    return "<p class=\"price\">\(HTML.escaped(source.names.shortened(comparison.verdict)))</p>"
  }

  /// The folder's last name.
  private var name: String {
    source.archive.home.split(separator: "/").last.map(String.init) ?? source.archive.home
  }

  /// What the best arm paid for the baseline's result, once both have ended and the arms are seen to differ.
  private var price: String {
    guard let baseline = source.comparison.baseline, let best, best != baseline,
      source.comparison.contrasts.contains(where: { $0.arm == best && $0.isSeen }),
      [baseline, best].flatMap(source.archive.runs(of:)).allSatisfy(\.isDone)
    else { return "" }
    let ratios = curves.savings(of: best, against: baseline)
    let parts = [CostMeasure.steps, .tokens, .flops, .wall].compactMap { measure in
      ratios[measure].flatMap {
        $0 > 1.05 ? "<b>\(Quantity.short($0))×</b> \(fewer(measure))" : nil
      }
    }
    guard !parts.isEmpty else { return "" }
    return "<p class=\"price\">To get as far as \(source.name(baseline)) did in the end,"
      + " \(source.label(best)) needs \(parts.joined(separator: ", ")).</p>"
  }

  private func fewer(_ measure: CostMeasure) -> String {
    measure == .wall ? "less time" : "fewer \(measure.unit)"
  }

  private var best: String? { source.ranked.first?.name }

  private var contrasts: String {
    guard let baseline = source.comparison.baseline, !source.comparison.contrasts.isEmpty
    else { return "" }
    return ContrastTable(source: source, contrasts: source.comparison.contrasts)
      .html("against \(source.name(baseline))", name: "arm less \(baseline)")
  }

  /// What is reached without learning from the data.
  private var bounds: String {
    let bounds = source.comparison.bounds
    guard !bounds.isEmpty else { return "" }
    let words = bounds.map { "\(HTML.escaped($0.name)) <b>\(Quantity.level($0.value))</b>" }
    return "<p class=\"bounds\">Without learning: \(words.joined(separator: " · "))</p>"
  }
}

/// A scale on which every arm's value and interval can be seen side by side.
struct IntervalScale: Sendable {
  private let ticks: AxisTicks

  /// A scale that embraces all the intervals, but for those that are so wide that arms could not be told apart beside them: it ends
  /// where eight times the arms' own reach, or twice the largest value, is added on either side.
  init(_ estimates: [Estimate]) {
    let values = estimates.map(\.value)
    let least = values.min() ?? 0
    let most = values.max() ?? 1
    let room = max(8 * (most - least), 2 * max(abs(least), abs(most)))
    let low = max(estimates.map(\.lower).min() ?? 0, least - room)
    let high = min(estimates.map(\.upper).max() ?? 1, most + room)
    ticks = AxisTicks(low...max(low, high), count: 4)
  }

  /// The ends of the scale.
  var caption: String {
    let ends = [ticks.range.lowerBound, ticks.range.upperBound]
    return ends.map { Quantity.withMinus(Quantity.decimals($0, max(1, ticks.decimals))) }
      .joined(separator: " … ")
  }

  /// A dot on its interval, and a dashed line where the highest bound is, if that is within the scale.
  func svg(_ estimate: Estimate, color: Int, bound: Double? = nil) -> String {
    let floor = bound.flatMap { ticks.range.contains($0) ? $0 : nil }.map { value in
      "<line class=\"floor\" x1=\"\(x(value))\" x2=\"\(x(value))\" y1=\"0\" y2=\"24\"/>"
    }
    let grid = ticks.values.map { value in
      "<line class=\"grid\" x1=\"\(x(value))\" x2=\"\(x(value))\" y1=\"0\" y2=\"24\"/>"
    }
    return
      "<svg class=\"interval\" viewBox=\"0 0 180 24\" aria-hidden=\"true\">\(grid.joined())\(floor ?? "")"
      + "<line class=\"reach c\(color)\" x1=\"\(x(estimate.lower))\" x2=\"\(x(estimate.upper))\""
      + " y1=\"12\" y2=\"12\"/>\(arrows(estimate, color))"
      + "<circle class=\"dot c\(color)\" cx=\"\(x(estimate.value))\" cy=\"12\" r=\"5\"/></svg>"
  }

  /// An arrow at each end where an interval goes on past the scale.
  private func arrows(_ estimate: Estimate, _ color: Int) -> String {
    let range = ticks.range
    let left = estimate.lower < range.lowerBound ? ["8,5 0,12 8,19"] : []
    let right = estimate.upper > range.upperBound ? ["172,5 180,12 172,19"] : []
    return (left + right).map { "<polygon class=\"dot c\(color)\" points=\"\($0)\"/>" }.joined()
  }

  private func x(_ value: Double) -> String {
    let range = ticks.range
    let share = (value - range.lowerBound) / (range.upperBound - range.lowerBound)
    // An interval that goes on past the scale ends at the picture's edge, with an arrow.
    return HTML.place(min(max(0, 6 + 168 * share), 180))
  }
}
