package import Core
internal import Plugins

/// The K frames most similar to the query.
///
/// The cheapest thing that looks at the question, and the one that concentrates most: neighbours are kept together.
package struct SimilarityKeyframes: QuerySelector {
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

  /// The name it is known by.
  package static let name = "max-similarity"

  /// What was set.
  package let parameters: Parameters

  /// A selector with these parameters.
  ///
  /// - Throws: `KeyframeError` for a parameter out of range.
  package init(_ parameters: Parameters = Parameters()) throws {
    try parameters.checkBudget(of: Self.name)
    self.parameters = parameters
  }

  /// Chooses frames for one prompt; `scores` are the cosines with the query.
  package func select(_ prompt: Prompt) throws -> KeyframeSelection {
    let scores = try prompt.querySimilarities(for: Self.name)
    return KeyframeSelection(
      indices: bestFrames(scores, count: parameters.kept(of: scores.count)), scores: scores,
      cost: prompt.queryScanCost)
  }
}
