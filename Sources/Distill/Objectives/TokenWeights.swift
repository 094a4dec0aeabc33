/// `w_t = 1 + γ(1 − Σ_{i<t}|a_i| / Σ_i|a_i|)`: 1 + γ at the first token, falling as disagreement is used up.
///
/// - Parameters:
///   - advantages: a, one a token.
///   - gamma: γ.
/// - Returns: One weight a token; all 1 + γ where every advantage is 0.
func importanceDecay(_ advantages: [Double], gamma: Double) -> [Double] {
  let total = advantages.reduce(0) { $0 + abs($1) }
  var used = 0.0
  return advantages.map { a in
    defer { used += abs(a) }
    return 1 + gamma * (1 - (total > 0 ? used / total : 0))
  }
}

/// TW-GRPO's weight of each position of a group, from the log-probabilities of the sampled tokens.
///
/// `w_t = 1 + (α − 1)·minmax_t(KL_t)`, `KL_t = mean_i(e^{m−ℓ_i} − (m − ℓ_i) − 1)`, m the mean of ℓ_i over the group's
/// members that have a token t; m − ℓ is kept within ±11. The published code sums over the vocabulary and pads short
/// responses with a uniform distribution; here each position uses the sampled tokens that exist.
///
/// - Parameters:
///   - logProbabilities: ℓ_i, one array a response, nats.
///   - alpha: α, the largest weight.
/// - Returns: One weight a position of the longest response.
///
/// Source: TW-GRPO, arXiv:2505.24718.
func tokenKLWeights(_ logProbabilities: [[Double]], alpha: Double) -> [Double] {
  let longest = logProbabilities.map(\.count).max() ?? 0
  let divergences = (0..<longest).map { t in
    let present = logProbabilities.compactMap { t < $0.count ? $0[t] : nil }
    let centre = mean(of: present)
    return mean(
      of: present.map { logProbability in
        let d = min(max(centre - logProbability, -11), 11)
        return exponentialOf(d) - d - 1
      })
  }
  guard let low = divergences.min(), let high = divergences.max(), high > low else {
    return [Double](repeating: 1, count: longest)
  }
  return divergences.map { 1 + (alpha - 1) * ($0 - low) / (high - low + 1e-8) }
}

/// How far to shift the advantages of each answer of a group so that right ones are at least δ above wrong ones.
///
/// - Parameters:
///   - meanAdvantages: The mean advantage of each answer, nats.
///   - right: Which answers are right.
///   - delta: δ.
/// - Returns: + half the deficit for right answers, − half for wrong ones; zeros where the order is as it should be, or
///   where there is only one kind.
///
/// Source: Uni-OPD, order consistency.
func orderConsistencyShifts(
  meanAdvantages: [Double], right: [Bool], delta: Double
) -> [Double] {
  let rightOnes = zip(meanAdvantages, right).compactMap { $1 ? $0 : nil }
  let wrongOnes = zip(meanAdvantages, right).compactMap { $1 ? nil : $0 }
  guard !rightOnes.isEmpty, !wrongOnes.isEmpty else {
    return meanAdvantages.map { _ in 0 }
  }
  let deficit = max(0, delta - (mean(of: rightOnes) - mean(of: wrongOnes)))
  return right.map { $0 ? deficit / 2 : -deficit / 2 }
}
