internal import Records
internal import Core
internal import Statistics

/// How well hard and easy questions, and those of each group, are answered: from each run's last evaluation.
struct BreakdownSection: Sendable {
  let source: ReportSource
  let answers: AnswerTable

  private typealias Answer = AnswerTable.Answer

  /// Some of the questions.
  private struct Part: Sendable {
    var title: String
    /// The same in copies.
    var name: String
    var holds: @Sendable (Answer) -> Bool
  }

  var html: String {
    guard !answers.arms.isEmpty else { return "" }
    let groups = answers.partings.enumerated().map { place, name in
      section(
        "group-\(place)", "By \(HTML.escaped(name))",
        "Mean quality of the answers to the questions of each group", parts(by: name))
    }
    return groups.joined()
      + section(
        "difficulty", "By difficulty",
        "Mean quality of the third of the questions that is hardest, and so on; how hard one is, is its"
          + " mean over all runs of all arms shown", thirds)
  }

  private func section(_ id: String, _ title: String, _ reading: String, _ parts: [Part]) -> String
  {
    let estimates = answers.arms.map { arm in
      parts.map { part in estimate(arm.answers.filter(part.holds)) }
    }
    let scale = IntervalScale(estimates.flatMap { $0.compactMap { $0 } })
    let rows = zip(answers.arms, estimates).map { arm, values in
      [TableCell(source.label(arm.name), text: arm.name)]
        + values.map { cell($0, scale, source.color(arm.name)) }
    }
    return HTML.section(
      id, title,
      reading + "; on one scale (\(scale.caption)), intervals resample whole clusters, such as all"
        + " questions of a video.",
      HTML.table(
        ["arm"] + parts.map { .interval($0.title, name: $0.name) }, rows, kind: "groups",
        caption: "Mean quality with its 95 % interval."))
  }

  private func cell(_ value: Estimate?, _ scale: IntervalScale, _ color: Int) -> TableCell {
    guard let value else { return .none }
    return TableCell(
      scale.svg(value, color: color) + " \(Quantity.level(value.value))", value)
  }

  /// The groups of questions, in their order.
  private func parts(by name: String) -> [Part] {
    let groups = Set(answers.arms.flatMap { $0.answers.compactMap { $0.groups[name] } })
    return groups.sorted { ($0.order, $0.title) < ($1.order, $1.title) }.map { group in
      Part(title: HTML.escaped(group.title), name: group.title) { $0.groups[name] == group }
    }
  }

  /// Questions in order of their difficulty, in three parts.
  private var thirds: [Part] {
    let ordered = answers.ease.sorted { ($0.value, $0.key) < ($1.value, $1.key) }.map(\.key)
    return ["hard", "middling", "easy"].enumerated().map { place, title in
      let ids = Set(ordered[ordered.count * place / 3..<ordered.count * (place + 1) / 3])
      return Part(title: "\(title) <small>\(ids.count)</small>", name: "\(title) (\(ids.count))") {
        ids.contains($0.id)
      }
    }
  }

  private func estimate(_ answers: [Answer]) -> Estimate? {
    guard !answers.isEmpty else { return nil }
    let clusters = Dictionary(grouping: answers, by: \.cluster).sorted { $0.key < $1.key }
    // The mean of a resample needs only each cluster's sum and count.
    let sums = clusters.map { $0.value.reduce(0) { $0 + $1.quality } }
    let counts = clusters.map { Double($0.value.count) }
    let settings = BootstrapSettings(resamples: 400, seed: Seed(0))
    return bootstrap(strata: [clusters.count], settings: settings) { choice in
      var sum = 0.0
      var count = 0.0
      for cluster in choice[0] {
        sum += sums[cluster]
        count += counts[cluster]
      }
      return sum / count
    }
  }
}
