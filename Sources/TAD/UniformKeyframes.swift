package import Core
internal import Plugins

/// Frames at equal distances, the baseline every other selector has to beat.
///
/// Where frames last differently long, distances are those in time (`FrameSpacing.areUneven`); otherwise frames are counted.
///
/// `midpoint`: the middle of each of K equal parts, `⌊(i + ½)·F/K⌋`. `endpoints`: the first frame, the last frame and
/// K − 2 between, `⌊i·(F − 1)/(K − 1)⌋`, which is what `linspace(0, F − 1, K)` truncated to whole numbers gives. The two
/// conventions score up to 15 % apart, so the name of the one that was used belongs to every result.
package struct UniformKeyframes: VideoSelector {
  /// Which convention places the frames.
  package enum Placement: String, Codable, Sendable, CaseIterable {
    /// The middle of each of K equal parts.
    case midpoint
    /// From the first frame to the last.
    case endpoints
  }

  /// What can be set.
  package struct Parameters: PluginParameters, Hashable, FrameBudget {
    /// K: how many frames to keep.
    package var budget: Int?
    /// δ: the share of the frames to keep, instead of a budget.
    package var ratio: Double?
    /// Which convention places the frames.
    package var placement = Placement.midpoint

    /// Half of the frames, each in the middle of its part.
    package init() {}

    /// One line a parameter.
    package static let keys = budgetKeys.merging([
      "placement": .choice(
        UniformKeyframes.Placement.self,
        "midpoint (the middle of each of K parts) or endpoints (first to last frame).")
    ]) { $1 }
  }

  /// What was set.
  package let parameters: Parameters

  /// A selector with these parameters.
  ///
  /// - Throws: `KeyframeError` for a budget or ratio out of range.
  package init(_ parameters: Parameters = Parameters()) throws {
    try parameters.checkBudget(of: "uniform")
    self.parameters = parameters
  }

  /// The frames that a convention keeps.
  ///
  /// - Parameters:
  ///   - count: K; all frames where there are fewer.
  ///   - frames: F.
  ///   - placement: The convention.
  /// - Returns: `min(K, F)` frames, ascending.
  package static func indices(_ count: Int, of frames: Int, placement: Placement) -> [Int] {
    let count = min(count, frames)
    switch placement {
    case .midpoint: return (0..<count).map { (2 * $0 + 1) * frames / (2 * count) }
    case .endpoints:
      return count == 1 ? [0] : (0..<count).map { $0 * (frames - 1) / (count - 1) }
    }
  }

  /// The frames that are shown at equally distant times, for a video whose frames last differently long.
  ///
  /// - Parameters:
  ///   - count: K; all frames where there are fewer.
  ///   - times: When each frame is first shown, in seconds, ascending.
  ///   - placement: The convention, applied to times.
  /// - Returns: `min(K, F)` frames, ascending; where several times fall on one frame, those after it.
  static func indices(_ count: Int, at times: [Double], _ placement: Placement) -> [Int] {
    let count = min(count, times.count)
    guard let first = times.first, let last = times.last, count > 0 else { return [] }
    let end = last + FrameSpacing.typicalStep(times)
    var chosen: [Int] = []
    for part in 0..<count {
      let share =
        placement == .midpoint
        ? (Double(part) + 0.5) / Double(count)
        : count == 1 ? 0 : Double(part) / Double(count - 1)
      let time = first + share * ((placement == .midpoint ? end : last) - first)
      let shown = times.lastIndex { $0 <= time } ?? 0
      let earliest = (chosen.last ?? -1) + 1
      chosen.append(min(max(shown, earliest), times.count - (count - part)))
    }
    return chosen
  }

  /// Times alone.
  package var reads: FrameDetail { .times }

  /// Chooses frames of one video by its times; its features are not read.
  package func select(
    _ features: FrameFeatures, video: String, seed: Seed
  ) throws -> KeyframeSelection {
    try features.refuseEmpty(video: video)
    let count = parameters.kept(of: features.frames)
    let times = features.timestamps
    guard times.count == features.frames, FrameSpacing.areUneven(times) else {
      return KeyframeSelection(
        indices: Self.indices(count, of: features.frames, placement: parameters.placement))
    }
    return KeyframeSelection(indices: Self.indices(count, at: times, parameters.placement))
  }
}
