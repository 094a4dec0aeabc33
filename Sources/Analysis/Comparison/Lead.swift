internal import Records
internal import Statistics

/// By how much the best arm is ahead of all others, and of which of them it is seen to be.
struct Lead: Sendable {
  /// One of the other arms.
  private struct Rival {
    var name: String
    var level: Double
    /// The best arm less this one, better counted as more, with Student's 95 % interval.
    var gap: Estimate
    var pairs: Int
    var pValue: Double
  }

  /// The arm with the best value.
  let best: String
  /// The arm that comes next, if the best is seen to be ahead of it and of all others.
  let beaten: String?
  /// The result in words.
  let sentence: String

  /// The lead of the best of three or more arms; `nil` where there are fewer, or a rival has no two seeds in common.
  ///
  /// p-values are those of paired t tests, corrected by Holm's method for the number of rivals.
  init?(of arms: [ComparedArm], metric: String) {
    let measure = Metric(metric)
    let scored = arms.compactMap { arm in arm.value.map { (arm: arm, level: $0.value) } }
      .sorted { measure.isBetter($0.level, than: $1.level) }
    guard scored.count > 2, let best = scored.first else { return nil }
    let found = scored.dropFirst().compactMap { rival in
      Self.rival(rival.arm, rival.level, behind: best.arm, sign: measure.isBetterWhenLower ? -1 : 1)
    }
    guard found.count == scored.count - 1 else { return nil }
    let corrected = holm(found.map(\.pValue))
    let value = "\(measure.title) \(Quantity.metric(best.level))"
    let unseen = zip(found, corrected).filter {
      $1 >= Verdict.level || $0.gap.value <= 0
    }.map(\.0.name)
    self.best = best.arm.name
    beaten = unseen.isEmpty ? found[0].name : nil
    sentence =
      unseen.isEmpty
      ? Self.won(best.arm.name, value, found[0], corrected[0])
      : Self.open(best.arm.name, value, unseen)
  }

  private static func rival(
    _ arm: ComparedArm, _ level: Double, behind best: ComparedArm, sign: Double
  ) -> Rival? {
    let scores = Dictionary(uniqueKeysWithValues: arm.scores.map { ($0.seed, $0.value) })
    let pairs = best.scores.compactMap { score in
      scores[score.seed].map { (best: score.value, rival: $0) }
    }
    guard pairs.count > 1 else { return nil }
    return Rival(
      name: arm.name, level: level,
      gap: .ofDifferences(pairs.map { sign * ($0.best - $0.rival) }), pairs: pairs.count,
      pValue: pairedT(pairs.map(\.best), pairs.map(\.rival)).pValue)
  }

  private static func won(_ best: String, _ value: String, _ next: Rival, _ p: Double) -> String {
    let ends = "[\(Quantity.metric(next.gap.lower)), \(Quantity.metric(next.gap.upper))]"
    return "\(best) is best with \(value), \(Quantity.metric(next.gap.value)) \(ends) ahead of"
      + " \(next.name), the next (\(Quantity.pValue(p)), \(next.pairs) paired seeds)."
  }

  private static func open(_ best: String, _ value: String, _ unseen: [String]) -> String {
    let named = unseen.prefix(3).joined(separator: ", ")
    let more = unseen.count > 3 ? " and \(unseen.count - 3) more" : ""
    return "\(best) leads with \(value), but is not seen to differ from \(named)\(more)."
  }
}
