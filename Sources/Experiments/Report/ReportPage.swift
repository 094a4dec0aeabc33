/// The whole page.
struct ReportPage: Sendable {
  private let source: ReportSource
  private let curves: MeanCurves

  /// A page of what was read.
  init(_ source: ReportSource) {
    self.source = source
    curves = MeanCurves(source.archive, arms: source.shown, metric: source.comparison.metric)
  }

  /// The page as text.
  var html: String {
    let sections = [
      HeadlineSection(source: source, curves: curves).html,
      CurvesSection(source: source, curves: curves).html,
      PairwiseSection(source: source).html, WindowsSection(source: source).html,
      CostSection(source: source).html, DiagnosticsSection(source: source).html,
      CurriculumSection(source: source).html, RolloutsSection(source: source).html,
      CommandsSection(source: source).html,
    ]
    return """
      <!doctype html>
      <html lang="en"><head><meta charset="utf-8">
      <meta name="viewport" content="width=device-width, initial-scale=1">
      <meta name="color-scheme" content="light dark">
      <title>\(HTML.escaped(source.comparison.verdict))</title>
      <style>\(ReportStyle.css)</style></head>
      <body><main>
      \(sections.joined())<footer>Written by <code>opd report</code>.</footer>
      </main></body></html>

      """
  }
}
