package import Core
internal import Plugins

/// Frames drawn uniformly without replacement: the placebo of every comparison.
///
/// The stream is derived from the seed and the name of the video, so a video gets the same frames in whatever batch it comes.
package struct RandomKeyframes: VideoSelector {
  /// What can be set.
  package struct Parameters: PluginParameters, Hashable, FrameBudget {
    /// K: how many frames to keep.
    package var budget: Int?
    /// δ: the share of the frames to keep, instead of a budget.
    package var ratio: Double?

    /// Half of the frames.
    package init() {}

    /// One line a parameter.
    package static let keys = budgetKeys
  }

  /// What was set.
  package let parameters: Parameters

  /// A selector with these parameters.
  ///
  /// - Throws: `KeyframeError` for a budget or ratio out of range.
  package init(_ parameters: Parameters = Parameters()) throws {
    try parameters.checkBudget(of: "random")
    self.parameters = parameters
  }

  /// Times alone.
  package var reads: FrameDetail { .times }

  /// Draws frames of one video; its features are not read.
  package func select(
    _ features: FrameFeatures, video: String, seed: Seed
  ) throws -> KeyframeSelection {
    try features.refuseEmpty(video: video)
    var generator = seed.derived("random keyframes of \(video)").generator()
    var frames = Array(0..<features.frames)
    let count = parameters.kept(of: features.frames)
    // The first K steps of a Fisher-Yates shuffle.
    for place in 0..<count {
      frames.swapAt(place, place + generator.integer(below: frames.count - place))
    }
    return KeyframeSelection(indices: frames[..<count].sorted())
  }
}
