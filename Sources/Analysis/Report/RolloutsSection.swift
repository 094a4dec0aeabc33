internal import Records
internal import Foundation
internal import Core
internal import Storage

/// Answers as they were sampled, with what each token was taught.
struct RolloutsSection: Sendable {
  let source: ReportSource

  /// One recorded answer; whatever is missing is left out of the page.
  private struct Answer: Decodable, Sendable {
    var step: Int?
    var query: String?
    var words: [String]?
    var advantage: [Double?]?
    var teacher: [Double?]?
    var student: [Double?]?
    var reward: Double?
    var quality: Double?
    var predicted: Said?
    var truth: [Said]?
    var duration: Double?
  }

  /// An answer in its coded form: a stretch of time, or a text.
  private enum Said: Decodable, Sendable {
    case stretch(Interval)
    case text(String)

    init(from decoder: any Decoder) throws {
      if let stretch = try? Interval(from: decoder) {
        self = .stretch(stretch)
      } else {
        self = .text(try decoder.singleValueContainer().decode(String.self))
      }
    }

    var stretch: Interval? {
      if case .stretch(let stretch) = self { stretch } else { nil }
    }

    var text: String {
      switch self {
      case .stretch(let stretch):
        "\(Quantity.short(stretch.start))–\(Quantity.short(stretch.end)) s"
      case .text(let text): HTML.escaped(text)
      }
    }
  }

  /// How many answers of an arm are shown.
  private static let count = 3

  var html: String {
    let parts = source.shown.map(panel).joined()
    return HTML.section(
      "rollouts", "Example rollouts",
      "Colour on a token is its advantage: <span class=\"word good\" style=\"--a:.5\">encouraged</span>"
        + " or <span class=\"word bad\" style=\"--a:.5\">discouraged</span>; with a teacher, what it"
        + " thinks of that token. Point at a token for its numbers. Below, the answer and the truth.",
      parts)
  }

  private func panel(_ arm: String) -> String {
    for run in source.archive.runs(of: arm) {
      guard let (answers, place) = latest(run) else { continue }
      let cards = chosen(answers).map(card).joined()
      return "<h3>\(source.label(arm)) <small>\(HTML.escaped(place))</small></h3>"
        + "<div class=\"cards\">\(cards)</div>"
    }
    return ""
  }

  /// The answers of the last step that a run recorded: in one file for all steps, or in one file a step.
  private func latest(_ run: RecordedRun) -> ([Answer], String)? {
    let folder = run.path + "/rollouts"
    let names = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
    let files = names.filter { $0.hasSuffix(".jsonl") }.sorted().map { folder + "/" + $0 }
    for path in [run.path + "/rollouts.jsonl"] + files.reversed() {
      let lines = try? JSONLines.read(path, as: Answer.self, tornLastLine: .dropped)
      guard let answers = lines?.map(\.value), let last = answers.last else { continue }
      let name = path.split(separator: "/").last.map { $0.replacing(".jsonl", with: "") }
      let place = last.step.map { "step \($0)" } ?? name ?? ""
      // Steps may count anew in each stage: only those at the end belong together.
      let earlier = answers.lastIndex { $0.step != last.step }
      return (Array(answers.dropFirst((earlier ?? -1) + 1)), "seed \(run.seed), \(place)")
    }
    return nil
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
    let quality = answer.quality.map { " · quality \(Quantity.decimals($0, 2))" } ?? ""
    let said = answer.predicted?.text ?? "no readable answer"
    let truth = (answer.truth ?? []).compactMap(\.stretch)
    guard !truth.isEmpty else {
      let right = (answer.truth ?? []).map(\.text).joined(separator: ", ")
      return "<p class=\"faint\">\(said)\(quality) · right is \(right)</p>"
    }
    let predicted = answer.predicted?.stretch
    let end = answer.duration ?? (truth + [predicted].compactMap { $0 }).map(\.end).max() ?? 0
    guard end > 0 else { return "" }
    return "<div class=\"track\"><label>answer</label><div>"
      + (predicted.map { mark($0, end, "answer") } ?? "") + "</div></div>"
      + "<div class=\"track\"><label>truth</label><div>"
      + truth.map { mark($0, end, "truth") }.joined() + "</div></div>"
      + "<p class=\"faint\">\(said)\(quality) · video \(Quantity.short(end)) s</p>"
  }

  private func mark(_ interval: Interval, _ end: Double, _ kind: String) -> String {
    let left = min(100, max(0, 100 * interval.start / end))
    let width = min(100 - left, max(0.6, 100 * interval.length / end))
    return
      "<i class=\"\(kind)\" style=\"left:\(HTML.place(left))%;width:\(HTML.place(width))%\"></i>"
  }
}
