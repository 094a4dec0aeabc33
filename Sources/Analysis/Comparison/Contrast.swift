package import Statistics

/// One arm against another, over the seeds both have.
package struct Contrast: Sendable, Hashable, Codable {
  /// The arm in question.
  package var arm: String
  /// The arm it is compared to.
  package var baseline: String
  /// How many seeds both have.
  package var pairs: Int
  /// The mean difference, `arm` less `baseline`, with Student's 95 % interval over seeds and, where both arms answered the
  /// same questions, videos; `nil` without a common seed, and the ends are the value where there is a single one.
  package var difference: Estimate?
  /// The two-sided p-value of `difference`: the larger of Student's test and the permutation test; `nil` with fewer than two pairs.
  package var pValue: Double?
  /// `pValue` after Holm's correction for the number of contrasts.
  package var correctedPValue: Double?
  /// The p-value of the permutation test: random signs of videos where both arms answered the same questions, else of seeds.
  package var permutationPValue: Double?
  /// The p-value of Wilcoxon's signed-rank test.
  package var wilcoxonPValue: Double?
  /// The probability that a run of `arm` does better than one of `baseline`.
  package var probabilityOfImprovement: Double?
  /// The smallest true difference that these seeds would show after correction with a probability of 0.8; `nil` where
  /// they can show none.
  package var minimumDetectableEffect: Double?
  /// The result in words.
  package var verdict: String
  /// √pairs times the standard error of the difference; `nil` with fewer than two pairs.
  var deviation: Double?
  /// The smallest p-value that these data could have had.
  var leastPValue = 1.0

  enum CodingKeys: String, CodingKey {
    case arm, baseline, pairs, difference, pValue, correctedPValue, permutationPValue
    case wilcoxonPValue, probabilityOfImprovement, minimumDetectableEffect, verdict, deviation,
      leastPValue
  }
}

extension Contrast {
  /// Every other arm against `reference`, corrected for their number.
  static func all(
    in arms: [ComparedArm], against reference: String, metric: String
  ) -> [Contrast] {
    guard let baseline = arms.first(where: { $0.name == reference }) else { return [] }
    let others = arms.filter { $0.name != reference }
    return corrected(others.map { Contrast($0, against: baseline, metric: metric) }, metric)
  }

  /// Contrasts with p-values corrected for all those that could be tested, and their verdicts.
  static func corrected(_ contrasts: [Contrast], _ metric: String) -> [Contrast] {
    let tested = contrasts.indices.filter { contrasts[$0].pValue != nil }
    let values = holm(tested.compactMap { contrasts[$0].pValue })
    var result = contrasts
    for (index, value) in zip(tested, values) { result[index].correctedPValue = value }
    // The first step of Holm's method is the one that any single contrast can count on.
    let level = Verdict.level / Double(max(1, tested.count))
    for index in result.indices {
      result[index].minimumDetectableEffect = result[index].effect(seenAt: level)
      result[index].verdict = result[index].sentence(metric)
    }
    return result
  }

  init(_ arm: ComparedArm, against baseline: ComparedArm, metric: String) {
    self.init(arm: arm.name, baseline: baseline.name, pairs: 0, verdict: "")
    guard let gap = SeedGap(arm, less: baseline) else { return }
    pairs = gap.pairs
    let wins = Statistics.probabilityOfImprovement(from: gap.other, to: gap.own)
    probabilityOfImprovement = Metric(metric).isBetterWhenLower ? 1 - wins : wins
    difference = gap.difference
    pValue = gap.pValue
    guard pairs > 1 else { return }
    deviation = gap.deviation
    permutationPValue = gap.permutationPValue
    leastPValue = gap.leastPValue
    wilcoxonPValue = wilcoxonSignedRank(gap.own, gap.other).pValue
  }

  private func effect(seenAt level: Double) -> Double? {
    guard pairs >= Verdict.fewestSeeds, leastPValue < level, let deviation
    else { return nil }
    let effect = Statistics.minimumDetectableEffect(
      deviation: deviation, pairs: pairs, level: level)
    return effect.isFinite ? effect : nil
  }

  private init(arm: String, baseline: String, pairs: Int, verdict: String) {
    self.arm = arm
    self.baseline = baseline
    self.pairs = pairs
    self.verdict = verdict
  }
}
