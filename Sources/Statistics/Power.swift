/// The chance that a paired t test of `pairs` seeds notices a true difference.
///
/// The test statistic of a true difference Δ follows the noncentral t distribution with n − 1 degrees of freedom and
/// noncentrality Δ·√n/σ.
///
/// - Parameters:
///   - difference: The true mean difference Δ.
///   - deviation: The standard deviation σ of the differences.
///   - pairs: The number n of seeds, at least 2.
///   - level: The level of the two-sided test.
/// - Returns: The power, `level` … 1.
package func pairedPower(
  difference: Double, deviation: Double, pairs: Int, level: Double = 0.05
) -> Double {
  let distribution = StudentT(degreesOfFreedom: Double(pairs - 1))
  let critical = distribution.quantile(1 - level / 2)
  let shift = abs(difference) / deviation * Double(pairs).squareRoot()
  let missed =
    distribution.cumulative(critical, noncentrality: shift)
    - distribution.cumulative(-critical, noncentrality: shift)
  return 1 - missed
}

/// The smallest true difference that a paired t test would probably notice: "with 5 seeds you can see differences above x".
///
/// - Parameters:
///   - deviation: The standard deviation σ of the differences between two arms, seed by seed.
///   - pairs: The number of seeds.
///   - level: The level of the two-sided test.
///   - power: The chance with which it should be noticed.
/// - Returns: The difference, in units of the metric; infinite for fewer than two seeds.
package func minimumDetectableEffect(
  deviation: Double, pairs: Int, level: Double = 0.05, power: Double = 0.8
) -> Double {
  guard pairs > 1 else { return .infinity }
  guard deviation > 0 else { return 0 }
  var low = 0.0
  var high = deviation
  while pairedPower(difference: high, deviation: deviation, pairs: pairs, level: level) < power {
    low = high
    high *= 2
  }
  // 60 halvings exhaust a Double's digits.
  for _ in 0..<60 {
    let middle = (low + high) / 2
    let reached = pairedPower(difference: middle, deviation: deviation, pairs: pairs, level: level)
    if reached < power { low = middle } else { high = middle }
  }
  return high
}
