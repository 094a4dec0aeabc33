internal import Records

/// The whole page.
struct ReportPage: Sendable {
  private let source: ReportSource
  private let curves: MeanCurves
  private let data: CurveData
  private let answers: AnswerTable

  /// A page of what was read.
  init(_ source: ReportSource) {
    self.source = source
    let lines = Dictionary(
      uniqueKeysWithValues: source.shown.map { ($0, MeasuredLines(source.archive.runs(of: $0))) })
    curves = MeanCurves(lines, metric: source.comparison.metric)
    data = CurveData(source, lines, headline: curves)
    answers = AnswerTable(source.archive, arms: source.shown)
  }

  /// The page as text, below what changes while runs go.
  func html(live: String?) -> String {
    let head = HeadlineSection(source: source, curves: curves).html
    let body = [
      EffectsSection(source: source).html,
      CurvesSection(source: source, curves: curves, data: data).html,
      PairwiseSection(source: source).html,
      ProfileSection(source: source, answers: answers).html,
      BreakdownSection(source: source, answers: answers).html,
      CostSection(source: source).html, DiagnosticsSection(source: source).html,
      CurriculumSection(source: source).html, KeyframesSection(source: source).html,
      RolloutsSection(source: source).html,
      DifferencesSection(source: source).html,
      CommandsSection(source: source).html,
    ].joined()
    return HTML.page(
      source.names.shortened(source.comparison.leader ?? source.comparison.verdict),
      style: live == nil ? "" : WatchBoard.watchStyle,
      body: (live ?? "") + head + HTML.contents(of: body) + body,
      script: ReportScript.text + (live == nil ? "" : "\n" + WatchBoard.watchScript),
      command: live == nil ? "opd report" : "opd report --watch")
  }
}
