package import Core

/// Temporal Apex Distillation: keeps the frames around which the features turn fastest.
///
/// 1. variation: `s_t = 1 − cos(f_t, f_{t−1})`
/// 2. inflection: t is an apex if `s_t` is the largest of its window of W frames, the first of equals
/// 3. boost: `s'_t = s_t·ω` at an apex (or `s_t + ω`)
/// 4. keep the K best by `s'`, sorted back into time order; of frames that score as the K-th evenly spread ones, so that a
///    still video is not shown by its first frames
/// 5. pick the kept frames themselves, or the middle of the stretch each of them opens
///
/// There is no coverage term: report the largest gap beside any result (`KeyframeQuality.coverage`).
///
/// Source: ChronoForge-RL, arXiv:2509.15800, §3.2.
package struct TemporalApexDistillation: VideoSelector {
  /// What was set.
  package let parameters: Parameters

  /// A selector with these parameters.
  ///
  /// - Throws: `KeyframeError` for a parameter out of range.
  package init(_ parameters: Parameters = Parameters()) throws {
    try parameters.check()
    self.parameters = parameters
  }

  /// Chooses frames of one video by its features.
  ///
  /// - Parameters:
  ///   - features: F frames × N tokens × C channels with their times.
  ///   - video: The name of the video, for messages.
  ///   - seed: Not used.
  /// - Returns: K frames; `scores` are the boosted scores.
  /// - Throws: `KeyframeError.notFinite` with the frame, `KeyframeError.noFrames`.
  /// - Complexity: O(F·N·C), one pass over the features.
  package func select(
    _ features: FrameFeatures, video: String, seed: Seed = Seed(0)
  ) throws -> KeyframeSelection {
    try result(
      features.values, in: features.values.indices, tokensPerFrame: features.tokensPerFrame,
      channels: features.channels, video: video
    ).get()
  }

  /// Frames by how they differ.
  package var reads: FrameDetail { .curves }

  /// Chooses frames of a video by how they differ.
  package func select(curves: FrameCurves, of prompt: Prompt, seed: Seed) -> KeyframeSelection {
    select(
      variation: curves.variation(parameters.features, parameters.firstFrame),
      cost: cost(
        frames: curves.frames, tokensPerFrame: curves.tokensPerFrame, channels: curves.channels))
  }

  /// Chooses frames by their features, given as F·N·C plain numbers of any precision.
  ///
  /// - Parameters:
  ///   - values: F·N·C finite numbers, row-major.
  ///   - tokensPerFrame: N.
  ///   - channels: C.
  /// - Returns: K frames; `scores` are the boosted scores.
  /// - Precondition: `values` is a whole number of frames, and at least one.
  package func select<Value: BinaryFloatingPoint>(
    values: [Value], tokensPerFrame: Int, channels: Int
  ) -> KeyframeSelection {
    select(
      variation: variation(
        values, tokensPerFrame: tokensPerFrame, channels: channels, reading: parameters.features,
        firstFrame: parameters.firstFrame))
  }

  /// Chooses frames by their variation: steps 2 to 5.
  ///
  /// - Parameters:
  ///   - variation: `s_t` of each frame, F of them, finite.
  ///   - cost: What finding the variation cost.
  /// - Returns: K frames; `scores` are the boosted scores.
  /// - Precondition: There is at least one frame.
  /// - Complexity: O(F·(W + log K)).
  package func select(
    variation: [Double], cost: SelectionCost = SelectionCost(framesScanned: 0, flops: 0)
  ) -> KeyframeSelection {
    let (scores, apexes, kept) = ranked(variation)
    return KeyframeSelection(
      indices: parameters.picked(kept, of: variation.count), scores: scores, apexes: apexes,
      cost: cost, gates: parameters.straightThrough ? kept.map { scores[$0] } : nil)
  }

  /// Steps 2 to 4: boosted scores, apexes, and the kept frames in time order.
  ///
  /// - Precondition: There is at least one frame.
  func ranked(_ variation: [Double]) -> (scores: [Double], apexes: [Int], kept: [Int]) {
    precondition(!variation.isEmpty, "There are no frames to choose from.")
    let apexes = TAD.apexes(of: variation, window: parameters.window)
    var scores = variation
    for apex in apexes { scores[apex] = parameters.boosted(variation[apex]) }
    var best = BestFrames(capacity: parameters.kept(of: variation.count), spreading: true)
    let forced = parameters.firstFrame == .keep
    for (frame, score) in scores.enumerated() {
      best.offer(RankedFrame(frame: frame, score: score, isForced: forced && frame == 0))
    }
    return (scores, apexes, best.inTimeOrder.map(\.frame))
  }
}
