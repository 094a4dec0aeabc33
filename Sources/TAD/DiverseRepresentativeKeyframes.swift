internal import Foundation
package import Core
internal import Plugins

/// DR-DSN's reward as a selector: frames unlike each other and near to all the others, added one at a time.
///
/// `R_div = mean over pairs i ≠ j of 1 − cos(x_i, x_j)`, counted as 1 for pairs more than λ frames apart, and
/// `R_rep = exp(−mean_t min_{i∈S} ‖x_t − x_i‖)`; each step adds the frame with the largest sum, ties to the earlier.
/// Rows are the means over a frame's tokens. Long videos are thinned to `candidates` uniform frames, by which the rewards
/// are then measured too.
///
/// Source: Zhou, Qiao & Xiang, AAAI 2018 (DR-DSN), eq. 3–6; greedy instead of learned. Published code squares the
/// distance and halves the sum: `distance` offers the former, the latter changes nothing.
package struct DiverseRepresentativeKeyframes: VideoSelector {
  /// What the distance of two frames is in the representativeness.
  package enum Distance: String, Codable, Sendable, CaseIterable {
    /// ‖x − y‖, the paper's.
    case euclidean
    /// ‖x − y‖², the published code's.
    case squared
  }

  /// What can be set.
  package struct Parameters: PluginParameters, Hashable, FrameBudget {
    /// K: how many frames to keep.
    package var budget: Int?
    /// δ: the share of the frames to keep, instead of a budget.
    package var ratio: Double?
    /// λ: how many frames apart two frames count as wholly different.
    package var reach = 20
    /// What the distance of two frames is.
    package var distance = Distance.euclidean
    /// To how many frames a longer video is thinned first; at least as many as are kept.
    package var candidates = 512

    /// Half of the frames, the paper's settings.
    package init() {}

    /// One line a parameter.
    package static let keys = budgetKeys.merging([
      "reach": .integer(
        1..., "How many frames apart two frames count as wholly different (λ).", unit: "frames"),
      "distance": .choice(
        DiverseRepresentativeKeyframes.Distance.self,
        "euclidean (the paper's) or squared (the published code's)."),
      "candidates": .integer(
        1..., "To how many uniform frames a longer video is thinned first.", unit: "frames"),
    ]) { $1 }
  }

  /// What was set.
  package let parameters: Parameters

  /// A selector with these parameters.
  ///
  /// - Throws: `KeyframeError` for a parameter out of range.
  package init(_ parameters: Parameters = Parameters()) throws {
    try parameters.checkBudget(of: "dr-dsn")
    for (name, value) in [("reach", parameters.reach), ("candidates", parameters.candidates)]
    where value < 1 {
      throw KeyframeError.parameter(
        selector: "dr-dsn", name: name, value: "\(value)", allowed: "at least 1")
    }
    self.parameters = parameters
  }

  /// Chooses frames of one video.
  ///
  /// - Complexity: O(P²·C + K·P²) for P candidates.
  package func select(
    _ features: FrameFeatures, video: String, seed: Seed
  ) throws -> KeyframeSelection {
    try features.refuseEmpty(video: video)
    try features.refuseNotFinite(video: video)
    let count = parameters.kept(of: features.frames)
    let pool = UniformKeyframes.indices(
      max(count, parameters.candidates), of: features.frames, placement: .midpoint)
    let rows = features.selecting(pool).pooled()
    let kept = greedy(PairTable(rows, frames: pool, parameters), count: count)
    let pairs = Double(pool.count * pool.count)
    return KeyframeSelection(
      indices: kept.map { pool[$0] }.sorted(),
      cost: SelectionCost(
        framesScanned: pool.count,
        flops: pairs * Double(3 * features.channels + 2 * count)))
  }

  /// Adds the frame with the largest reward, again and again.
  private func greedy(_ pairs: PairTable, count: Int) -> [Int] {
    var kept: [Int] = []
    var nearest = [Double](repeating: .infinity, count: pairs.count)
    var dissimilarity = [Double](repeating: 0, count: pairs.count)
    var diversity = 0.0
    for step in 1...count {
      var best = (frame: -1, reward: -Double.infinity)
      let size = Double(step)
      for frame in 0..<pairs.count where !kept.contains(frame) {
        var reward = exp(-pairs.meanDistance(nearest, adding: frame))
        if step > 1 { reward += 2 * (diversity + dissimilarity[frame]) / (size * (size - 1)) }
        if reward > best.reward { best = (frame, reward) }
      }
      diversity += dissimilarity[best.frame]
      kept.append(best.frame)
      for frame in 0..<pairs.count {
        nearest[frame] = min(nearest[frame], pairs.distance(frame, best.frame))
        dissimilarity[frame] += pairs.dissimilarity(frame, best.frame)
      }
    }
    return kept
  }
}

/// Distances and dissimilarities of all pairs of candidates.
private struct PairTable {
  let count: Int
  private var distances: [Float]
  private var dissimilarities: [Float]

  init(
    _ rows: FrameFeatures, frames: [Int], _ parameters: DiverseRepresentativeKeyframes.Parameters
  ) {
    count = rows.frames
    let vectors = (0..<count).map { rows[frame: $0].map(Double.init) }
    let squares = vectors.map { dotProduct($0, $0) }
    distances = [Float](repeating: 0, count: count * count)
    dissimilarities = distances
    for first in 0..<count {
      for second in 0..<first {
        let product = dotProduct(vectors[first], vectors[second])
        let square = max(0, squares[first] + squares[second] - 2 * product)
        let distance = parameters.distance == .squared ? square : square.squareRoot()
        let far = frames[first] - frames[second] > parameters.reach
        let unlike =
          far ? 1 : 1 - cosine(dot: product, square: squares[first], otherSquare: squares[second])
        for place in [first * count + second, second * count + first] {
          distances[place] = Float(distance)
          dissimilarities[place] = Float(unlike)
        }
      }
    }
  }

  func distance(_ first: Int, _ second: Int) -> Double { Double(distances[first * count + second]) }

  func dissimilarity(_ first: Int, _ second: Int) -> Double {
    Double(dissimilarities[first * count + second])
  }

  /// The mean distance to the nearest kept frame once one more is kept.
  func meanDistance(_ nearest: [Double], adding frame: Int) -> Double {
    var sum = 0.0
    for other in 0..<count { sum += min(nearest[other], distance(other, frame)) }
    return sum / Double(count)
  }
}
