/// How good an estimator from one sampled token is at one position, against the exact gradient of a divergence.
///
/// An estimator with derivative c_v in log π(v) when token v is drawn has the gradient `c_v(onehot_v − π)` with probability
/// π_v, so its mean and its variance are sums over the vocabulary: nothing is sampled here.
package struct GradientAudit: Sendable, Hashable {
  /// ‖E[g] − ∇D‖: 0 for an unbiased estimator.
  package let bias: Double
  /// E‖g − E[g]‖².
  package let variance: Double
  /// ‖∇D‖.
  package let exactNorm: Double
  /// The cosine of E[g] and ∇D; 0 where either vanishes.
  package let alignment: Double

  /// An estimator that learns from the sampled token alone.
  package enum SampledEstimator: String, Sendable, Hashable, Codable, CaseIterable {
    /// Advantage `log q − log π` times ∇log π.
    case policyGradient
    /// k1 as a loss.
    case k1
    /// k2 as a loss.
    case k2
    /// k3 as a loss.
    case k3

    /// The derivative of the loss in log π of the drawn token, given `d = log π − log q`.
    func slope(_ d: Double) -> Double {
      switch self {
      case .policyGradient: d
      case .k1: Estimator.LogRatioLoss.k1.slope(d)
      case .k2: Estimator.LogRatioLoss.k2.slope(d)
      case .k3: Estimator.LogRatioLoss.k3.slope(d)
      }
    }
  }

  /// What the estimator is held against.
  package enum Target: String, Sendable, Hashable, Codable, CaseIterable {
    /// ∇KL(π‖q).
    case reverseKL
    /// ∇KL(q‖π).
    case forwardKL
  }

  /// Audits an estimator at one position.
  ///
  /// - Parameters:
  ///   - estimator: What is used.
  ///   - target: What it should follow.
  ///   - student: log π, V numbers, nats.
  ///   - teacher: log q, V numbers, nats.
  /// - Precondition: As many of either.
  /// - Complexity: O(V).
  package init(
    _ estimator: SampledEstimator, against target: Target, student: [Double], teacher: [Double]
  ) {
    precondition(student.count == teacher.count, "Rows of \(student.count) and \(teacher.count).")
    let p = student.map { exponentialOf($0) }
    let q = teacher.map { exponentialOf($0) }
    let slopes = zip(student, teacher).map { estimator.slope($0 - $1) }
    let centre = zip(p, slopes).reduce(0) { $0 + $1.0 * $1.1 }
    // E[c_v(onehot_v − π)]_u = π_u(c_u − E[c]).
    let expected = zip(p, slopes).map { $0 * ($1 - centre) }
    let divergence = zip(p, zip(student, teacher)).reduce(0) { $0 + $1.0 * ($1.1.0 - $1.1.1) }
    let exact = p.indices.map { v in
      target == .reverseKL
        ? p[v] * (student[v] - teacher[v] - divergence) : p[v] - q[v]
    }
    // ‖onehot_v − π‖² = 1 − 2π_v + Σπ².
    let squares = p.reduce(0) { $0 + $1 * $1 }
    let second = p.indices.reduce(0) {
      $0 + p[$1] * slopes[$1] * slopes[$1] * (1 - 2 * p[$1] + squares)
    }
    variance = max(0, second - Self.norm(expected) * Self.norm(expected))
    bias = Self.norm(zip(expected, exact).map { $0 - $1 })
    exactNorm = Self.norm(exact)
    let product = Self.norm(expected) * exactNorm
    let dot = zip(expected, exact).reduce(0) { $0 + $1.0 * $1.1 }
    alignment = product > 1e-300 ? dot / product : 0
  }

  private static func norm(_ values: [Double]) -> Double {
    values.reduce(0) { $0 + $1 * $1 }.squareRoot()
  }
}
