internal import Records
internal import Core

/// Answers as they were sampled, with what each token was taught.
struct RolloutsSection: Sendable {
  let source: ReportSource

  private typealias Answer = RecordedAnswers.Answer

  /// How many answers of an arm are shown.
  private static let count = 3

  var html: String {
    let panels = source.shown.map { (arm: $0, text: panel($0)) }
    var parts = panels.compactMap(\.text).joined()
    let others = panels.filter { $0.text == nil && learns($0.arm) }.map { source.label($0.arm) }
    if !parts.isEmpty, !others.isEmpty {
      parts +=
        "<p class=\"legend\">No answer that a student sampled was recorded: \(others.joined(separator: " "))</p>"
    }
    return HTML.section(
      "rollouts", "Example rollouts",
      "What students sampled themselves, in the last stage in which they did. Colour on a token is its advantage:"
        + " <span class=\"word good\" style=\"--a:.5\">encouraged</span>"
        + " or <span class=\"word bad\" style=\"--a:.5\">discouraged</span>; with a teacher, what it"
        + " thinks of that token. Point at a token for its numbers. Below, the answer and the truth.",
      parts)
  }

  /// The answers of the first run that recorded some; `nil` where none did.
  private func panel(_ arm: String) -> String? {
    for run in source.archive.runs(of: arm) {
      guard let recorded = RecordedAnswers(run) else { continue }
      let place = [recorded.stage, recorded.step.map { "step \($0)" }].compactMap { $0 }
      let words = (["seed \(run.seed)"] + place).joined(separator: ", ")
      let cards = chosen(recorded.answers).map(card).joined()
      return "<h3>\(source.label(arm)) <small>\(HTML.escaped(words))</small></h3>"
        + "<div class=\"cards\">\(cards)</div>"
    }
    return nil
  }

  /// Whether any run of the arm makes steps.
  private func learns(_ arm: String) -> Bool {
    source.archive.runs(of: arm).contains { ($0.last("step") ?? 0) > 0 }
  }

  /// Answers to different questions, as far as there are.
  private func chosen(_ answers: [Answer]) -> [Answer] {
    var seen: Set<String> = []
    let different = answers.filter { seen.insert($0.query ?? "").inserted }
    return Array(different.prefix(Self.count))
  }

  private func card(_ answer: Answer) -> String {
    let query = answer.query.map { "<p class=\"query\">\(HTML.escaped($0))</p>" } ?? ""
    let reward = answer.reward.map { "<span class=\"reward\">reward \(Quantity.short($0))</span>" }
    return "<article>\(query)<p class=\"words\">\(words(answer))\(reward ?? "")</p>"
      + verdict(answer) + "</article>"
  }

  private func words(_ answer: Answer) -> String {
    let words = answer.words ?? []
    func number(_ list: [Double?]?, _ place: Int) -> Double? {
      guard let list, list.indices.contains(place) else { return nil }
      return list[place]
    }
    return words.enumerated().map { place, word in
      let advantage = number(answer.advantage, place)
      let facts = [
        ("advantage", advantage), ("student", number(answer.student, place)),
        ("teacher", number(answer.teacher, place)),
      ]
      let title = facts.compactMap { name, value in
        value.map { "\(name) \(Quantity.signed($0))" }
      }.joined(separator: ", ")
      // An advantage of 1.5 nats is as strong as colour gets.
      let strength = min(1, abs(advantage ?? 0) / 1.5) * 0.75
      let side = (advantage ?? 0) < 0 ? "bad" : "good"
      return "<span class=\"word \(side)\" style=\"--a:\(Quantity.decimals(strength, 2))\""
        + " title=\"\(title)\">\(HTML.escaped(word))</span>"
    }.joined()
  }

  /// What was said and what is right; stretches of time on the video's time line.
  private func verdict(_ answer: Answer) -> String {
    let quality = answer.quality.map { "quality \(Quantity.decimals($0, 2))" }
    let said = answer.predicted?.text ?? "no readable answer"
    let right = (answer.truth ?? []).map(\.text).joined(separator: ", ")
    let truth = (answer.truth ?? []).compactMap(\.stretch)
    guard !truth.isEmpty else {
      let facts = ["answer: \(said)", "truth: \(right)"] + [quality].compactMap { $0 }
      return "<p class=\"faint\">\(facts.joined(separator: " · "))</p>"
    }
    let predicted = answer.predicted?.stretch
    let end = answer.duration ?? (truth + [predicted].compactMap { $0 }).map(\.end).max() ?? 0
    guard end > 0 else { return "" }
    let facts = [quality, "video \(Quantity.short(end)) s"].compactMap { $0 }
    return track("answer", predicted.map { [$0] } ?? [], end, said)
      + track("truth", truth, end, right)
      + "<p class=\"faint\">\(facts.joined(separator: " · "))</p>"
  }

  /// Stretches on the video's time line, with their ends in numbers beside it.
  private func track(_ name: String, _ stretches: [Interval], _ end: Double, _ said: String)
    -> String
  {
    "<div class=\"track\"><label>\(name)</label><div>"
      + stretches.map { mark($0, end, name) }.joined() + "</div><span>\(said)</span></div>"
  }

  private func mark(_ interval: Interval, _ end: Double, _ kind: String) -> String {
    let left = min(100, max(0, 100 * interval.start / end))
    let width = min(100 - left, max(0.6, 100 * interval.length / end))
    return
      "<i class=\"\(kind)\" style=\"left:\(HTML.place(left))%;width:\(HTML.place(width))%\"></i>"
  }
}
