package import Core
internal import Plugins

extension TemporalApexDistillation {
  /// What an apex does to its score.
  package enum Boost: String, Codable, Sendable, CaseIterable {
    /// `s·ω`.
    case multiply
    /// `s + ω`.
    case add
  }

  /// Which frame of a kept stretch is picked.
  package enum Pick: String, Codable, Sendable, CaseIterable {
    /// The frame that was ranked.
    case apex
    /// The middle of the stretch from a kept frame up to the next one, or to the end of the video.
    case midpoint
  }

  /// What can be set of TAD.
  package struct Parameters: PluginParameters, Hashable, FrameBudget {
    /// K: how many frames to keep.
    package var budget: Int?
    /// δ: the share of the frames to keep, instead of a budget; .5 where neither is given.
    package var ratio: Double?
    /// How the token rows of a frame are compared with those of the frame before.
    package var features = FeatureReading.perToken
    /// What frame 0, which has no predecessor, gets.
    package var firstFrame = FirstFrame.zero
    /// W: over how many frames an apex must be the largest; odd.
    package var window = 3
    /// What an apex does to its score.
    package var boost = Boost.multiply
    /// ω: the boost of an apex; 1 with `multiply` and 0 with `add` switch it off.
    package var omega = 2.0
    /// Which frame of a kept stretch is picked.
    package var pick = Pick.apex
    /// Whether the kept rows are multiplied by their scores, so that gradients reach the scores too.
    package var straightThrough = false

    /// The paper's: δ .5, ω 2, a window of 3.
    package init() {}

    /// One line a parameter.
    package static let keys = budgetKeys.merging([
      "features": .choice(
        FeatureReading.self,
        "pooled, perToken or flattened: how the token rows of neighbours are compared."),
      "firstFrame": .choice(
        FirstFrame.self, "zero, copy (of the second frame's variation) or keep (always kept)."),
      "window": .integer(
        1..., "Over how many frames an apex must be the largest (W, odd).", unit: "frames"),
      "boost": .choice(
        TemporalApexDistillation.Boost.self,
        "multiply (s·ω) or add (s + ω): what an apex does to its score."),
      "omega": .real(0..., "The boost of an apex (ω)."),
      "pick": .choice(
        TemporalApexDistillation.Pick.self,
        "apex, or midpoint: the middle of the stretch that a kept frame opens."),
      "straightThrough": .flag(
        "Whether kept rows are multiplied by their scores (not in the paper)."),
    ]) { $1 }
  }
}

extension TemporalApexDistillation.Parameters {
  func check() throws(KeyframeError) {
    try checkBudget(of: "tad")
    if window < 1 || window % 2 == 0 {
      throw .parameter(
        selector: "tad", name: "window", value: "\(window)", allowed: "odd and at least 1")
    }
    if !(omega >= 0 && omega.isFinite) {
      throw .parameter(
        selector: "tad", name: "omega", value: "\(omega)", allowed: "a finite number of at least 0")
    }
  }

  /// The score of an apex.
  func boosted(_ variation: Double) -> Double {
    switch boost {
    case .multiply: variation * omega
    case .add: variation + omega
    }
  }

  /// A frame as it is ranked: by its score, but frame 0 comes first where it must be kept.
  func ranked(_ frame: Int, variation: Double, isApex: Bool) -> RankedFrame {
    RankedFrame(
      frame: frame, score: isApex ? boosted(variation) : variation, isApex: isApex,
      isForced: frame == 0 && firstFrame == .keep)
  }

  /// The picked frames of kept ones, both ascending.
  func picked(_ kept: [Int], of frames: Int) -> [Int] {
    guard pick == .midpoint else { return kept }
    return kept.indices.map { place in
      let end = place + 1 < kept.count ? kept[place + 1] : frames
      return (kept[place] + end - 1) / 2
    }
  }
}
