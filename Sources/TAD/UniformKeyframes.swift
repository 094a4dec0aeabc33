public import Core

/// Frames at equal distances, the baseline every other selector has to beat.
///
/// `midpoint`: the middle of each of K equal parts, `⌊(i + ½)·F/K⌋`. `endpoints`: the first frame, the last frame and
/// K − 2 between, `⌊i·(F − 1)/(K − 1)⌋`, which is what `linspace(0, F − 1, K)` truncated to whole numbers gives. The two
/// conventions score up to 15 % apart, so the name of the one that was used belongs to every result.
public struct UniformKeyframes: VideoSelector {
  /// Which convention places the frames.
  public enum Placement: String, Codable, Sendable, CaseIterable {
    /// The middle of each of K equal parts.
    case midpoint
    /// From the first frame to the last.
    case endpoints
  }

  /// What can be set.
  public struct Parameters: Codable, Sendable, Hashable, FrameBudget {
    /// K: how many frames to keep.
    public var budget: Int?
    /// δ: the share of the frames to keep, instead of a budget.
    public var ratio: Double?
    /// Which convention places the frames.
    public var placement = Placement.midpoint

    /// Half of the frames, each in the middle of its part.
    public init() {}

    /// One line a parameter.
    public static let documentation = budgetDocumentation.merging([
      "placement": "midpoint (the middle of each of K parts) or endpoints (first to last frame)."
    ]) { $1 }
  }

  /// What was set.
  public let parameters: Parameters

  /// A selector with these parameters.
  ///
  /// - Throws: `KeyframeError` for a budget or ratio out of range.
  public init(_ parameters: Parameters = Parameters()) throws {
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
  public static func indices(_ count: Int, of frames: Int, placement: Placement) -> [Int] {
    let count = min(count, frames)
    switch placement {
    case .midpoint: return (0..<count).map { (2 * $0 + 1) * frames / (2 * count) }
    case .endpoints:
      return count == 1 ? [0] : (0..<count).map { $0 * (frames - 1) / (count - 1) }
    }
  }

  /// Chooses frames of one video; its features are not read.
  public func select(
    _ features: FrameFeatures, video: String, seed: Seed
  ) throws -> KeyframeSelection {
    try features.refuseEmpty(video: video)
    let count = parameters.kept(of: features.frames)
    return KeyframeSelection(
      indices: Self.indices(count, of: features.frames, placement: parameters.placement))
  }
}
