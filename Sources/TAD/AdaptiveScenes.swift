package import Core
internal import Plugins

/// Scenes by content against its surroundings: a cut is where the picture changes much more than just before and after.
///
/// `r_t = c_t / mean(c_{t−2}, c_{t−1}, c_{t+1}, c_{t+2})`, at most 255, with c of `ContentScenes`; a cut is where
/// `r_t ≥ 3` and `c_t ≥ 15`. A moving camera, which changes every frame, makes no cuts. At the ends of the video the
/// neighbours there are count.
///
/// Source: PySceneDetect's `detect-adaptive`.
package struct AdaptiveScenes: VideoSelector, SceneRule {
  /// What can be set.
  package struct Parameters: PluginParameters, Hashable, FrameBudget {
    /// K: how many scenes to make; without it and without a ratio, as many as are found.
    package var budget: Int?
    /// δ: scenes as a share of the frames, instead of a budget.
    package var ratio: Double?
    /// How many times the change of the neighbours is a cut.
    package var threshold = 3.0
    /// How large a change must be all the same.
    package var minimumContent = 15.0
    /// How many neighbours on each side are compared with.
    package var window = 2
    /// How many frames a scene has at least.
    package var minimumScene = 15
    /// Which frame stands for a scene.
    package var pick = ScenePick.start

    /// The published settings.
    package init() {}

    /// One line a parameter.
    package static let keys = budgetKeys.merging([
      "threshold": .real(.above(0), "How many times the neighbours' change is a cut."),
      "minimumContent": .real(0..., "How large a mean absolute change must be all the same."),
      "window": .integer(
        1..., "How many neighbours on each side are compared with.", unit: "frames"),
      "minimumScene": .integer(1..., "How many frames a scene has at least.", unit: "frames"),
      "pick": .choice(ScenePick.self, "start or middle: which frame stands for a scene."),
    ]) { $1 }
  }

  /// What was set.
  package let parameters: Parameters

  /// A selector with these parameters.
  ///
  /// - Throws: `KeyframeError` for a parameter out of range.
  package init(_ parameters: Parameters = Parameters()) throws {
    try parameters.checkBudget(of: "adaptive")
    try checkScenes("adaptive", minimum: parameters.minimumScene, threshold: parameters.threshold)
    if parameters.window < 1 {
      throw KeyframeError.parameter(
        selector: "adaptive", name: "window", value: "\(parameters.window)", allowed: "at least 1")
    }
    self.parameters = parameters
  }

  /// How many times the mean change of its neighbours each frame changes.
  package func ratios(content: [Double]) -> [Double] {
    content.indices.map { frame in
      guard frame > 0 else { return 0 }
      let before = content[max(1, frame - parameters.window)..<frame]
      let after = content[frame + 1..<min(content.count, frame + parameters.window + 1)]
      let count = before.count + after.count
      let mean = count == 0 ? 0 : (before.reduce(0, +) + after.reduce(0, +)) / Double(count)
      if mean > 0 { return min(255, content[frame] / mean) }
      return content[frame] >= parameters.minimumContent ? 255 : 0
    }
  }

  /// Where the change is a cut.
  package func cuts(content: [Double]) -> [Int] {
    let ratios = ratios(content: content)
    let large = content.indices.filter {
      ratios[$0] >= parameters.threshold && content[$0] >= parameters.minimumContent
    }
    return spaced(large, minimum: parameters.minimumScene)
  }

  /// Chooses frames by the change of each frame's content, F numbers; `scores` are the ratios.
  package func select(content: [Double], cost: SelectionCost) -> KeyframeSelection {
    let ratios = ratios(content: content)
    // Ratios rank only frames with a change worth the name: in a still picture they are noise.
    let ranked = content.indices.map {
      content[$0] >= parameters.minimumContent ? ratios[$0] : ratios[$0] / 1e6
    }
    let scenes = SceneBoundaries(scores: ranked, cuts: cuts(content: content))
    let count = parameters.asked(of: content.count)
    return KeyframeSelection(
      indices: scenes.keyframes(count, pick: parameters.pick), scores: ratios, apexes: scenes.cuts,
      cost: cost)
  }
}
