internal import Records
internal import Statistics

/// Differences, one a line, with what can be said of them.
struct ContrastTable: Sendable {
  let source: ReportSource
  let contrasts: [Contrast]
  /// Whether each line names what it is compared to.
  var namesBoth = false

  /// The table; the first column's heading is `title`.
  func html(_ title: String) -> String {
    HTML.table(
      [
        title, "", source.metric.title, "95 %", "p (Holm)", "p (perm.)", "P(better)",
        "visible<br>from",
      ], contrasts.map(cells), kind: "contrasts",
      caption:
        "Paired differences of \(source.metric.title); the whole sentence on pointing at a word.")
  }

  private func cells(_ contrast: Contrast) -> [String] {
    var cells = [name(contrast), word(contrast)]
    cells.append(contrast.difference.map { "<b>\(Quantity.signed($0.value))</b>" } ?? "–")
    cells.append(contrast.interval)
    cells.append(contrast.correctedPValue.map { HTML.escaped(Quantity.pColumn($0)) } ?? "–")
    cells.append(contrast.permutationPValue.map { HTML.escaped(Quantity.pColumn($0)) } ?? "–")
    cells.append(
      contrast.probabilityOfImprovement.map { Quantity.decimals($0, 2) } ?? "–")
    cells.append(contrast.minimumDetectableEffect.map(Quantity.metric) ?? "–")
    return cells
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

  private func name(_ contrast: Contrast) -> String {
    let isArm = source.archive.arms.contains(contrast.arm)
    let arm = isArm ? source.label(contrast.arm) : "<b>\(HTML.escaped(contrast.arm))</b>"
    return namesBoth
      ? "\(arm) <span class=\"faint\">− \(source.name(contrast.baseline))</span>" : arm
  }
}
