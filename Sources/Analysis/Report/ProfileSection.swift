internal import Records
internal import Statistics

/// The share of questions that each arm answers at least so well, for every threshold.
struct ProfileSection: Sendable {
  let source: ReportSource
  let answers: AnswerTable

  /// Where the profile is looked at.
  private static let thresholds = (1...50).map { Double($0) / 50 }

  var html: String {
    guard !answers.arms.isEmpty else { return "" }
    let series = answers.arms.map { arm in
      LineChart.Series(name: arm.name, color: source.color(arm.name), points: points(arm.answers))
    }
    let chart = LineChart(
      series: series, title: "Share of questions answered at least so well",
      horizontal: "quality"
    ) { Quantity.decimals($0, 1) }
    return HTML.section(
      "profile", "Performance profile",
      "The share of questions whose answer is at least this good, over all runs of an arm."
        + " A line above another everywhere is better whatever the threshold.",
      source.legend(answers.arms.map(\.name)) + "<figure>\(chart.svg)</figure>")
  }

  /// Every question is a task, and every run that answered it a try.
  private func points(_ answers: [AnswerTable.Answer]) -> [LineChart.Point] {
    let tasks = Dictionary(grouping: answers, by: \.id).values.map { $0.map(\.quality) }
    let shares = performanceProfile(scores: Array(tasks), thresholds: Self.thresholds)
    return zip(Self.thresholds, shares).map { threshold, share in
      LineChart.Point(x: threshold, y: share, lower: share, upper: share)
    }
  }
}
