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
  /// p-values are those of `SeedGap`, corrected by Holm's method for the number of rivals. Fewer than five common seeds, or a
  /// best value that is 0, lead nobody.
  init?(of arms: [ComparedArm], metric: String) {
    let measure = Metric(metric)
    let scored = arms.compactMap { arm in arm.value.map { (arm: arm, level: $0.value) } }
      .sorted { measure.isBetter($0.level, than: $1.level) }
    guard scored.count > 2, let best = scored.first,
      measure.isBetterWhenLower || !Verdict.isNothing(best.level)
    else { return nil }
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
    guard let gap = SeedGap(best, less: arm), gap.pairs >= Verdict.fewestSeeds,
      let pValue = gap.pValue
    else { return nil }
    let ends = [sign * gap.difference.lower, sign * gap.difference.upper]
    return Rival(
      name: arm.name, level: level,
      gap: Estimate(
        value: sign * gap.difference.value, lower: min(ends[0], ends[1]),
        upper: max(ends[0], ends[1])), pairs: gap.pairs, pValue: pValue)
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
