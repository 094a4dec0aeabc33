internal import Statistics

/// What the curriculum took in each round, and why.
struct CurriculumSection: Sendable {
  let source: ReportSource

  /// One sample in one round.
  private struct Choice: Sendable {
    var round: Double
    var score: Double?
    var isTaken: Bool
    var reason: String
  }

  var html: String {
    let parts = source.shown.map(panel).joined()
    return HTML.section(
      "curriculum", "Curriculum",
      "How many of the samples that were looked at each round takes, and what their scores were.",
      parts)
  }

  private func panel(_ arm: String) -> String {
    let choices = source.archive.runs(of: arm).flatMap { run in
      RunFile(run.path + "/selection.jsonl").lines().map { line in
        Choice(
          round: line.numbers["round"] ?? 0, score: line.numbers["score"],
          isTaken: line.numbers["taken"] == 1, reason: line.texts["reason"] ?? "")
      }
    }
    guard !choices.isEmpty else { return "" }
    let rounds = Dictionary(grouping: choices, by: \.round).sorted { $0.key < $1.key }
    let table = HTML.table(
      ["round", "taken", "", "score if taken", "score if not", "most frequent reasons"],
      rounds.map { row($0.key, $0.value) }, kind: "curriculum")
    return "<h3>\(source.label(arm))</h3>\(table)"
  }

  private func row(_ round: Double, _ choices: [Choice]) -> [String] {
    let taken = choices.filter(\.isTaken)
    let share = Double(taken.count) / Double(choices.count)
    let bar = "<span class=\"bar\"><i style=\"width:\(Quantity.percent(share))%\"></i></span>"
    return [
      Quantity.count(round), "\(taken.count) of \(choices.count)", bar, level(taken),
      level(choices.filter { !$0.isTaken }), reasons(choices),
    ]
  }

  private func level(_ choices: [Choice]) -> String {
    let scores = choices.compactMap(\.score)
    return scores.isEmpty ? "–" : Quantity.metric(mean(scores))
  }

  private func reasons(_ choices: [Choice]) -> String {
    let counts = Dictionary(grouping: choices.filter { !$0.reason.isEmpty }, by: \.reason)
      .mapValues(\.count)
    return counts.sorted { ($1.value, $0.key) < ($0.value, $1.key) }.prefix(3)
      .map { "\(HTML.escaped($0.key)) <span class=\"faint\">\($0.value)</span>" }
      .joined(separator: " · ")
  }
}
