package import Core

/// How an interval is resampled.
package struct BootstrapSettings: Sendable, Hashable {
  /// How the resampled values become an interval.
  package enum Method: String, Sendable, Hashable, Codable, CaseIterable {
    /// Their quantiles.
    case percentile
    /// Their quantiles, corrected for bias and for a spread that changes with the value.
    case biasCorrectedAccelerated
  }

  /// How many times to resample.
  package var resamples: Int
  /// The share of intervals that should cover the truth, 0 … 1.
  package var confidence: Double
  /// How the resampled values become an interval.
  package var method: Method
  /// The random stream: the same seed gives the same interval.
  package var seed: Seed

  /// Settings.
  package init(
    resamples: Int = 2000, confidence: Double = 0.95, method: Method = .percentile, seed: Seed
  ) {
    self.resamples = resamples
    self.confidence = confidence
    self.method = method
    self.seed = seed
  }
}

/// A value with the interval it probably lies in.
package struct Estimate: Sendable, Hashable, Codable {
  /// The value of the sample itself.
  package var value: Double
  /// The lower end.
  package var lower: Double
  /// The upper end.
  package var upper: Double

  /// A value with its interval.
  package init(value: Double, lower: Double, upper: Double) {
    self.value = value
    self.lower = lower
    self.upper = upper
  }

  /// The same with an interval that ends where the values do: of a share, nothing lies below 0 or above 1.
  ///
  /// What is cut away holds no value that could be true, so that the interval covers as often as before.
  package func within(_ range: ClosedRange<Double>) -> Estimate {
    Estimate(
      value: value, lower: max(lower, range.lowerBound), upper: min(upper, range.upperBound))
  }
}

/// The interval of a statistic by resampling whole units within strata.
///
/// A unit is whatever was drawn independently: a seed, or a video with all its questions. Strata (tasks) keep their sizes.
/// With a single unit in every stratum nothing can be resampled: both ends are the value.
///
/// - Parameters:
///   - strata: How many units each stratum has.
///   - settings: How to resample.
///   - statistic: The statistic of a choice of units: for each stratum, indices of units, repeated as drawn.
/// - Returns: The statistic of all units once, with its interval.
/// - Complexity: `settings.resamples` evaluations of `statistic`, and one a unit for the accelerated method.
///
/// Source: Efron & Tibshirani, "An introduction to the bootstrap", 1993, chapters 13 and 14.
package func bootstrap(
  strata: [Int], settings: BootstrapSettings, statistic: ([[Int]]) -> Double
) -> Estimate {
  let everything = strata.map { Array(0..<$0) }
  let value = statistic(everything)
  var generator = settings.seed.derived("bootstrap").generator()
  var values: [Double] = []
  values.reserveCapacity(settings.resamples)
  for _ in 0..<settings.resamples {
    let choice = strata.map { count in (0..<count).map { _ in generator.integer(below: count) } }
    values.append(statistic(choice))
  }
  values.removeAll(where: \.isNaN)
  values.sort()
  guard !values.isEmpty else { return Estimate(value: value, lower: .nan, upper: .nan) }
  let tail = (1 - settings.confidence) / 2
  var shares = (lower: tail, upper: 1 - tail)
  if settings.method == .biasCorrectedAccelerated {
    let acceleration = jackknifeAcceleration(everything, statistic)
    shares = correctedShares(values, around: value, acceleration: acceleration, tail: tail)
  }
  return Estimate(
    value: value, lower: sortedQuantile(values, shares.lower),
    upper: sortedQuantile(values, shares.upper))
}

/// Efron's a: a sixth of the skewness of the leave-one-out values.
private func jackknifeAcceleration(
  _ everything: [[Int]], _ statistic: ([[Int]]) -> Double
) -> Double {
  var values: [Double] = []
  for (stratum, units) in everything.enumerated() where units.count > 1 {
    for unit in units {
      var choice = everything
      choice[stratum].remove(at: unit)
      values.append(statistic(choice))
    }
  }
  let center = mean(values)
  var squares = 0.0
  var cubes = 0.0
  for value in values {
    let distance = center - value
    squares += distance * distance
    cubes += distance * distance * distance
  }
  return squares > 0 ? cubes / (6 * squares * squares.squareRoot()) : 0
}

private func correctedShares(
  _ sorted: [Double], around value: Double, acceleration: Double, tail: Double
) -> (lower: Double, upper: Double) {
  let below = Double(sorted.count { $0 < value }) + 0.5 * Double(sorted.count { $0 == value })
  let share = below / Double(sorted.count)
  guard share > 0, share < 1 else { return (tail, 1 - tail) }
  let bias = StandardNormal.quantile(share)
  func shifted(_ p: Double) -> Double {
    let z = bias + StandardNormal.quantile(p)
    return StandardNormal.cumulative(bias + z / (1 - acceleration * z))
  }
  return (shifted(tail), shifted(1 - tail))
}

extension Estimate {
  /// The interval of a statistic of independent values.
  package static func bootstrapped(
    _ values: [Double], settings: BootstrapSettings, statistic: ([Double]) -> Double
  ) -> Estimate {
    bootstrap(strata: [values.count], settings: settings) { choice in
      statistic(choice[0].map { values[$0] })
    }
  }

  /// The interval of a statistic of values in clusters, such as the questions of each video: whole clusters are drawn.
  package static func bootstrapped(
    clusters: [[Double]], settings: BootstrapSettings, statistic: ([Double]) -> Double
  ) -> Estimate {
    bootstrap(strata: [clusters.count], settings: settings) { choice in
      statistic(choice[0].flatMap { clusters[$0] })
    }
  }

  /// The interval of a difference between two arms over the same seeds: seeds are drawn for both at once.
  ///
  /// - Parameters:
  ///   - baseline: The values x of one arm.
  ///   - improved: The values y of the other, seed by seed.
  ///   - settings: How to resample.
  ///   - statistic: Summarises one arm.
  /// - Returns: statistic(y) − statistic(x), with its interval.
  package static func pairedDifference(
    from baseline: [Double], to improved: [Double], settings: BootstrapSettings,
    statistic: ([Double]) -> Double
  ) -> Estimate {
    precondition(baseline.count == improved.count, "Paired arms have the same seeds.")
    return bootstrap(strata: [baseline.count], settings: settings) { choice in
      statistic(choice[0].map { improved[$0] }) - statistic(choice[0].map { baseline[$0] })
    }
  }
}
