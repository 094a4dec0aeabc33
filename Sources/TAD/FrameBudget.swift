internal import Core

/// How many frames a selector keeps: a fixed budget K, or a share δ of the frames.
package protocol FrameBudget {
  /// K: how many frames to keep, at least 1; all of them where the video has fewer.
  var budget: Int? { get }

  /// δ: the share of the frames to keep, within 0 ..< 1 or 1 itself.
  var ratio: Double? { get }
}

extension FrameBudget {
  /// How many of `frames` frames are kept: `min(F, K)`, or `max(1, ⌊δF⌋)`.
  ///
  /// Without a budget and without a ratio the ratio is .5, the paper's.
  ///
  /// Source: ChronoForge-RL, arXiv:2509.15800, §3.2.
  package func kept(of frames: Int) -> Int {
    if let budget { return min(frames, budget) }
    return max(1, min(frames, Int((ratio ?? 0.5) * Double(frames))))
  }

  /// Refuses a budget below 1, a ratio outside (0, 1], and both at once.
  package func checkBudget(of selector: String) throws(KeyframeError) {
    if let budget, let ratio {
      throw .budgetAndRatio(selector: selector, budget: budget, ratio: ratio)
    }
    if let budget, budget < 1 {
      throw .parameter(
        selector: selector, name: "budget", value: "\(budget)", allowed: "at least 1")
    }
    if let ratio, !(ratio > 0 && ratio <= 1) {
      throw .parameter(
        selector: selector, name: "ratio", value: "\(ratio)", allowed: "above 0 and at most 1")
    }
  }
}

/// What the parameters of a frame budget mean, for every selector that has one.
let budgetKeys: [String: KeyDeclaration] = [
  "budget": .integer(
    1..., "How many frames to keep (K); all of them where a video has fewer.", unit: "frames"),
  "ratio": .real(
    .above(0, to: 1), "The share of the frames to keep (δ), instead of a budget: max(1, ⌊δF⌋)."),
]
