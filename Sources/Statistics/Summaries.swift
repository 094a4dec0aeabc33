/// The arithmetic mean; not a number for no values.
package func mean(_ values: some Collection<Double>) -> Double {
  values.reduce(0, +) / Double(values.count)
}

/// The sample standard deviation, Σ(x − mean)²/(n − 1) under the root; not a number for fewer than two values.
package func standardDeviation(_ values: some Collection<Double>) -> Double {
  let center = mean(values)
  let squares = values.reduce(0) { $0 + ($1 - center) * ($1 - center) }
  return values.count > 1 ? (squares / Double(values.count - 1)).squareRoot() : .nan
}

/// The mean of the middle half: ⌊n/4⌋ values are left out at each end.
///
/// Equals SciPy's `trim_mean(x, .25)`. Steadier than the mean, less wasteful than the median.
///
/// Source: Agarwal et al., "Deep reinforcement learning at the edge of the statistical precipice", NeurIPS 2021.
package func interquartileMean(_ values: some Collection<Double>) -> Double {
  let sorted = values.sorted()
  let cut = sorted.count / 4
  return mean(sorted[cut..<sorted.count - cut])
}

/// The middle value, or the mean of the two.
package func median(_ values: some Collection<Double>) -> Double { quantile(values, 0.5) }

/// The value below which a share `p` lies, interpolated linearly between order statistics (R's type 7, NumPy's default).
package func quantile(_ values: some Collection<Double>, _ p: Double) -> Double {
  sortedQuantile(values.sorted(), p)
}

/// `quantile` of values already in ascending order.
func sortedQuantile(_ sorted: [Double], _ p: Double) -> Double {
  guard let last = sorted.last else { return .nan }
  let place = p * Double(sorted.count - 1)
  let lower = Int(place.rounded(.down))
  guard lower + 1 < sorted.count else { return last }
  return sorted[lower] + (place - Double(lower)) * (sorted[lower + 1] - sorted[lower])
}

/// The rank of each value from 1; equal values share the mean of their ranks.
package func midranks(_ values: [Double]) -> [Double] {
  let order = values.indices.sorted { (values[$0], $0) < (values[$1], $1) }
  var ranks = [Double](repeating: 0, count: values.count)
  var start = 0
  while start < order.count {
    var end = start + 1
    while end < order.count, values[order[end]] == values[order[start]] { end += 1 }
    for i in start..<end { ranks[order[i]] = Double(start + 1 + end) / 2 }
    start = end
  }
  return ranks
}

/// The probability that a run of one arm beats a run of another.
///
/// P(y > x) + P(y = x)/2 over all pairs; ½ where the arms are alike.
///
/// - Parameters:
///   - baseline: The scores x of one arm.
///   - improved: The scores y of the arm that is hoped to be better.
/// - Returns: The share of pairs that `improved` wins.
/// - Complexity: O(*n*·*m*).
package func probabilityOfImprovement(
  from baseline: [Double], to improved: [Double]
) -> Double {
  var wins = 0.0
  for y in improved { for x in baseline { wins += y > x ? 1 : y == x ? 0.5 : 0 } }
  return wins / Double(baseline.count * improved.count)
}

/// The share of runs that score at least each threshold.
///
/// A performance profile: one arm above another everywhere is better whatever the threshold. Scores of different tasks
/// are pooled within their task first, so that each task counts alike.
///
/// - Parameters:
///   - scores: For each task, the scores of its runs.
///   - thresholds: Where to look.
/// - Returns: One share a threshold.
package func performanceProfile(scores: [[Double]], thresholds: [Double]) -> [Double] {
  thresholds.map { threshold in
    mean(scores.map { task in mean(task.map { $0 >= threshold ? 1 : 0 }) })
  }
}
