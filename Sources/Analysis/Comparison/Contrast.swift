internal import Core
package import Statistics

/// One arm against another, over the seeds both have.
package struct Contrast: Sendable, Hashable, Codable {
  /// The arm in question.
  package var arm: String
  /// The arm it is compared to.
  package var baseline: String
  /// How many seeds both have.
  package var pairs: Int
  /// The mean difference, `arm` less `baseline`, with Student's 95 % interval; `nil` without a common seed, and the ends
  /// are the value where there is a single one.
  package var difference: Estimate?
  /// The two-sided p-value of the paired t test; `nil` with fewer than two pairs.
  package var pValue: Double?
  /// `pValue` after Holm's correction for the number of contrasts.
  package var correctedPValue: Double?
  /// The p-value of the paired permutation test, which assumes no distribution.
  package var permutationPValue: Double?
  /// The p-value of Wilcoxon's signed-rank test.
  package var wilcoxonPValue: Double?
  /// The probability that a run of `arm` does better than one of `baseline`.
  package var probabilityOfImprovement: Double?
  /// The smallest true difference that these seeds would show with a probability of 0.8.
  package var minimumDetectableEffect: Double?
  /// The result in words.
  package var verdict: String
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
    for index in result.indices { result[index].verdict = result[index].sentence(metric) }
    return result
  }

  init(_ arm: ComparedArm, against baseline: ComparedArm, metric: String) {
    let scores = Dictionary(uniqueKeysWithValues: baseline.scores.map { ($0.seed, $0.value) })
    let pairs = arm.scores.compactMap { score in
      scores[score.seed].map { (x: $0, y: score.value) }
    }
    let x = pairs.map(\.x)
    let y = pairs.map(\.y)
    self.init(arm: arm.name, baseline: baseline.name, pairs: pairs.count, verdict: "")
    guard !pairs.isEmpty else { return }
    let wins = Statistics.probabilityOfImprovement(from: x, to: y)
    probabilityOfImprovement = Metric(metric).isBetterWhenLower ? 1 - wins : wins
    difference = Estimate.ofDifferences(zip(x, y).map { $1 - $0 })
    guard pairs.count > 1 else { return }
    pValue = pairedT(y, x).pValue
    permutationPValue = signFlipTest(y, x, seed: Seed(0), draws: 10_000).pValue
    wilcoxonPValue = wilcoxonSignedRank(y, x).pValue
    let deviation = standardDeviation(zip(x, y).map { $1 - $0 })
    let effect = Statistics.minimumDetectableEffect(deviation: deviation, pairs: pairs.count)
    minimumDetectableEffect = effect.isFinite ? effect : nil
  }

  private init(arm: String, baseline: String, pairs: Int, verdict: String) {
    self.arm = arm
    self.baseline = baseline
    self.pairs = pairs
    self.verdict = verdict
  }
}

extension Estimate {
  /// The mean of paired differences with the interval of the paired t test, so that both always agree.
  static func ofDifferences(_ values: [Double]) -> Estimate {
    let center = mean(values)
    guard values.count > 1 else { return Estimate(value: center, lower: center, upper: center) }
    let error = standardDeviation(values) / Double(values.count).squareRoot()
    let reach = StudentT(degreesOfFreedom: Double(values.count - 1)).quantile(0.975) * error
    return Estimate(value: center, lower: center - reach, upper: center + reach)
  }
}
