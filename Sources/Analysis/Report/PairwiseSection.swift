internal import Records
internal import Statistics

/// Every arm against every other.
struct PairwiseSection: Sendable {
  let source: ReportSource

  var html: String {
    let arms = source.comparison.arms.filter { source.shown.contains($0.name) && $0.value != nil }
    guard arms.count > 2 else { return "" }
    let cells = contrasts(arms)
    let rows = arms.enumerated().map { place, row in
      ["\(place + 1)", TableCell(source.label(row.name), text: row.name)]
        + arms.map { column in cell(cells["\(row.name)\n\(column.name)"]) }
    }
    return HTML.section(
      "pairwise", "Every arm against every other",
      "The probability that a run of the row does better than a run of the column. Bold: the paired"
        + " difference is seen (p &lt; 0.05 after Holm over all pairs).",
      HTML.table(
        ["", "arm"] + arms.enumerated().map { head($0, $1) }, rows, kind: "matrix",
        caption: "Row against column, by the number of its row.", naming: 1))
  }

  /// A column by its row's number, since names are long.
  private func head(_ place: Int, _ arm: ComparedArm) -> TableColumn {
    let swatch = "<i class=\"swatch c\(source.color(arm.name))\"></i>"
    return .number(
      "<span class=\"arm\" title=\"\(HTML.escaped(arm.name))\">\(swatch)\(place + 1)</span>",
      name: "better than \(arm.name)")
  }

  /// Both directions of each pair; correction counts each pair once.
  private func contrasts(_ arms: [ComparedArm]) -> [String: Contrast] {
    var pairs: [(ComparedArm, ComparedArm)] = []
    for (index, column) in arms.enumerated() {
      for row in arms.dropFirst(index + 1) { pairs.append((row, column)) }
    }
    let name = source.comparison.metric
    let forward = Contrast.corrected(
      pairs.map { Contrast($0, against: $1, metric: name) }, name)
    var result: [String: Contrast] = [:]
    for ((row, column), contrast) in zip(pairs, forward) {
      var back = Contrast(column, against: row, metric: name)
      back.correctedPValue = contrast.correctedPValue
      back.minimumDetectableEffect = contrast.minimumDetectableEffect
      back.verdict = back.sentence(name)
      result["\(row.name)\n\(column.name)"] = contrast
      result["\(column.name)\n\(row.name)"] = back
    }
    return result
  }

  private func cell(_ contrast: Contrast?) -> TableCell {
    guard let contrast, let chance = contrast.probabilityOfImprovement else {
      return TableCell("<span class=\"faint\">·</span>", text: "")
    }
    let side = chance >= 0.5 ? "good" : "bad"
    let strength = Quantity.decimals(abs(chance - 0.5) * 1.1, 2)
    let share = Quantity.decimals(chance, 2)
    let markup =
      "<span class=\"cell \(side)\" style=\"--a:\(strength)\""
      + " title=\"\(HTML.escaped(contrast.verdict))\">"
      + (contrast.isSeen ? "<b>\(share)</b>" : share) + "</span>"
    return TableCell(markup, numbers: [chance])
  }
}
