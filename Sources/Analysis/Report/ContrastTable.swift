internal import Records
internal import Statistics

/// Differences, one a line, with what can be said of them.
struct ContrastTable: Sendable {
  let source: ReportSource
  let contrasts: [Contrast]
  /// Whether each line names what it is compared to.
  var namesBoth = false

  /// The table; the first column's heading is `title`, which copies call `name`.
  func html(_ title: String, name: String) -> String {
    let metric = source.metric.title
    return HTML.table(
      [
        TableColumn(title, name: name), TableColumn("", name: "verdict"),
        .interval(HTML.escaped(metric), name: "difference of \(metric)"), .drawn("95 %"),
        .number("p (Holm)", name: "p (Holm)"), .number("p (perm.)", name: "p (perm.)"),
        .number("P(better)", name: "P(better)"),
        .number("visible<br>from", name: "visible from"),
      ], contrasts.map(cells), kind: "contrasts",
      caption:
        "Paired differences of \(HTML.escaped(metric)), 95 % intervals over \(source.drawnUnits);"
        + " the whole sentence on pointing at a word.")
  }

  private func cells(_ contrast: Contrast) -> [TableCell] {
    [
      name(contrast), TableCell(word(contrast)),
      TableCell(
        contrast.difference.map { "<b>\(Quantity.signed($0.value))</b>" } ?? "–",
        contrast.difference, format: Quantity.signed),
      TableCell(contrast.interval),
      TableCell(contrast.correctedPValue) { HTML.escaped(Quantity.pColumn($0)) },
      TableCell(contrast.permutationPValue) { HTML.escaped(Quantity.pColumn($0)) },
      TableCell(contrast.probabilityOfImprovement) { Quantity.decimals($0, 2) },
      TableCell(contrast.minimumDetectableEffect, Quantity.level),
    ]
  }

  /// The result of one comparison in a word or two; the whole sentence on pointing at it.
  private func word(_ contrast: Contrast) -> String {
    let isBetter =
      contrast.difference.map { source.metric.isBetter($0.value, than: 0) } ?? false
    let word = !contrast.isSeen ? "no difference seen" : isBetter ? "better" : "worse"
    let kind = !contrast.isSeen ? "faint" : isBetter ? "word good" : "word bad"
    return "<span class=\"\(kind)\" style=\"--a:.2\" title=\"\(HTML.escaped(contrast.verdict))\">"
      + "\(word)</span>"
  }

  private func name(_ contrast: Contrast) -> TableCell {
    let isArm = source.archive.arms.contains(contrast.arm)
    let arm = isArm ? source.label(contrast.arm) : "<b>\(HTML.escaped(contrast.arm))</b>"
    guard namesBoth else { return TableCell(arm, text: contrast.arm) }
    return TableCell(
      "\(arm) <span class=\"faint\">− \(source.name(contrast.baseline))</span>",
      text: "\(contrast.arm) less \(contrast.baseline)")
  }
}
