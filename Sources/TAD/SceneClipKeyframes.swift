package import Core
internal import Plugins

/// K-frames without its trained model: scenes become clips, their relevance their priority, and frames are drawn from them.
///
/// 1. a scene begins where the difference of neighbouring frames exceeds its mean by `deviations` standard deviations
/// 2. a scene's relevance is the mean similarity of its frames with the query, or its mean variation after its cut; scaled to 0 … 1 over
///    the scenes, it makes the scene P1 from `first` on, P2 from `second` on, and leaves it out below
/// 3. `AnyKeyframes` draws the frames
///
/// Source: K-frames, arXiv:2510.13891; the rules for scenes and priorities are ours, in place of its trained model.
package struct SceneClipKeyframes: KeyframeSelector {
  /// What makes a scene matter.
  package enum Relevance: String, Codable, Sendable, CaseIterable {
    /// The mean similarity of its frames with the query.
    case query
    /// The mean variation of its frames.
    case variation
  }

  /// What the difference of two frames is.
  package enum Difference: String, Codable, Sendable, CaseIterable {
    /// 1 − cosine of the mean rows.
    case cosine
    /// Half the sum of absolute differences of the mean rows scaled to sum 1: that of two histograms.
    case histogram
  }

  /// What was set.
  package let parameters: Parameters

  /// A selector with these parameters.
  ///
  /// - Throws: `KeyframeError` for a parameter out of range.
  package init(_ parameters: Parameters = Parameters()) throws {
    try parameters.check()
    self.parameters = parameters
  }

  /// Whether relevance is that to the query.
  package var looksAtQuery: Bool { parameters.relevance == .query }

  /// How frames differ, unless relevance is that to the query.
  package var reads: FrameDetail { looksAtQuery ? .features : .curves }

  /// Chooses frames of a video by how they differ; by its features where relevance is that to the query.
  package func select(
    curves: FrameCurves, of prompt: Prompt, seed: Seed
  ) throws -> KeyframeSelection {
    guard !looksAtQuery else { return try select(prompt) }
    return select(
      differences: curves.histogramChanges, relevance: curves.variation(.pooled, .copy),
      cost: curves.cost(flopsPerFrame: 3 * curves.channels))
  }

  /// Chooses frames for each prompt from its evidence.
  package func select(_ prompts: [Prompt], seed: Seed) throws -> [KeyframeSelection] {
    try prompts.map(select)
  }

  /// Chooses frames for one prompt; `scores` are the relevance of each frame.
  package func select(_ prompt: Prompt) throws -> KeyframeSelection {
    try prompt.evidence.refuseEmpty(video: prompt.video)
    try prompt.evidence.refuseNotFinite(video: prompt.video)
    let differences = differences(prompt.evidence)
    let relevance =
      looksAtQuery
      ? try prompt.querySimilarities(for: "k-frames")
      : prompt.evidence.variation(reading: .pooled, firstFrame: .copy)
    var cost = prompt.queryScanCost
    cost.flops *= 2
    return select(differences: differences, relevance: relevance, cost: cost)
  }

  /// Chooses frames by how neighbours differ and how much each frame matters, F numbers each.
  package func select(
    differences: [Double], relevance: [Double], cost: SelectionCost
  ) -> KeyframeSelection {
    let scenes = scenes(differences)
    let frames = differences.count
    let indices = parameters.drawing.indices(
      clips(scenes, relevance: relevance), budget: parameters.kept(of: frames), frames: frames)
    return KeyframeSelection(
      indices: indices, scores: relevance, apexes: scenes.dropFirst().map(\.lowerBound), cost: cost)
  }

  /// The scenes between large differences of neighbouring frames; together all frames.
  func scenes(_ differences: [Double]) -> [Range<Int>] {
    sceneRanges(differences, deviations: parameters.deviations)
  }

  /// The scenes that matter, as clips.
  func clips(_ scenes: [Range<Int>], relevance: [Double]) -> [KeyClip] {
    let means = scenes.map { scene in
      // The variation at a cut belongs to the cut: counted in, it makes the shortest scene the liveliest.
      let isAfterCut = parameters.relevance == .variation && scene.lowerBound > 0
      let frames = isAfterCut ? scene.dropFirst() : scene[...]
      return frames.isEmpty ? 0 : relevance[frames].reduce(0, +) / Double(frames.count)
    }
    let scaled = minMaxScaled(means)
    return zip(scenes, scaled).compactMap { scene, relevance in
      guard relevance >= parameters.second || scenes.count == 1 else { return nil }
      let priority: ClipPriority = relevance >= parameters.first ? .first : .second
      return KeyClip(start: scene.lowerBound, end: scene.upperBound, priority: priority)
    }
  }

  private func differences(_ features: FrameFeatures) -> [Double] {
    switch parameters.difference {
    case .cosine: features.variation(reading: .pooled)
    case .histogram: features.histogramChanges()
    }
  }
}

