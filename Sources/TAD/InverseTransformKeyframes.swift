internal import Foundation
package import Core
internal import Plugins

/// Inverse transform sampling of query similarities (BOLT): frames are dense where the similarity is high.
///
/// `p_t ∝ minmax(cos_t)^α`; the frames are where the cumulative sum of p reaches K equidistant levels from 1/K to 1 − 1/K.
/// A frame that several levels fall on is kept once and the nearest free frames after it, then before it, take the
/// others, so that exactly K are kept. Where all similarities are equal p is uniform.
///
/// Source: BOLT, arXiv:2503.21483; the rule for repeated frames is ours.
package struct InverseTransformKeyframes: QuerySelector {
  /// What can be set.
  package struct Parameters: PluginParameters, Hashable, FrameBudget {
    /// K: how many frames to keep.
    package var budget: Int?
    /// δ: the share of the frames to keep, instead of a budget.
    package var ratio: Double?
    /// α: how sharply frames crowd where the similarity is high; 0 is uniform.
    package var power = 3.0

    /// The published settings.
    package init() {}

    /// One line a parameter.
    package static let keys = budgetKeys.merging([
      "power": .real(
        0..., "How sharply frames crowd where the similarity is high (α); 0 is uniform.")
    ]) { $1 }
  }

  /// The name it is known by.
  package static let name = "bolt"

  /// What was set.
  package let parameters: Parameters

  /// A selector with these parameters.
  ///
  /// - Throws: `KeyframeError` for a parameter out of range.
  package init(_ parameters: Parameters = Parameters()) throws {
    try parameters.checkBudget(of: Self.name)
    if !(parameters.power >= 0 && parameters.power.isFinite) {
      throw KeyframeError.parameter(
        selector: Self.name, name: "power", value: "\(parameters.power)", allowed: "at least 0")
    }
    self.parameters = parameters
  }

  /// Chooses frames for one prompt; `scores` are the shares p.
  package func select(_ prompt: Prompt) throws -> KeyframeSelection {
    let scaled = minMaxScaled(try prompt.querySimilarities(for: Self.name))
    var weights = scaled.map { pow($0, parameters.power) }
    var total = weights.reduce(0, +)
    if !(total > 0) {
      weights = weights.map { _ in 1 }
      total = Double(weights.count)
    }
    let shares = weights.map { $0 / total }
    let count = parameters.kept(of: shares.count)
    return KeyframeSelection(
      indices: distinct(Self.frames(count, of: shares), of: shares.count), scores: shares,
      cost: prompt.queryScanCost)
  }

  /// Where the cumulative sum reaches each level; frames may repeat.
  static func frames(_ count: Int, of shares: [Double]) -> [Int] {
    var cumulative = 0.0
    let sums = shares.map { share in
      cumulative += share
      return cumulative
    }
    return (0..<count).map { place in
      let low = 1 / Double(count)
      let level =
        count == 1 ? 0.5 : low + (1 - 2 * low) * Double(place) / Double(count - 1)
      return sums.firstIndex { $0 >= level } ?? shares.count - 1
    }
  }
}

/// Frames without repetition: a repeated one gives way to the nearest free frame after it, or else before it.
///
/// - Precondition: There are no more frames than `bound`.
func distinct(_ frames: [Int], of bound: Int) -> [Int] {
  var taken: Set<Int> = []
  for frame in frames {
    let after = (frame..<bound).first { !taken.contains($0) }
    let before = (0..<frame).last { !taken.contains($0) }
    if let free = after ?? before { taken.insert(free) }
  }
  return taken.sorted()
}
