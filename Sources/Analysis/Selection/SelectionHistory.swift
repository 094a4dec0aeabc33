internal import Records
internal import Statistics

/// How the choice of one run moves from round to round.
struct SelectionHistory: Sendable {
  /// What a round looked like, and what came of it.
  package struct Round: Sendable {
    /// The stage, from 0.
    var stage: Int
    /// The round of the stage, from 0.
    var round: Int
    /// Counts and reasons.
    var summary: SelectionSummary
    /// |A ∩ B| / |A ∪ B| of the prompts taken in this round and the one before; `nil` for the first.
    var overlap: Double?
    /// Mean of 1 − the student's quality, over those taken and over the pool.
    var difficulty: (taken: Double?, pool: Double?)
    /// Mean disagreement, over those taken and over the pool.
    var disagreement: (taken: Double?, pool: Double?)
    /// The student's gain of quality until the next round's measurement; `nil` for the last round.
    var gain: Gain?
  }

  /// What those taken and those left gained until the next round, and whether disagreement foretold it.
  ///
  /// The gain is a difference to the same student quality that disagreement is, so that the two are correlated even where nothing
  /// is learned: a low quality is followed by a higher one. The correlation among those left shows how much of it is that.
  package struct Gain: Sendable {
    /// Spearman's correlation of disagreement with gain among those taken.
    var correlationTaken: Double?
    /// The same among those left.
    var correlationLeft: Double?
    /// Mean gain of those taken.
    var meanTaken: Double?
    /// Mean gain of those left.
    var meanLeft: Double?
  }

  /// The rounds in order.
  package let rounds: [Round]

  /// The history that the lines of a run tell.
  package init(_ lines: [SelectionLine]) {
    let groups = Dictionary(grouping: lines) { [$0.stage, $0.round] }
    let ordered = groups.sorted { $0.key.lexicographicallyPrecedes($1.key) }.map(\.value)
    rounds = ordered.indices.map { place in
      let isSameStage = { (other: Int) in
        ordered.indices.contains(other) && ordered[other][0].stage == ordered[place][0].stage
      }
      return Self.round(
        ordered[place], before: isSameStage(place - 1) ? ordered[place - 1] : nil,
        after: isSameStage(place + 1) ? ordered[place + 1] : nil)
    }
  }

  private static func round(
    _ lines: [SelectionLine], before: [SelectionLine]?, after: [SelectionLine]?
  ) -> Round {
    let taken = lines.filter(\.taken)
    return Round(
      stage: lines[0].stage, round: lines[0].round, summary: SelectionSummary(lines),
      overlap: before.map { overlap($0.filter(\.taken), taken) },
      difficulty: (average(taken.map(\.hardness)), average(lines.map(\.hardness))),
      disagreement: (average(taken.map(\.disagreement)), average(lines.map(\.disagreement))),
      gain: after.flatMap { gain(lines, $0) })
  }

  private static func overlap(_ first: [SelectionLine], _ second: [SelectionLine]) -> Double {
    let (a, b) = (Set(first.map(\.id)), Set(second.map(\.id)))
    return Double(a.intersection(b).count) / Double(max(1, a.union(b).count))
  }

  private static func average(_ values: [Double?]) -> Double? {
    let known = values.compactMap { $0 }
    return known.isEmpty ? nil : mean(known)
  }

  private static func gain(_ lines: [SelectionLine], _ after: [SelectionLine]) -> Gain? {
    let later = Dictionary(after.map { ($0.id, $0.student) }) { first, _ in first }
    let pairs = lines.compactMap { line -> (taken: Bool, disagreement: Double?, gain: Double)? in
      guard let now = line.student, let then = later[line.id] ?? nil else { return nil }
      return (line.taken, line.disagreement, then - now)
    }
    guard !pairs.isEmpty else { return nil }
    func correlation(_ taken: Bool) -> Double? {
      let known = pairs.filter { $0.taken == taken && $0.disagreement != nil }
      guard known.count > 2 else { return nil }
      let value = spearman(known.compactMap(\.disagreement), known.map(\.gain))
      return value.isFinite ? value : nil
    }
    return Gain(
      correlationTaken: correlation(true), correlationLeft: correlation(false),
      meanTaken: average(pairs.filter(\.taken).map(\.gain)),
      meanLeft: average(pairs.filter { !$0.taken }.map(\.gain)))
  }
}

extension SelectionLine {
  /// 1 − the student's quality.
  fileprivate var hardness: Double? { student.map { 1 - $0 } }
}
