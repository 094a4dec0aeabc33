internal import Records
internal import Statistics

/// What the curriculum took in each round and why, how its choice moved, and whether its scores foretold what was learned.
struct CurriculumSection: Sendable {
  let source: ReportSource

  /// The rounds of one arm with the same stage and number, one a seed.
  private typealias Rounds = [SelectionHistory.Round]

  var html: String {
    let panels = source.shown.map { (arm: $0, text: panel($0)) }
    let plain = panels.filter { $0.text == nil }.map { source.label($0.arm) }.joined(separator: " ")
    var parts = panels.compactMap(\.text).joined()
    if !parts.isEmpty, !plain.isEmpty {
      parts += "<p class=\"legend\">\(plain) take every sample in turn.</p>"
    }
    return HTML.section(
      "curriculum", "Curriculum",
      "What each round takes, means over seeds. Overlap: samples shared with the round before, of all in either. "
        + "Difficulty: 1 − the student’s quality. Rank correlation (Spearman): of disagreement with the gain of quality until the "
        + "next round; a low quality tends to be followed by a higher one whatever is learned, so only what those taken have "
        + "beyond those left speaks for the score.",
      parts)
  }

  /// The rounds of one arm; `nil` where nothing is chosen.
  private func panel(_ arm: String) -> String? {
    let histories = source.archive.runs(of: arm).map { run in
      SelectionHistory(
        RunFile(run.path + "/selection.jsonl").lines().compactMap { SelectionLine($0) })
    }
    let groups = Dictionary(grouping: histories.flatMap(\.rounds)) { [$0.stage, $0.round] }
      .sorted { $0.key.lexicographicallyPrecedes($1.key) }
    guard groups.contains(where: { selects($0.value) }) else { return nil }
    let table = HTML.table(
      Self.columns, groups.map { row($0.key, $0.value) }, kind: "curriculum",
      caption: "Rounds of \(HTML.escaped(source.names[arm])).")
    let last = groups.last.map { reasons($0.value) } ?? ""
    return "<h3>\(source.label(arm))</h3>\(table)\(last)\(planted(groups.map(\.value)))"
  }

  private static let columns: [TableColumn] = [
    "stage", "round", TableColumn("taken", name: "taken", fields: ["taken", "candidates"]),
    .drawn(""), .number("overlap", name: "overlap"),
    .number("diffi-<br>culty", name: "difficulty of those taken"),
    .number("of all", name: "difficulty of all"),
    .number("disagree-<br>ment", name: "disagreement of those taken"),
    .number("of all", name: "disagreement of all"),
    .number("gain", name: "gain of those taken"),
    .number("of those<br>left", name: "gain of those left"),
    .number("rank cor-<br>relation", name: "rank correlation of those taken"),
    .number("of those<br>left", name: "rank correlation of those left"),
  ]

  /// Whether a curriculum left something out or measured something, which one that takes every sample in turn does not.
  private func selects(_ rounds: Rounds) -> Bool {
    rounds.contains { round in
      round.summary.taken < round.summary.candidates || round.difficulty.pool != nil
        || round.disagreement.pool != nil
    }
  }

  private func row(_ key: [Int], _ rounds: Rounds) -> [TableCell] {
    let taken = rounds.reduce(0) { $0 + $1.summary.taken }
    let candidates = rounds.reduce(0) { $0 + $1.summary.candidates }
    let share = Double(taken) / Double(max(1, candidates))
    let bar = "<span class=\"bar\"><i style=\"width:\(Quantity.percent(share))%\"></i></span>"
    return [
      "\(key[0] + 1)", "\(key[1] + 1)",
      TableCell(
        "\(taken / rounds.count) of \(candidates / rounds.count)",
        numbers: [Double(taken / rounds.count), Double(candidates / rounds.count)]),
      TableCell(bar),
      level(rounds.map(\.overlap)), level(rounds.map(\.difficulty.taken)),
      level(rounds.map(\.difficulty.pool)), level(rounds.map(\.disagreement.taken)),
      level(rounds.map(\.disagreement.pool)), level(rounds.map(\.gain?.meanTaken), signed: true),
      level(rounds.map(\.gain?.meanLeft), signed: true),
      level(rounds.map(\.gain?.correlationTaken), signed: true),
      level(rounds.map(\.gain?.correlationLeft), signed: true),
    ]
  }

  private func level(_ values: [Double?], signed: Bool = false) -> TableCell {
    let known = values.compactMap { $0 }
    return TableCell(
      known.isEmpty ? nil : mean(known), signed ? Quantity.signed : Quantity.level)
  }

  /// Why samples were taken and left in the last round.
  private func reasons(_ rounds: Rounds) -> String {
    var counts: [String: Int] = [:]
    for reason in rounds.flatMap(\.summary.reasons) {
      counts[reason.reason, default: 0] += reason.count
    }
    let shown = counts.sorted { ($1.value, $0.key) < ($0.value, $1.key) }.prefix(3)
      .map { "\(HTML.escaped($0.key)) <span class=\"faint\">\($0.value / rounds.count)</span>" }
    return shown.isEmpty
      ? ""
      : "<p class=\"reading\">Most frequent reasons in the last round: "
        + shown.joined(separator: " · ") + ".</p>"
  }

  /// How well the gates found the samples on which the teacher was made wrong, over all rounds and seeds.
  private func planted(_ groups: [Rounds]) -> String {
    let checks = groups.joined().compactMap(\.summary.planted)
    guard !checks.isEmpty else { return "" }
    let all = checks.reduce(into: PlantedCheck()) { sum, check in
      sum.planted += check.planted
      sum.refused += check.refused
      sum.found += check.found
      sum.taken += check.taken
    }
    return "<p class=\"reading\">Planted unreliable samples: the gates kept out \(all.refused), "
      + "precision \(share(all.precision)), recall \(share(all.recall)); "
      + "\(all.taken) of the \(all.planted) planted were taken.</p>"
  }

  private func share(_ value: Double?) -> String { value.map(Quantity.level) ?? "–" }
}
