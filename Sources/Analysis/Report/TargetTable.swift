internal import Core
internal import Records
internal import Statistics

/// What each arm pays for a level that many of them reach.
struct TargetTable: Sendable {
  let source: ReportSource
  let curves: MeanCurves

  private static let measures = [CostMeasure.steps, .tokens, .flops, .wall]

  /// Nothing where no arm has learned its way to a level.
  var html: String {
    guard let target = curves.target(baseline: source.comparison.baseline, source.metric),
      source.metric.isBetterWhenLower || !Verdict.isNothing(target)
    else { return "" }
    let costs = source.shown.map {
      TargetCost(
        $0, source.archive.runs(of: $0), target: target, metric: source.comparison.metric)
    }.filter { $0.runs > 0 }
    // What everybody has from the start, or nobody reaches, has no price.
    guard costs.contains(where: { ($0.cost(.steps) ?? 0) > 0 }) else { return "" }
    let reference = costs.first { $0.arm == source.comparison.baseline }
    let rows = costs.map { row in
      [
        TableCell(source.label(row.arm), text: row.arm),
        TableCell(
          "\(row.reached)/\(row.runs)", numbers: [Double(row.reached), Double(row.runs)]),
      ] + Self.measures.map { cell(row, reference, $0) } + [TableCell(row.area, Quantity.level)]
    }
    let title = HTML.escaped("\(source.metric.title) \(Quantity.level(target))")
    return
      "<h3>What \(title) costs</h3><p class=\"reading\">Spent until a run’s learning curve first"
      + " gets there, mean over the runs that do. Area: the mean height of the curve over all steps,"
      + " which is high for what learns early and ends high.</p>"
      + HTML.table(
        columns, rows, kind: "target",
        caption: "Costs of \(title), with 95 % intervals over the runs that reach it.")
  }

  private var columns: [TableColumn] {
    let costs = Self.measures.map { measure in
      let name = measure == .wall ? "time" : measure.unit
      let field = measure == .wall ? "time (s)" : measure.unit
      return TableColumn(
        name, name: name,
        fields: [field, field + " low", field + " high", name + " as a multiple of the baseline’s"])
    }
    return ["arm", TableColumn("runs", name: "runs", fields: ["runs that reach it", "runs"])]
      + costs + [.number("area", name: "area")]
  }

  private func cell(_ row: TargetCost, _ reference: TargetCost?, _ measure: CostMeasure)
    -> TableCell
  {
    guard row.reached > 0 else { return said("not reached", []) }
    guard row.cost(.steps) != 0 else { return said("from the start", [0]) }
    guard let cost = row.cost(measure) else { return .none }
    let amount = { Quantity.amount($0, measure) }
    let ends = row.intervals[measure.rawValue]
    let brackets = ends.map { Quantity.ends($0.lower, $0.upper, amount) }
    var ratio: Double?
    // Nothing is so many times cheaper than nothing.
    if let reference, let other = reference.cost(measure), row.arm != reference.arm, other > 0,
      cost > 0, reference.cost(.steps) != 0
    {
      ratio = cost / other
    }
    let times = ratio.map { " <span class=\"faint\">\(Quantity.short($0))×</span>" } ?? ""
    return TableCell(
      amount(cost) + times + (brackets.map { "<br><small>\($0)</small>" } ?? ""),
      text: ([amount(cost)] + [brackets].compactMap { $0 }).joined(separator: " "),
      numbers: [cost, ends?.lower, ends?.upper, ratio])
  }

  private func said(_ words: String, _ numbers: [Double?]) -> TableCell {
    TableCell("<span class=\"faint\">\(words)</span>", text: words, numbers: numbers + [nil])
  }
}
