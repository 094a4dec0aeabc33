public import Core

/// Frames drawn uniformly without replacement: the placebo of every comparison.
///
/// The stream is derived from the seed and the name of the video, so a video gets the same frames in whatever batch it comes.
public struct RandomKeyframes: VideoSelector {
  /// What can be set.
  public struct Parameters: Codable, Sendable, Hashable, FrameBudget {
    /// K: how many frames to keep.
    public var budget: Int?
    /// δ: the share of the frames to keep, instead of a budget.
    public var ratio: Double?

    /// Half of the frames.
    public init() {}

    /// One line a parameter.
    public static let keys = budgetKeys
  }

  /// What was set.
  public let parameters: Parameters

  /// A selector with these parameters.
  ///
  /// - Throws: `KeyframeError` for a budget or ratio out of range.
  public init(_ parameters: Parameters = Parameters()) throws {
    try parameters.checkBudget(of: "random")
    self.parameters = parameters
  }

  /// Times alone.
  public var reads: FrameDetail { .times }

  /// Draws frames of one video; its features are not read.
  public func select(
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
