internal import Records
internal import Foundation
internal import Core
internal import Statistics
internal import Storage
internal import TAD

/// Which frames the student of each arm sees: how well they meet the right stretches, and where they lie.
struct KeyframesSection: Sendable {
  let source: ReportSource

  private typealias Line = KeyframeLines.Line

  /// Arms that see the same frames.
  private struct Group {
    var arms: [String]
    /// The questions of every run of the first of them.
    var lines: [Line]
    /// Those of its first run.
    var example: [Line]
  }

  /// How many questions are drawn.
  private static let examples = 4

  var html: String {
    let groups = groups
    // Where everybody sees everything there is nothing to compare.
    guard groups.contains(where: { $0.lines.contains { $0.times != nil } }) else { return "" }
    return HTML.section(
      "keyframes", "Keyframes",
      "The frames that the student is shown of each question, before it answers. Frames inside (KFR): the"
        + " share of them within a right stretch. Stretches met (SHR): the share of right stretches with a frame"
        + " inside. Balance, spread and the score of both (BSR, BDS, UKSS): whether every stretch has its part"
        + " of them. Largest gap: the longest stretch without a frame, 1 for even spacing.",
      table(groups) + timelines(groups))
  }

  /// Arms by what they see; runs of an arm see the same but for selectors that draw at random.
  private var groups: [Group] {
    var result: [(key: String, group: Group)] = []
    for arm in source.shown {
      let runs = source.archive.runs(of: arm)
      let texts = runs.compactMap { try? TextFile.text($0.path + "/" + KeyframeLines.name) }
      guard let first = texts.first else { continue }
      if let place = result.firstIndex(where: { $0.key == first }) {
        result[place].group.arms.append(arm)
        continue
      }
      let lines = Set(texts).sorted().flatMap(Self.lines)
      result.append((first, Group(arms: [arm], lines: lines, example: Self.lines(first))))
    }
    return result.map(\.group)
  }

  private static func lines(_ text: String) -> [Line] {
    text.split(separator: "\n").compactMap {
      try? JSONDecoder().decode(Line.self, from: Data($0.utf8))
    }
  }

  private func table(_ groups: [Group]) -> String {
    let scores = ["frames inside", "stretches met", "balance", "spread", "score", "largest gap"]
    return HTML.table(
      [
        "arms that see the same",
        TableColumn("frames", name: "frames", fields: ["frames seen", "frames"]),
        .number("kept", name: "kept", field: "kept (%)"),
      ] + scores.map { .number($0, name: $0) }, groups.map(cells), kind: "keyframes",
      caption: "Means over questions.")
  }

  private func cells(_ group: Group) -> [TableCell] {
    let seen = mean(group.lines.map { Double($0.seen) })
    let frames = mean(group.lines.map { Double($0.frames) })
    let quality = group.lines.compactMap(\.quality)
    let gaps = group.lines.compactMap(\.gap)
    let scores: [KeyPath<StretchQuality, Double>] = [
      \.keyframeRate, \.hitRate, \.balance, \.distribution, \.unified,
    ]
    return [
      TableCell(
        group.arms.map(source.label).joined(separator: "<br>"),
        text: group.arms.joined(separator: ", ")),
      TableCell(
        "\(Quantity.short(seen)) of \(Quantity.short(frames))", numbers: [seen, frames]),
      TableCell("\(Quantity.percent(seen / frames)) %", numbers: [100 * seen / frames]),
    ]
      + scores.map { score in
        TableCell(quality.isEmpty ? nil : mean(quality.map { $0[keyPath: score] }), Quantity.level)
      } + [TableCell(gaps.isEmpty ? nil : mean(gaps)) { Quantity.decimals($0, 2) }]
  }

  /// A few questions of different videos with every group's frames beside the truth.
  private func timelines(_ groups: [Group]) -> String {
    guard let first = groups.first else { return "" }
    var videos: Set<String> = []
    let questions = first.example.filter { !$0.truth.isEmpty && videos.insert($0.video).inserted }
      .prefix(Self.examples)
    let cards = questions.map { question in
      let rows = groups.compactMap { group in
        group.example.first { $0.id == question.id }.map { track(group, $0) }
      }
      return "<article><p class=\"query\">\(HTML.escaped(question.id))"
        + " <small>\(Quantity.short(question.duration)) s</small></p>\(rows.joined())</article>"
    }
    return "<p class=\"reading\">Where they lie: the right stretches in green, a stroke a frame."
      + "</p>"
      + "<div class=\"cards\">\(cards.joined())</div>"
  }

  private func track(_ group: Group, _ line: Line) -> String {
    let stretches = line.truth.map { stretch in
      "<i class=\"truth\" style=\"left:\(place(stretch[0], line))%;"
        + "width:\(HTML.place(100 * (stretch[1] - stretch[0]) / line.duration))%\"></i>"
    }
    let marks = (line.times ?? []).map { "<b style=\"left:\(place($0, line))%\"></b>" }
    let color = group.arms.first.map(source.color) ?? 0
    let others = group.arms.count > 1 ? " +\(group.arms.count - 1)" : ""
    let note = line.times == nil ? " (all frames)" : ""
    let name = (group.arms.first.map { source.names[$0] } ?? "") + others + note
    return "<div class=\"strokes c\(color)\"><label>\(HTML.escaped(name))</label>"
      + "<div role=\"img\" aria-label=\"\(line.seen) of \(line.frames) frames\">"
      + "\(stretches.joined())\(marks.joined())</div></div>"
  }

  private func place(_ time: Double, _ line: Line) -> String {
    HTML.place(100 * min(1, max(0, time / line.duration)))
  }
}
