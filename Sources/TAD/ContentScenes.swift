package import Core
internal import Plugins

/// Scenes by content: a cut is where the picture changes by more than a threshold.
///
/// `c_t = mean |x_t − x_{t−1}|` over all numbers of a frame. Of a video the numbers are hue, saturation and value of its
/// pixels (0 … 180, 0 … 255, 0 … 255) and the threshold of 27 is the published one; of a feature file they are whatever
/// it holds, and the threshold has to suit.
///
/// Source: PySceneDetect's `detect-content` with equal weights and without edges, cuts nearer than `minimumScene` dropped.
package struct ContentScenes: VideoSelector, SceneRule {
  /// What can be set.
  package struct Parameters: PluginParameters, Hashable, FrameBudget {
    /// K: how many scenes to make; without it and without a ratio, as many as are found.
    package var budget: Int?
    /// δ: scenes as a share of the frames, instead of a budget.
    package var ratio: Double?
    /// How large a change is a cut.
    package var threshold = 27.0
    /// How many frames a scene has at least.
    package var minimumScene = 15
    /// Which frame stands for a scene.
    package var pick = ScenePick.start

    /// The published settings.
    package init() {}

    /// One line a parameter.
    package static let keys = budgetKeys.merging([
      "threshold": .real(
        .above(0), "How large a mean absolute change is a cut; 27 for hue, saturation and value."),
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
    try parameters.checkBudget(of: "content")
    try checkScenes("content", minimum: parameters.minimumScene, threshold: parameters.threshold)
    self.parameters = parameters
  }

  /// Where the change is a cut.
  package func cuts(content: [Double]) -> [Int] {
    let large = content.indices.dropFirst().filter { content[$0] >= parameters.threshold }
    return spaced(large, minimum: parameters.minimumScene)
  }

  /// Chooses frames by the change of each frame's content, F numbers.
  package func select(content: [Double], cost: SelectionCost) -> KeyframeSelection {
    let scenes = SceneBoundaries(scores: content, cuts: cuts(content: content))
    let count = parameters.asked(of: content.count)
    return KeyframeSelection(
      indices: scenes.keyframes(count, pick: parameters.pick), scores: content, apexes: scenes.cuts,
      cost: cost)
  }
}

/// A rule that finds cuts from how much the content of each frame changes.
package protocol SceneRule: VideoSelector {
  /// The frames at which a new scene begins.
  ///
  /// - Parameter content: How much each frame differs from the one before, F numbers; the first is 0.
  /// - Returns: The cuts, ascending, without frame 0.
  func cuts(content: [Double]) -> [Int]

  /// Chooses frames by how much the content of each frame changes.
  ///
  /// - Parameters:
  ///   - content: How much each frame differs from the one before, F numbers; the first is 0.
  ///   - cost: What finding that out cost.
  /// - Returns: The selection; its `apexes` are the cuts.
  func select(content: [Double], cost: SelectionCost) -> KeyframeSelection
}

extension SceneRule {
  /// How content changes.
  package var reads: FrameDetail { .curves }

  /// Chooses frames by the change of content of each picture.
  package func select(curves: FrameCurves, of prompt: Prompt, seed: Seed) -> KeyframeSelection {
    select(
      content: curves.content, cost: curves.cost(flopsPerFrame: curves.pictureNumbers))
  }

  /// Chooses frames of one video by how much its features change.
  package func select(
    _ features: FrameFeatures, video: String, seed: Seed
  ) throws -> KeyframeSelection {
    try features.refuseEmpty(video: video)
    try features.refuseNotFinite(video: video)
    let cost = SelectionCost(
      framesScanned: features.frames, flops: 3 * Double(features.values.count))
    return select(content: contentChanges(features), cost: cost)
  }
}

extension FrameBudget {
  /// How many frames are asked for; `nil` where neither a budget nor a ratio is.
  func asked(of frames: Int) -> Int? { budget == nil && ratio == nil ? nil : kept(of: frames) }
}

/// The mean absolute difference of each frame's numbers from those of the frame before; 0 for the first.
func contentChanges(_ features: FrameFeatures) -> [Double] {
  let stride = features.stride
  return (0..<features.frames).map { frame in
    guard frame > 0 else { return 0 }
    var sum = 0.0
    for index in frame * stride..<(frame + 1) * stride {
      sum += Double(abs(features.values[index] - features.values[index - stride]))
    }
    return sum / Double(stride)
  }
}

/// Refuses a minimum below 1 and a threshold that no difference can reach or all do.
func checkScenes(_ selector: String, minimum: Int, threshold: Double) throws(KeyframeError) {
  if minimum < 1 {
    throw .parameter(
      selector: selector, name: "minimumScene", value: "\(minimum)", allowed: "at least 1")
  }
  if !(threshold > 0 && threshold.isFinite) {
    throw .parameter(
      selector: selector, name: "threshold", value: "\(threshold)", allowed: "above 0")
  }
}
