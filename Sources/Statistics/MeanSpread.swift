/// How far a mean would move if its seeds, or the clusters of its questions, were drawn anew.
///
/// Seeds and clusters (videos, problems) are crossed: every seed answers every question. The variance of the mean is then
/// σ²_seed/n + σ²_cluster/m + σ²_rest/(nm); each part that is added here is measured with the last term in it, so that the sum
/// errs on the wide side. Degrees of freedom are Satterthwaite's, `V²/Σ(Vᵢ²/fᵢ)`, and intervals are Student's: quantiles of a
/// bootstrap cover 76 % for three seeds and 90 % for five where they promise 95 %, these 95 % and 97 %.
///
/// Source: Satterthwaite, "An approximate distribution of estimates of variance components", 1946; Owen, "The pigeonhole
/// bootstrap", 2007, for crossed resampling, whose variance this is without drawing.
package struct MeanSpread: Sendable, Hashable {
  /// The variance of the mean, in squared units of the metric.
  package private(set) var variance = 0.0
  private var squares = 0.0
  private var fewest = Double.infinity

  /// No spread.
  package init() {}

  /// Adds an independent source of variance; one without degrees of freedom adds nothing.
  package mutating func add(variance: Double, degreesOfFreedom: Double) {
    guard degreesOfFreedom > 0, variance.isFinite else { return }
    self.variance += variance
    squares += variance * variance / degreesOfFreedom
    fewest = min(fewest, degreesOfFreedom)
  }

  /// Adds what independent values contribute to their mean: s²/n.
  package mutating func add(values: [Double]) {
    let deviation = standardDeviation(values)
    add(
      variance: deviation * deviation / Double(values.count),
      degreesOfFreedom: Double(values.count - 1))
  }

  /// Adds what clusters contribute to the mean over all their questions, a ratio of two sums, linearised.
  ///
  /// - Parameter clusters: The values of each cluster's questions.
  package mutating func add(clusters: [[Double]]) {
    let questions = Double(clusters.reduce(0) { $0 + $1.count })
    let count = Double(clusters.count)
    guard count > 1, questions > 0 else { return }
    let center = clusters.reduce(0) { $0 + $1.reduce(0, +) } / questions
    let residuals = clusters.map { $0.reduce(0) { $0 + ($1 - center) } / questions }
    add(
      variance: residuals.reduce(0) { $0 + $1 * $1 } * count / (count - 1),
      degreesOfFreedom: count - 1)
  }

  /// Satterthwaite's degrees of freedom; 0 without spread.
  ///
  /// Three seeds are too few for his formula (intervals cover 92 %): below four degrees the fewest count.
  package var degreesOfFreedom: Double {
    guard squares > 0 else { return 0 }
    return fewest < 4 ? fewest : variance * variance / squares
  }

  /// A mean with its interval; both ends are the value where there is no spread.
  package func estimate(around value: Double, confidence: Double = 0.95) -> Estimate {
    guard degreesOfFreedom > 0 else { return Estimate(value: value, lower: value, upper: value) }
    let reach =
      StudentT(degreesOfFreedom: degreesOfFreedom).quantile((1 + confidence) / 2)
      * variance.squareRoot()
    return Estimate(value: value, lower: value - reach, upper: value + reach)
  }

  /// The two-sided p-value of a mean that should be 0; 1 for 0 itself, 0 for another value without spread.
  package func pValue(of value: Double) -> Double {
    guard value != 0 else { return 1 }
    guard degreesOfFreedom > 0 else { return 0 }
    return StudentT(degreesOfFreedom: degreesOfFreedom).twoSided(value / variance.squareRoot())
  }
}

extension Estimate {
  /// The mean of all values in clusters, such as the questions of each video, with Student's 95 % interval over clusters.
  ///
  /// Both ends are the mean where nothing spreads: fewer than two clusters, or all values alike.
  ///
  /// - Parameter clusters: The values of each, in an order that is always the same; empty ones do not count.
  /// - Returns: The mean and its interval.
  package static func mean(ofClusters clusters: [[Double]]) -> Estimate {
    let some = clusters.filter { !$0.isEmpty }
    var spread = MeanSpread()
    spread.add(clusters: some)
    return spread.estimate(around: Statistics.mean(some.flatMap { $0 }))
  }
}

/// The smallest p-value that random signs of so many paired differences can give, two-sided: 2^(1−n).
///
/// What no rearrangement of the data could show is owed to an assumption about their distribution.
package func leastSignFlipPValue(pairs: Int) -> Double {
  pairs > 0 ? Double(sign: .plus, exponent: 1 - min(pairs, 1000), significand: 1) : 1
}
