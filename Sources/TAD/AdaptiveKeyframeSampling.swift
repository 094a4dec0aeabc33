package import Core
internal import Plugins

/// Adaptive Keyframe Sampling: the best frames of the video where one stretch stands out, of its halves where none does.
///
/// Query similarities are scaled to 0 … 1. A segment is kept whole if the mean of its K best scores exceeds its mean by
/// more than `threshold`; otherwise it is halved, down to `depth` times. A segment at depth d gives its `⌊K/2^d⌋` best
/// frames; what the floors leave over goes to the best remaining frames, so that exactly K are kept.
///
/// Source: AKS, arXiv:2502.21271; the rule for the rest is ours (published code returns fewer frames).
package struct AdaptiveKeyframeSampling: QuerySelector {
  /// What can be set.
  package struct Parameters: PluginParameters, Hashable, FrameBudget {
    /// K: how many frames to keep.
    package var budget: Int?
    /// δ: the share of the frames to keep, instead of a budget.
    package var ratio: Double?
    /// By how much the best scores of a segment must exceed its mean to keep it whole, 0 … 1.
    package var threshold = 0.8
    /// How often the video is halved at most.
    package var depth = 5

    /// The published settings.
    package init() {}

    /// One line a parameter.
    package static let keys = budgetKeys.merging([
      "threshold": .real(
        .any, "By how much a segment's K best scores must exceed its mean to keep it whole."),
      "depth": .integer(0...30, "How often the video is halved at most."),
    ]) { $1 }
  }

  /// The name it is known by.
  package static let name = "aks"

  /// What was set.
  package let parameters: Parameters

  /// A selector with these parameters.
  ///
  /// - Throws: `KeyframeError` for a parameter out of range.
  package init(_ parameters: Parameters = Parameters()) throws {
    try parameters.checkBudget(of: Self.name)
    if !(0...30).contains(parameters.depth) {
      throw KeyframeError.parameter(
        selector: Self.name, name: "depth", value: "\(parameters.depth)", allowed: "within 0 … 30")
    }
    self.parameters = parameters
  }

  /// Chooses frames for one prompt; `scores` are the scaled cosines with the query.
  package func select(_ prompt: Prompt) throws -> KeyframeSelection {
    let scores = minMaxScaled(try prompt.querySimilarities(for: Self.name))
    let count = parameters.kept(of: scores.count)
    var chosen: Set<Int> = []
    for segment in segments(of: scores, count: count) {
      let part = Array(scores[segment.range])
      let share = min(count >> segment.depth, part.count)
      chosen.formUnion(bestFrames(part, count: share).map { $0 + segment.range.lowerBound })
    }
    return KeyframeSelection(
      indices: filled(chosen, to: count, by: scores), scores: scores, cost: prompt.queryScanCost)
  }

  /// The segments that are kept whole, with how often the video was halved to get each.
  func segments(of scores: [Double], count: Int) -> [(range: Range<Int>, depth: Int)] {
    var pending = [(range: 0..<scores.count, depth: 0)]
    var kept: [(range: Range<Int>, depth: Int)] = []
    while let segment = pending.popLast() {
      let part = scores[segment.range]
      if segment.depth == parameters.depth || part.count < 2
        || excess(part, count) > parameters.threshold
      {
        kept.append(segment)
      } else {
        let middle = segment.range.lowerBound + part.count / 2
        pending.append((middle..<segment.range.upperBound, segment.depth + 1))
        pending.append((segment.range.lowerBound..<middle, segment.depth + 1))
      }
    }
    return kept
  }

  /// By how much the mean of the `count` best scores exceeds the mean.
  private func excess(_ part: ArraySlice<Double>, _ count: Int) -> Double {
    let best = part.sorted(by: >).prefix(count)
    return best.reduce(0, +) / Double(best.count) - part.reduce(0, +) / Double(part.count)
  }
}