/// Half the sum of absolute differences: 0 for equal histograms of sum 1, 1 for disjoint ones.
package func histogramDifference(_ first: [Double], _ second: [Double]) -> Double {
  zip(first, second).reduce(0) { $0 + abs($1.0 - $1.1) } / 2
}

extension SceneClipKeyframes {
  /// What can be set.
  package struct Parameters: PluginParameters, Hashable, FrameBudget {
    /// K: how many frames to keep.
    package var budget: Int?
    /// δ: the share of the frames to keep, instead of a budget.
    package var ratio: Double?
    /// What the difference of two frames is.
    package var difference = Difference.cosine
    /// How many standard deviations above the mean a difference begins a scene.
    package var deviations = 2.0
    /// What makes a scene matter.
    package var relevance = Relevance.query
    /// From which relevance on, 0 … 1, a scene is P1.
    package var first = 0.7
    /// From which relevance on, 0 … 1, a scene is P2.
    package var second = 0.4
    /// The weight of P1 scenes.
    package var firstWeight = 1.0
    /// The weight of P2 scenes.
    package var secondWeight = 0.5
    /// Where the frames go.
    package var mode = ClipMode.focused
    /// ρ: the share of the budget outside the clips in hybrid mode.
    package var hybridShare = 0.25

    /// Half of the frames, by the query, inside clips only.
    package init() {}

    /// One line a parameter.
    package static let keys = budgetKeys.merging([
      "difference": .choice(
        SceneClipKeyframes.Difference.self,
        "cosine, or histogram (half the absolute differences of rows of sum 1)."),
      "deviations": .real(
        0..., "How many standard deviations above the mean a difference begins a scene."),
      "relevance": .choice(
        SceneClipKeyframes.Relevance.self,
        "query (mean similarity with it) or variation: what makes a scene matter."),
      "first": .real(0...1, "From which relevance on, scaled over the scenes, a scene is P1."),
      "second": .real(0...1, "From which relevance on a scene is P2; below it is left out."),
    ]) { $1 }.merging(AnyKeyframes.keys) { $1 }

    /// How frames are drawn from clips.
    var drawing: AnyKeyframes {
      AnyKeyframes(
        firstWeight: firstWeight, secondWeight: secondWeight, mode: mode, hybridShare: hybridShare)
    }

    func check() throws(KeyframeError) {
      try checkBudget(of: "k-frames")
      let shares = [("first", first), ("second", second), ("hybridShare", hybridShare)]
      for (name, value) in shares where !(0...1).contains(value) {
        throw .parameter(
          selector: "k-frames", name: name, value: "\(value)", allowed: "within 0 … 1")
      }
      let sizes = [
        ("firstWeight", firstWeight), ("secondWeight", secondWeight), ("deviations", deviations),
      ]
      for (name, value) in sizes where !(value >= 0 && value.isFinite) {
        throw .parameter(
          selector: "k-frames", name: name, value: "\(value)", allowed: "a number of at least 0")
      }
    }
  }
}
