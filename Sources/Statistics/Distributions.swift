internal import CGSL

/// Student's t distribution.
package struct StudentT: Sendable, Hashable {
  /// Its degrees of freedom, above 0.
  package let degreesOfFreedom: Double

  /// The distribution with the given degrees of freedom.
  package init(degreesOfFreedom: Double) { self.degreesOfFreedom = degreesOfFreedom }

  /// P(T ≤ `t`).
  package func cumulative(_ t: Double) -> Double { opd_t_below(t, degreesOfFreedom) }

  /// The t below which a share `p` lies, 0 < p < 1.
  package func quantile(_ p: Double) -> Double { opd_t_quantile(p, degreesOfFreedom) }

  /// P(|T| ≥ |`t`|).
  package func twoSided(_ t: Double) -> Double { 2 * cumulative(-abs(t)) }

  /// P(T ≤ `t`) when the numerator has mean `noncentrality` instead of 0; not a number if it does not converge.
  package func cumulative(_ t: Double, noncentrality: Double) -> Double {
    opd_noncentral_t_below(t, degreesOfFreedom, noncentrality)
  }
}

/// The standard normal distribution.
package enum StandardNormal {
  /// P(Z ≤ `z`).
  package static func cumulative(_ z: Double) -> Double { opd_normal_below(z) }

  /// The z below which a share `p` lies, 0 < p < 1.
  package static func quantile(_ p: Double) -> Double { opd_normal_quantile(p) }
}
