/// Pearson's correlation; not a number where either side is constant.
package func pearson(_ x: [Double], _ y: [Double]) -> Double {
  precondition(x.count == y.count, "\(x.count) values cannot be paired with \(y.count).")
  let centerX = mean(x)
  let centerY = mean(y)
  var shared = 0.0
  var ownX = 0.0
  var ownY = 0.0
  for (a, b) in zip(x, y) {
    shared += (a - centerX) * (b - centerY)
    ownX += (a - centerX) * (a - centerX)
    ownY += (b - centerY) * (b - centerY)
  }
  return shared / (ownX * ownY).squareRoot()
}

/// Spearman's rank correlation, ties sharing midranks.
package func spearman(_ x: [Double], _ y: [Double]) -> Double { pearson(midranks(x), midranks(y)) }

/// Kendall's rank correlation with correction for ties, τ_b.
///
/// `(C − D)/√((n₀ − T_x)(n₀ − T_y))` with C concordant and D discordant pairs of n₀ = n(n−1)/2, and T the tied ones.
///
/// - Complexity: O(*n*²).
package func kendall(_ x: [Double], _ y: [Double]) -> Double {
  precondition(x.count == y.count, "\(x.count) values cannot be paired with \(y.count).")
  var balance = 0.0
  var untiedX = 0.0
  var untiedY = 0.0
  for i in x.indices {
    for j in x.indices where j > i {
      let signX = sign(x[i] - x[j])
      let signY = sign(y[i] - y[j])
      balance += signX * signY
      untiedX += abs(signX)
      untiedY += abs(signY)
    }
  }
  return balance / (untiedX * untiedY).squareRoot()
}

private func sign(_ value: Double) -> Double { value > 0 ? 1 : value < 0 ? -1 : 0 }
