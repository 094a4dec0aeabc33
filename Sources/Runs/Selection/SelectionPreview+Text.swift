internal import Video
internal import Records
internal import Analysis
internal import Foundation
internal import Statistics

extension SelectionPreview {
  /// The choice as text: counts, reasons, a histogram, what was planted, and the first of those taken.
  ///
  /// - Parameter limit: How many of those taken are listed.
  /// - Returns: Paragraphs without a line feed at the end.
  package func text(limit: Int) -> String {
    let head = [
      "stage       \(stage)", "curriculum  \(curriculum)",
      "taken       \(summary.taken) of \(summary.admitted) admitted, "
        + "\(summary.candidates) candidates",
      "cost        \(Quantity.flops(flops)); \(Quantity.decimals(seconds.pool, 3)) s to measure or "
        + "read the pool, \(Quantity.decimals(seconds.choice, 3)) s to choose",
    ]
    return ([head] + [plantedLines, reasonLines, levelLines, histogramLines, takenLines(limit)])
      .filter { !$0.isEmpty }.map { $0.joined(separator: "\n") }.joined(separator: "\n\n")
  }

  /// The choice as JSON: the same, with every prompt that is taken.
  package func json() throws -> String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes, .prettyPrinted]
    let page = Page(
      stage: stage, curriculum: curriculum, flops: flops, poolSeconds: seconds.pool,
      choiceSeconds: seconds.choice, summary: summary, taken: ranked.map(Page.Choice.init))
    return String(decoding: try encoder.encode(page), as: UTF8.self)
  }

  /// The layout of the JSON.
  private struct Page: Encodable {
    struct Choice: Encodable {
      var id: String
      var score: Double?
      var teacher: Double?
      var student: Double?
      var disagreement: Double?

      init(_ line: SelectionLine) {
        id = line.id
        score = line.score
        teacher = line.teacher
        student = line.student
        disagreement = line.disagreement
      }
    }

    var stage: String
    var curriculum: String
    var flops: Double
    var poolSeconds: Double
    var choiceSeconds: Double
    var summary: SelectionSummary
    var taken: [Choice]
  }

  /// Those taken, the highest score first.
  private var ranked: [SelectionLine] {
    lines.filter(\.taken).sorted {
      ($1.score ?? 0, $0.id) < ($0.score ?? 0, $1.id)
    }
  }

  private var plantedLines: [String] {
    guard let planted = summary.planted else { return [] }
    func share(_ value: Double?) -> String { value.map { Quantity.decimals($0, 3) } ?? "–" }
    return [
      "planted     \(planted.planted) samples on which the teacher is wrong on purpose; the gates "
        + "kept out \(planted.refused): precision \(share(planted.precision)), "
        + "recall \(share(planted.recall)); \(planted.taken) were taken"
    ]
  }

  private var reasonLines: [String] {
    summary.reasons.prefix(12).map { reason in
      "\(padded(reason.count, 8))  \(reason.taken ? "in " : "out")  \(reason.reason)"
    }
  }

  private var levelLines: [String] {
    let rows: [(String, (SelectionLine) -> Double?)] = [
      ("teacher quality", \.teacher), ("student IoU", \.student), ("disagreement", \.disagreement),
      ("score", \.score),
    ]
    let body = rows.compactMap { name, value -> String? in
      let all = lines.compactMap(value)
      let taken = lines.filter(\.taken).compactMap(value)
      guard !all.isEmpty else { return nil }
      let words = [taken, all].map { $0.isEmpty ? "–" : Quantity.decimals(mean($0), 3) }
      return "\(name.padding(toLength: 17, withPad: " ", startingAt: 0))"
        + words.map { $0.padding(toLength: 10, withPad: " ", startingAt: 0) }.joined()
    }
    return body.isEmpty ? [] : ["mean of          taken     all"] + body
  }

  private var histogramLines: [String] {
    guard let histogram = summary.histogram else { return [] }
    let most = histogram.bins.map { $0.taken + $0.left }.max() ?? 1
    let width = 48.0
    return ["disagreement  █ taken  ░ left"]
      + histogram.bins.map { bin in
        let whole = Int((width * Double(bin.taken + bin.left) / Double(most)).rounded(.up))
        let dark = Int((width * Double(bin.taken) / Double(most)).rounded(.up))
        let bar =
          String(repeating: "█", count: dark) + String(repeating: "░", count: max(0, whole - dark))
        return "\(edge(bin.lower)) … \(edge(bin.upper)) \(padded(bin.taken, 7)) of "
          + "\(bin.taken + bin.left) \(bar)"
      }
  }

  private func takenLines(_ limit: Int) -> [String] {
    let shown = ranked.prefix(limit)
    guard !shown.isEmpty else { return [] }
    let isMeasured = shown.contains { $0.score != nil || $0.teacher != nil || $0.student != nil }
    guard isMeasured else {
      let more = shown.count < summary.taken ? " …" : ""
      return ["taken       \(shown.map(\.id).joined(separator: ", "))\(more)"]
    }
    func number(_ value: Double?) -> String { value.map(edge) ?? padded("–", 7) }
    let rest = summary.taken - shown.count
    return ["  score teacher student  id"]
      + shown.map { "\(number($0.score)) \(number($0.teacher)) \(number($0.student))  \($0.id)" }
      + (rest > 0 ? ["… and \(rest) more"] : [])
  }

  private func edge(_ value: Double) -> String {
    padded((value < 0 ? "−" : "") + Quantity.decimals(abs(value), 3), 7)
  }

  private func padded(_ value: some CustomStringConvertible, _ width: Int) -> String {
    let text = value.description
    return String(repeating: " ", count: max(0, width - text.count)) + text
  }
}
