internal import Statistics

/// How far one arm is from another over the seeds both have, and how surely.
struct SeedGap: Sendable {
  /// The values of the one arm, seed by seed.
  let own: [Double]
  /// Those of the other.
  let other: [Double]
  /// The mean difference with its interval over seeds and, where both arms answered the same questions, clusters.
  let difference: Estimate
  /// The p-value of Student's test of that difference, never below what random signs could show; `nil` for one pair.
  let pValue: Double?
  /// √n times the standard error of the difference: the deviation that a paired test of n seeds would have to see through.
  let deviation: Double

  /// How many seeds both have.
  var pairs: Int { own.count }

  /// The gap between two arms; `nil` without a common seed.
  init?(_ arm: ComparedArm, less baseline: ComparedArm) {
    let scores = Dictionary(uniqueKeysWithValues: baseline.scores.map { ($0.seed, $0.value) })
    let pairs = arm.scores.compactMap { score in
      scores[score.seed].map { (seed: score.seed, own: score.value, other: $0) }
    }
    guard !pairs.isEmpty else { return nil }
    own = pairs.map(\.own)
    other = pairs.map(\.other)
    let differences = pairs.map { $0.own - $0.other }
    let center = mean(differences)
    var spread = MeanSpread()
    if pairs.count > 1 {
      spread.add(values: differences)
      spread.add(clusters: arm.questions.means(of: pairs.map(\.seed), less: baseline.questions))
    }
    difference = spread.estimate(around: center)
    deviation = (spread.variance * Double(pairs.count)).squareRoot()
    pValue =
      pairs.count > 1
      ? max(spread.pValue(of: center), leastSignFlipPValue(pairs: pairs.count)) : nil
  }
}
