internal import Core

/// Whether the mean of paired differences over seeds, and over the clusters of the questions they all answered, is 0.
///
/// Two tests must agree: Student's with the variance of both sources, and random signs of whole clusters (of seeds, where no
/// clusters are known). Random signs alone are no test of crossed data: with five seeds and 100 clusters of normal differences
/// without effect, signs of clusters reject at .05 in 6 % of cases where seeds have no effect of their own, in 37 % where their
/// deviation is a fifth of a question's, and in 83 % where it is as large; signs of seeds and clusters, with a studentised mean,
/// in 6, 16 and 24 %. Student's test rejects in 1, 5 and 5 % (`benchmarks/crossed_test_size.py`). Signs of five seeds alone cannot show less than 2⁻⁴ = .0625,
/// whatever the data say: with a hundred clusters that is no bound.
package struct CrossedTest: Sendable, Hashable {
  /// The variance of the mean, of seeds and clusters.
  package private(set) var spread = MeanSpread()
  /// The p-value of random signs: of clusters where there are two or more, else of seeds.
  package let permutationPValue: Double
  /// The larger p-value of both tests.
  package let pValue: Double
  /// The smallest p-value that these data could have had.
  package let leastPValue: Double

  /// A test.
  ///
  /// - Parameters:
  ///   - seeds: The difference of each seed.
  ///   - clusters: The differences of each cluster's questions, means over seeds; empty where they are not known.
  ///   - draws: How many random sign patterns are drawn beyond 20 units.
  /// - Precondition: At least two seeds.
  /// - Complexity: O(clusters · draws).
  package init(seeds: [Double], clusters: [[Double]] = [], draws: Int = 10_000) {
    precondition(seeds.count > 1, "A test over seeds needs two of them.")
    spread.add(values: seeds)
    spread.add(clusters: clusters)
    // Sums, not means: the statistic is the mean over questions, of which clusters have different numbers.
    let units = clusters.count > 1 ? clusters.map { $0.reduce(0, +) } : seeds
    permutationPValue =
      signFlipTest(units, units.map { _ in 0 }, seed: Seed(0), draws: draws).pValue
    leastPValue = max(
      leastSignFlipPValue(pairs: units.count), units.count > 20 ? 1 / Double(1 + draws) : 0)
    pValue = max(spread.pValue(of: mean(seeds)), permutationPValue)
  }
}
