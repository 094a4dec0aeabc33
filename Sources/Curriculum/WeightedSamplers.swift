internal import Foundation
package import Core

/// Draws without replacement with `p ∝ exp(−(δ − c)²/2σ²)`: prompts about as hard as `c` says, not only the hardest.
///
/// Over disagreement with c .9 and σ .2 it is Video-OPD's GWDS; over the student's own quality with μ .3 (TimeLens: .05) and σ .2,
/// the Gaussian difficulty sampling of the literature.
package struct GaussianSampler: CandidateSampler, Hashable {
  /// c or μ: the score that is drawn most.
  package let center: Double
  /// σ, above 0.
  package let width: Double
  /// Its name.
  package let name: String

  /// A sampler.
  ///
  /// - Throws: `CurriculumError.parameter` for numbers out of range.
  package init(center: Double, width: Double, name: String = "gaussian") throws {
    try check(name, "center", center, "a finite number") { $0.isFinite }
    try check(name, "width", width, "a finite number above 0") { $0 > 0 && $0.isFinite }
    self.center = center
    self.width = width
    self.name = name
  }

  /// The probability of each candidate to be drawn first.
  package func probabilities(_ scores: [Double]) -> [Double] {
    let logits = scores.map(logWeight)
    let top = logits.max() ?? 0
    let weights = logits.map { exp($0 - top) }
    let sum = weights.reduce(0, +)
    return weights.map { $0 / sum }
  }

  /// Draws one after the other, in the order drawn.
  package func choose(_ budget: Int, from scores: [Double], seed: Seed) -> [Int] {
    drawn(budget, logWeights: scores.map(logWeight), seed: seed.derived("gaussian"))
  }

  /// Clamped, so that a score however far away still has a rank among its like.
  private func logWeight(_ score: Double) -> Double {
    let distance = (score - center) / width
    return max(-0.5 * distance * distance, -Double.greatestFiniteMagnitude)
  }
}

/// Draws without replacement in proportion to the score, with a share of uniform exploration.
///
/// `p_i = (1 − ε)·max(s_i, 0)/Σ_j max(s_j, 0) + ε/n`; uniform where no score is above 0.
package struct ProportionalSampler: CandidateSampler, Hashable {
  /// ε, above 0 and at most 1.
  package let exploration: Double

  /// A sampler.
  ///
  /// - Throws: `CurriculumError.parameter` for an ε out of range.
  package init(exploration: Double = 0.2) throws {
    try check("learningProgress", "exploration", exploration, "above 0 and at most 1") {
      $0 > 0 && $0 <= 1
    }
    self.exploration = exploration
  }

  /// Its name.
  package var name: String { "proportional draws" }

  /// The probability of each candidate to be drawn first.
  package func probabilities(_ scores: [Double]) -> [Double] {
    let top = scores.max() ?? 0
    let uniform = 1 / Double(scores.count)
    guard top > 0 else { return scores.map { _ in uniform } }
    // Over the largest, so that the sum is finite.
    let weights = scores.map { max($0 / top, 0) }
    let sum = weights.reduce(0, +)
    return weights.map { (1 - exploration) * $0 / sum + exploration * uniform }
  }

  /// Draws one after the other, in the order drawn.
  package func choose(_ budget: Int, from scores: [Double], seed: Seed) -> [Int] {
    drawn(
      budget, logWeights: probabilities(scores).map { log($0) },
      seed: seed.derived("proportional"))
  }
}

/// Successive draws without replacement: the largest of log-weight plus Gumbel noise, largest first.
///
/// This has exactly the distribution of drawing one after the other and renormalising, at the cost of one sort.
///
/// Source: Kool, van Hoof & Welling, "Stochastic beams and where to find them", ICML 2019 (the Gumbel-top-k trick).
private func drawn(_ budget: Int, logWeights: [Double], seed: Seed) -> [Int] {
  var generator = seed.generator()
  let keys = logWeights.map { $0 + generator.gumbel() }
  return Array(ranking(keys, seed: seed).prefix(budget))
}
