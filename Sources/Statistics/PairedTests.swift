package import Core

/// What a test found.
package struct TestResult: Sendable, Hashable, Codable {
  /// The test statistic.
  package var statistic: Double

  /// The two-sided p-value.
  package var pValue: Double

  /// How the p-value was computed.
  package var method: Method

  /// How a p-value was computed.
  package enum Method: String, Sendable, Hashable, Codable {
    /// By counting every possibility.
    case exact
    /// From Student's distribution.
    case student
    /// From the normal distribution, corrected for ties and continuity.
    case normalApproximation
    /// By drawing possibilities at random.
    case monteCarlo
  }
}

/// The paired t test of two arms over the same seeds.
///
/// - Parameters:
///   - x: One arm.
///   - y: The other, seed by seed.
/// - Returns: `t = mean(x−y)/(s/√n)` and its p-value; p is 1 where every difference is 0, and 0 where all are the same
///   other number.
/// - Precondition: As many values in both, at least two.
package func pairedT(_ x: [Double], _ y: [Double]) -> TestResult {
  let differences = pairs(x, y)
  precondition(differences.count > 1, "A paired t test needs two pairs.")
  let center = mean(differences)
  let spread = standardDeviation(differences) / Double(differences.count).squareRoot()
  let t = center == 0 ? 0 : center / spread
  let p = StudentT(degreesOfFreedom: Double(differences.count - 1)).twoSided(t)
  return TestResult(statistic: t, pValue: p, method: .student)
}

/// Wilcoxon's signed-rank test of two arms over the same seeds.
///
/// Pairs without difference are dropped; tied differences share midranks. Up to 50 pairs the p-value counts all 2ⁿ
/// signs by dynamic programming over twice the rank sum, so ties stay exact; beyond, it is approximated.
///
/// - Parameters:
///   - x: One arm.
///   - y: The other, seed by seed.
/// - Returns: The smaller of the two rank sums and its two-sided p-value, 1 where no pair differs.
/// - Complexity: O(*n*³) up to 50 pairs, O(*n* log *n*) beyond.
/// - Precondition: As many values in both.
package func wilcoxonSignedRank(_ x: [Double], _ y: [Double]) -> TestResult {
  let differences = pairs(x, y).filter { $0 != 0 }
  guard !differences.isEmpty else { return TestResult(statistic: 0, pValue: 1, method: .exact) }
  let ranks = midranks(differences.map(abs))
  let positive = zip(differences, ranks).reduce(0) { $0 + ($1.0 > 0 ? $1.1 : 0) }
  let smaller = min(positive, ranks.reduce(0, +) - positive)
  guard differences.count <= 50 else {
    let p = signedRankApproximation(smaller, ranks: ranks)
    return TestResult(statistic: smaller, pValue: p, method: .normalApproximation)
  }
  let p = signedRankEnumeration(smaller, ranks: ranks)
  return TestResult(statistic: smaller, pValue: p, method: .exact)
}

/// Twice the share of sign patterns whose positive rank sum is at most `statistic`.
private func signedRankEnumeration(_ statistic: Double, ranks: [Double]) -> Double {
  // Midranks are multiples of ½: twice the rank is a whole number.
  let doubled = ranks.map { Int(2 * $0) }
  var counts = [Double](repeating: 0, count: doubled.reduce(1, +))
  counts[0] = 1
  for rank in doubled {
    for sum in stride(from: counts.count - 1, through: rank, by: -1) {
      counts[sum] += counts[sum - rank]
    }
  }
  let below = counts[...Int(2 * statistic)].reduce(0, +)
  return min(1, 2 * below / counts.reduce(0, +))
}

private func signedRankApproximation(_ statistic: Double, ranks: [Double]) -> Double {
  // Under the null hypothesis each rank counts with probability ½: the sum has variance Σ rank²/4, ties included.
  let center = ranks.reduce(0, +) / 2
  let deviation = (ranks.reduce(0) { $0 + $1 * $1 } / 4).squareRoot()
  let z = min(0, statistic + 0.5 - center) / deviation
  return min(1, 2 * StandardNormal.cumulative(z))
}

/// The paired permutation test: how often random signs make the mean difference at least as large.
///
/// - Parameters:
///   - x: One arm.
///   - y: The other, seed by seed.
///   - seed: The stream of random signs, used only beyond 20 pairs.
///   - draws: How many random sign patterns are drawn beyond 20 pairs.
/// - Returns: The mean difference x − y with its two-sided p-value; exact up to 20 pairs. By Monte Carlo it is
///   `(1 + hits)/(1 + draws)`, never 0.
/// - Complexity: O(2ⁿ) up to 20 pairs, O(*n*·draws) beyond.
/// - Precondition: As many values in both, at least one.
package func signFlipTest(
  _ x: [Double], _ y: [Double], seed: Seed, draws: Int = 100_000
) -> TestResult {
  let differences = pairs(x, y)
  precondition(!differences.isEmpty, "A permutation test needs a pair.")
  let observed = abs(differences.reduce(0, +))
  // Sums of the same numbers in another order differ by rounding: those count as equal.
  let bound = observed - 1e-12 * differences.reduce(0) { $0 + abs($1) }
  let center = mean(differences)
  guard differences.count > 20 else {
    var sums = [0.0]
    for difference in differences {
      sums = sums.map { $0 + difference } + sums.map { $0 - difference }
    }
    let hits = sums.count { abs($0) >= bound }
    let p = Double(hits) / Double(sums.count)
    return TestResult(statistic: center, pValue: p, method: .exact)
  }
  var generator = seed.derived("sign flips").generator()
  var hits = 0
  for _ in 0..<draws where abs(randomlySignedSum(differences, &generator)) >= bound { hits += 1 }
  let p = Double(1 + hits) / Double(1 + draws)
  return TestResult(statistic: center, pValue: p, method: .monteCarlo)
}

private func randomlySignedSum(
  _ values: [Double], _ generator: inout SeededGenerator
) -> Double {
  var sum = 0.0
  var bits: UInt64 = 0
  for (i, value) in values.enumerated() {
    if i.isMultiple(of: 64) { bits = generator.next() }
    sum += bits & 1 == 0 ? value : -value
    bits >>= 1
  }
  return sum
}

/// x − y, pair by pair.
private func pairs(_ x: [Double], _ y: [Double]) -> [Double] {
  precondition(x.count == y.count, "\(x.count) values cannot be paired with \(y.count).")
  return zip(x, y).map { $0 - $1 }
}

/// p-values corrected for their number: Holm's step-down method.
///
/// The chance of any false alarm among all contrasts stays below the level at which the corrected values are read.
///
/// - Parameter pValues: In any order.
/// - Returns: The corrected values in the same order, each at most 1.
///
/// Source: Holm, "A simple sequentially rejective multiple test procedure", 1979.
package func holm(_ pValues: [Double]) -> [Double] {
  let order = pValues.indices.sorted { (pValues[$0], $0) < (pValues[$1], $1) }
  var corrected = pValues
  var running = 0.0
  for (place, index) in order.enumerated() {
    running = max(running, min(1, pValues[index] * Double(pValues.count - place)))
    corrected[index] = running
  }
  return corrected
}
