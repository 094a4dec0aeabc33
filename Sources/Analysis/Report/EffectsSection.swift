internal import Records
internal import Statistics

/// What each factor of a sweep is worth within the levels of the others, and every combination of two at a glance.
struct EffectsSection: Sendable {
  let source: ReportSource

  /// Nothing where one factor varies: the table against the baseline says the same.
  var html: String {
    guard source.comparison.variedFactors.count > 1 else { return "" }
    return HTML.section(
      "effects", "What each factor is worth",
      "Paired differences between two levels of a factor within each choice of the others, their mean first;"
        + " p-values are corrected for all lines of a table.",
      grid + source.comparison.asked.map(table).joined())
  }

  private func table(_ asked: AskedContrasts) -> String {
    ContrastTable(source: source, contrasts: asked.contrasts, namesBoth: true)
      .html(HTML.escaped(asked.title), name: asked.title)
  }

  /// The levels of the factor with more of them down, of the other across; nothing unless there are two factors.
  private var grid: String {
    let factors = source.comparison.variedFactors
    guard factors.count == 2 else { return "" }
    let order = factors.sorted { levels($0).count > levels($1).count }
    let (down, across) = (order[0], order[1])
    let rows = levels(down).map { row in
      [TableCell(HTML.escaped(row))] + levels(across).map { cell(arm([down: row, across: $0])) }
    }
    return HTML.table(
      [TableColumn("\(HTML.escaped(down)) ↓ \(HTML.escaped(across)) →", name: down)]
        + levels(across).map { .interval(HTML.escaped($0), name: "\(across) \($0)") },
      rows, kind: "groups",
      caption:
        "\(source.metric.title) of every combination: the stronger the ground, the nearer to the best."
    )
  }

  private func levels(_ factor: String) -> [String] {
    source.comparison.arms.compactMap { $0.levels[factor] }.reduce(into: []) { levels, level in
      if !levels.contains(level) { levels.append(level) }
    }
  }

  private func arm(_ wanted: [String: String]) -> ComparedArm? {
    source.comparison.arms.first { arm in wanted.allSatisfy { arm.levels[$0.key] == $0.value } }
  }

  /// A value on a ground that is the stronger the nearer it is to the best.
  private func cell(_ arm: ComparedArm?) -> TableCell {
    let values = source.comparison.arms.compactMap(\.value?.value)
    guard let arm, let value = arm.value?.value, let low = values.min(), let high = values.max()
    else { return TableCell("<span class=\"faint\">·</span>", text: "") }
    let height = high > low ? (value - low) / (high - low) : 0
    let share = source.metric.isBetterWhenLower ? 1 - height : height
    let ends = arm.value.map { $0.hasEnds ? Quantity.ends($0.lower, $0.upper) : "" } ?? ""
    return TableCell(
      "<span class=\"cell good\" style=\"--a:\(Quantity.decimals(0.5 * share, 2))\""
        + " title=\"\(HTML.escaped(arm.name)) \(ends)\">\(Quantity.level(value))</span>", arm.value)
  }
}
