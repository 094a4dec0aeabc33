public import Core

/// A selector that is blind to the query: a function of one video.
public protocol VideoSelector: KeyframeSelector {
  /// Chooses frames of one video.
  ///
  /// - Parameters:
  ///   - features: F frames × N tokens × C channels with their times.
  ///   - video: The name of the video, for messages and for the stream of selectors that draw.
  ///   - seed: The stream of selectors that draw; others ignore it.
  /// - Returns: The selection.
  /// - Throws: `KeyframeError` where the features cannot be used.
  func select(
    _ features: FrameFeatures, video: String, seed: Seed
  ) throws -> KeyframeSelection
}

extension VideoSelector {
  /// It does not look at the question.
  public var looksAtQuery: Bool { false }

  /// Chooses frames for each prompt from its evidence; prompts of one video in a row are selected once.
  public func select(_ prompts: [Prompt], seed: Seed) throws -> [KeyframeSelection] {
    var selections: [KeyframeSelection] = []
    for (index, prompt) in prompts.enumerated() {
      if index > 0, prompts[index - 1].video == prompt.video,
        prompts[index - 1].evidence == prompt.evidence
      {
        var repeated = selections[index - 1]
        repeated.cost = SelectionCost(framesScanned: 0, flops: 0)
        selections.append(repeated)
      } else {
        try prompt.evidence.refuseEmpty(video: prompt.video)
        selections.append(try select(prompt.evidence, video: prompt.video, seed: seed))
      }
    }
    return selections
  }
}

extension FrameFeatures {
  /// Refuses a video without frames.
  func refuseEmpty(video: String) throws(KeyframeError) {
    if frames == 0 { throw .noFrames(video: video) }
  }

  /// Refuses features that are not finite, naming the first frame that has one.
  ///
  /// - Complexity: O(F·N·C).
  func refuseNotFinite(video: String) throws(KeyframeError) {
    for frame in 0..<frames where !self[frame: frame].allSatisfy(\.isFinite) {
      throw .notFinite(video: video, frame: frame)
    }
  }
}
