package import Student

/// What the advantages of a batch look like: how large, of which sign, and where in the response.
package struct AdvantageProfile: Sendable, Hashable {
  /// |A| at the quantiles 0, ¼, ½, ¾, 0.95 and 1, nats or units of reward.
  package let magnitudes: [Double]
  /// The share of A > 0.
  package let positiveShare: Double
  /// Mean A by decile of the position in its response; `nil` where no token falls.
  package let byDecile: [Double?]

  /// The quantiles of `magnitudes`.
  package static let quantiles = [0, 0.25, 0.5, 0.75, 0.95, 1]

  /// The profile of the advantages of some responses.
  ///
  /// - Parameter responses: One advantage a token of each response.
  /// - Complexity: O(*N* log *N*).
  package init(_ responses: [[Double]]) {
    let all = responses.joined()
    let sorted = all.map { abs($0) }.sorted()
    magnitudes = Self.quantiles.map { quantile in
      guard let last = sorted.indices.last else { return 0 }
      // Linear between neighbours, as numpy's default.
      let place = quantile * Double(last)
      let below = Int(place)
      let above = min(below + 1, last)
      return sorted[below] + (place - Double(below)) * (sorted[above] - sorted[below])
    }
    positiveShare = all.isEmpty ? 0 : Double(all.count { $0 > 0 }) / Double(all.count)
    byDecile = (0..<10).map { decile in
      let values = responses.flatMap { response in
        response.indices.filter { 10 * $0 / response.count == decile }.map { response[$0] }
      }
      return values.isEmpty ? nil : mean(of: values)
    }
  }

  /// The numbers by metric name.
  package var metrics: [String: Double] {
    var result = ["advantages/positive_share": positiveShare]
    for (quantile, value) in zip(Self.quantiles, magnitudes) {
      result["advantages/abs_q\(Int((quantile * 100).rounded()))"] = value
    }
    for (decile, value) in byDecile.enumerated() {
      result["advantages/decile_\(decile)"] = value
    }
    return result
  }
}

/// How many fresh samples a batch with importance ratios is worth: `(Σρ)²/Σρ²`, 1 … n.
///
/// - Parameter ratios: ρ, one a token or a response.
/// - Returns: The effective sample size, 0 of nothing.
package func effectiveSampleSize(_ ratios: [Double]) -> Double {
  let sum = ratios.reduce(0, +)
  let squares = ratios.reduce(0) { $0 + $1 * $1 }
  return squares > 0 ? sum * sum / squares : 0
}

extension LossReport {
  /// The effective sample size as a share of the tokens, `(mean ρ)²/mean ρ²`, if ratios were recorded.
  package var effectiveSampleShare: Double? {
    guard let ratio = metrics["ratio/mean"]?.mean,
      let square = metrics["ratio/square_mean"]?.mean, square > 0
    else { return nil }
    return ratio * ratio / square
  }
}
