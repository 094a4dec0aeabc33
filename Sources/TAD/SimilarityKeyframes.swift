public import Core

/// The K frames most similar to the query.
///
/// The cheapest thing that looks at the question, and the one that concentrates most: neighbours are kept together.
public struct SimilarityKeyframes: QuerySelector {
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

  /// The name it is known by.
  public static let name = "max-similarity"

  /// What was set.
  public let parameters: Parameters

  /// A selector with these parameters.
  ///
  /// - Throws: `KeyframeError` for a parameter out of range.
  public init(_ parameters: Parameters = Parameters()) throws {
    try parameters.checkBudget(of: Self.name)
    self.parameters = parameters
  }

  /// Chooses frames for one prompt; `scores` are the cosines with the query.
  public func select(_ prompt: Prompt) throws -> KeyframeSelection {
    let scores = try prompt.querySimilarities(for: Self.name)
    return KeyframeSelection(
      indices: bestFrames(scores, count: parameters.kept(of: scores.count)), scores: scores,
      cost: prompt.queryScanCost)
  }
}
