internal import Records
internal import Core
internal import Statistics

/// How well hard and easy questions, and short and long answers, are found: from each run's last evaluation.
struct BreakdownSection: Sendable {
  let source: ReportSource
  let answers: AnswerTable

  private typealias Answer = AnswerTable.Answer

  /// Some of the questions.
  private struct Part: Sendable {
    var title: String
    var holds: @Sendable (Answer) -> Bool
  }

  var html: String {
    guard !answers.arms.isEmpty else { return "" }
    return section(
      "windows", "By length of the answer",
      "Mean intersection over union of the questions whose true window is that long", lengths)
      + section(
        "difficulty", "By difficulty",
        "Mean intersection over union of the third of the questions that is hardest, and so on; how hard"
          + " one is, is its mean over all runs of all arms shown", thirds)
  }

  private func section(_ id: String, _ title: String, _ reading: String, _ parts: [Part]) -> String
  {
    let estimates = answers.arms.map { arm in
      parts.map { part in estimate(arm.answers.filter(part.holds)) }
    }
    let scale = IntervalScale(estimates.flatMap { $0.compactMap { $0 } })
    let rows = zip(answers.arms, estimates).map { arm, values in
      [source.label(arm.name)] + values.map { cell($0, scale, source.color(arm.name)) }
    }
    return HTML.section(
      id, title, reading + "; on one scale (\(scale.caption)), intervals resample whole videos.",
      HTML.table(["arm"] + parts.map(\.title), rows, kind: "windows"))
  }

  private func cell(_ value: Estimate?, _ scale: IntervalScale, _ color: Int) -> String {
    guard let value else { return "–" }
    return scale.svg(value, color: color) + " \(Quantity.metric(value.value))"
  }

  /// The borders of QVHighlights, 10 and 30 s, if they part these windows; their tertiles otherwise.
  private var lengths: [Part] {
    let lengths = answers.arms.flatMap { $0.answers.map(\.length) }
    let known = [0..<10, 10..<30, 30..<Double.infinity]
    let least = lengths.count / 20
    if known.allSatisfy({ bin in lengths.count { bin.contains($0) } > least }) {
      return known.map(part)
    }
    let first = quantile(lengths, 1.0 / 3)
    let second = quantile(lengths, 2.0 / 3)
    guard first > 0, first < second else { return [part(0..<Double.infinity)] }
    return [0..<first, first..<second, second..<Double.infinity]
      .filter { bin in lengths.contains(where: bin.contains) }.map(part)
  }

  private func part(_ bin: Range<Double>) -> Part {
    let title =
      switch (bin.lowerBound, bin.upperBound) {
      case (0, .infinity): "all"
      case (0, let upper): "under \(Quantity.short(upper)) s"
      case (let lower, .infinity): "\(Quantity.short(lower)) s and longer"
      case (let lower, let upper): "\(Quantity.short(lower))–\(Quantity.short(upper)) s"
      }
    return Part(title: title) { bin.contains($0.length) }
  }

  /// Questions in order of their difficulty, in three parts.
  private var thirds: [Part] {
    let ordered = answers.ease.sorted { ($0.value, $0.key) < ($1.value, $1.key) }.map(\.key)
    return ["hard", "middling", "easy"].enumerated().map { place, title in
      let ids = Set(ordered[ordered.count * place / 3..<ordered.count * (place + 1) / 3])
      return Part(title: "\(title) <small>\(ids.count)</small>") { ids.contains($0.id) }
    }
  }

  private func estimate(_ answers: [Answer]) -> Estimate? {
    guard !answers.isEmpty else { return nil }
    let videos = Dictionary(grouping: answers, by: \.video).sorted { $0.key < $1.key }
    // The mean of a resample needs only each video's sum and count.
    let sums = videos.map { $0.value.reduce(0) { $0 + $1.iou } }
    let counts = videos.map { Double($0.value.count) }
    let settings = BootstrapSettings(resamples: 400, seed: Seed(0))
    return bootstrap(strata: [videos.count], settings: settings) { choice in
      var sum = 0.0
      var count = 0.0
      for video in choice[0] {
        sum += sums[video]
        count += counts[video]
      }
      return sum / count
    }
  }
}
