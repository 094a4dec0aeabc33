package import Core
internal import Plugins

/// Segments between peaks of the variation, each seen through its middle frame (DIG's content-adaptive frames).
///
/// A peak is a frame whose variation `1 − cos` stands out by at least `prominence` from the lower of the two valleys
/// beside it. Without a budget every segment gives a frame; with one, the most prominent peaks cut, then other peaks by
/// prominence, then other frames.
///
/// Source: DIG, arXiv:2512.04000, with the peaks and prominences of `scipy.signal.find_peaks`.
package struct PeakSegments: VideoSelector {
  /// What can be set.
  package struct Parameters: PluginParameters, Hashable, FrameBudget {
    /// K: how many frames to keep; without it and without a ratio, one a segment.
    package var budget: Int?
    /// δ: the share of the frames to keep, instead of a budget.
    package var ratio: Double?
    /// By how much a peak must stand out.
    package var prominence = 0.1
    /// How the token rows of neighbouring frames are compared.
    package var features = FeatureReading.pooled

    /// The published settings.
    package init() {}

    /// One line a parameter.
    package static let keys = budgetKeys.merging([
      "prominence": .real(
        0..., "By how much a peak of 1 − cos must stand out from its valleys to cut."),
      "features": .choice(
        FeatureReading.self, "pooled, perToken or flattened: how neighbouring frames are compared."),
    ]) { $1 }
  }

  /// What was set.
  package let parameters: Parameters

  /// A selector with these parameters.
  ///
  /// - Throws: `KeyframeError` for a parameter out of range.
  package init(_ parameters: Parameters = Parameters()) throws {
    try parameters.checkBudget(of: "dig")
    if !(parameters.prominence >= 0 && parameters.prominence.isFinite) {
      throw KeyframeError.parameter(
        selector: "dig", name: "prominence", value: "\(parameters.prominence)",
        allowed: "at least 0")
    }
    self.parameters = parameters
  }

  /// Chooses frames of one video; `scores` are prominences, 0 where there is no peak.
  package func select(
    _ features: FrameFeatures, video: String, seed: Seed
  ) throws -> KeyframeSelection {
    try features.refuseEmpty(video: video)
    try features.refuseNotFinite(video: video)
    let variation = features.variation(reading: parameters.features)
    let cost = SelectionCost(
      framesScanned: features.frames, flops: 4 * Double(features.values.count))
    return select(variation: variation, cost: cost)
  }

  /// Frames by how they differ.
  package var reads: FrameDetail { .curves }

  /// Chooses frames of a video by how they differ.
  package func select(curves: FrameCurves, of prompt: Prompt, seed: Seed) -> KeyframeSelection {
    select(
      variation: curves.variation(parameters.features, .zero),
      cost: curves.cost(flopsPerFrame: 4 * curves.tokensPerFrame * curves.channels))
  }

  /// Chooses frames by their variation, F numbers.
  package func select(variation: [Double], cost: SelectionCost) -> KeyframeSelection {
    let prominences = peakProminences(variation)
    let cuts = variation.indices.dropFirst().filter { frame in
      prominences[frame] > 0 && prominences[frame] >= parameters.prominence
    }
    let count = parameters.asked(of: variation.count)
    // Prominence first; among frames that are no peaks the variation, far below every prominence.
    let ranked = variation.indices.map { prominences[$0] + 1e-9 * variation[$0] }
    let segments = SceneBoundaries(scores: ranked, cuts: cuts)
    return KeyframeSelection(
      indices: segments.keyframes(count, pick: .middle), scores: prominences, apexes: cuts,
      cost: cost)
  }
}

/// By how much each peak stands out from the higher of the two lowest points on its way to higher ground; 0 elsewhere.
///
/// A flat peak counts at its middle; the first and the last frame are no peaks.
func peakProminences(_ values: [Double]) -> [Double] {
  var prominences = [Double](repeating: 0, count: values.count)
  var frame = 1
  while frame + 1 < values.count {
    var end = frame
    while end + 1 < values.count, values[end + 1] == values[frame] { end += 1 }
    if values[frame - 1] < values[frame], end + 1 < values.count, values[end + 1] < values[frame] {
      let peak = (frame + end) / 2
      let left = lowest(values[..<frame].reversed(), below: values[peak])
      let right = lowest(values[(end + 1)...], below: values[peak])
      prominences[peak] = values[peak] - max(left, right)
    }
    frame = end + 1
  }
  return prominences
}

/// The lowest value before the first that exceeds `height`.
private func lowest(_ values: some Sequence<Double>, below height: Double) -> Double {
  var lowest = height
  for value in values {
    if value > height { break }
    lowest = min(lowest, value)
  }
  return lowest
}
