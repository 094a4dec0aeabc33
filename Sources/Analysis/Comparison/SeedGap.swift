internal import Statistics

/// How far one arm is from another over the seeds both have, and how surely.
struct SeedGap: Sendable {
  /// The values of the one arm, seed by seed.
  let own: [Double]
  /// Those of the other.
  let other: [Double]
  /// The mean difference with its interval over seeds and, where both arms answered the same questions, clusters.
  let difference: Estimate
  /// The p-value of that difference by Student's test and by random signs, whichever is larger; `nil` for one pair.
  let pValue: Double?
  /// The p-value of random signs of clusters, or of seeds where no clusters are known; `nil` for one pair.
  let permutationPValue: Double?
  /// The smallest p-value that these data could have had.
  let leastPValue: Double
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
    guard pairs.count > 1 else {
      difference = Estimate(value: center, lower: center, upper: center)
      (deviation, pValue, permutationPValue, leastPValue) = (0, nil, nil, 1)
      return
    }
    let test = CrossedTest(
      seeds: differences,
      clusters: arm.questions.means(of: pairs.map(\.seed), less: baseline.questions))
    difference = test.spread.estimate(around: center)
    deviation = (test.spread.variance * Double(pairs.count)).squareRoot()
    pValue = test.pValue
    permutationPValue = test.permutationPValue
    leastPValue = test.leastPValue
  }
}
