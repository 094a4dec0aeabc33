package import Core
internal import Plugins

/// The frames that span the most volume in the space of the features (MaxInfo).
///
/// The frames' mean rows, scaled to length 1, are reduced to their leading left singular vectors U (F × r, the fewest with
/// the share `energy` of the squared singular values, at most K). Rectangular max-volume then picks K rows: r rows by
/// pivoting and exchange, each further one the row that enlarges the volume most.
///
/// Source: MaxInfo, arXiv:2502.03183; Mikhalev & Oseledets, "Rectangular maximum-volume submatrices", 2018.
package struct MaximumInformationKeyframes: VideoSelector {
  /// What can be set.
  package struct Parameters: PluginParameters, Hashable, FrameBudget {
    /// K: how many frames to keep.
    package var budget: Int?
    /// δ: the share of the frames to keep, instead of a budget.
    package var ratio: Double?
    /// Which share of the squared singular values the kept directions have, above 0 and at most 1.
    package var energy = 0.9

    /// Half of the frames.
    package init() {}

    /// One line a parameter.
    package static let keys = budgetKeys.merging([
      "energy": .real(
        .above(0, to: 1),
        "Which share of the squared singular values the kept directions must have.")
    ]) { $1 }
  }

  /// What was set.
  package let parameters: Parameters

  /// A selector with these parameters.
  ///
  /// - Throws: `KeyframeError` for a parameter out of range.
  package init(_ parameters: Parameters = Parameters()) throws {
    try parameters.checkBudget(of: "maxinfo")
    if !(parameters.energy > 0 && parameters.energy <= 1) {
      throw KeyframeError.parameter(
        selector: "maxinfo", name: "energy", value: "\(parameters.energy)",
        allowed: "above 0 and at most 1")
    }
    self.parameters = parameters
  }

  /// Chooses frames of one video.
  ///
  /// - Complexity: O(F·C·m + m³) with m = min(F, C).
  package func select(
    _ features: FrameFeatures, video: String, seed: Seed
  ) throws -> KeyframeSelection {
    try features.refuseEmpty(video: video)
    try features.refuseNotFinite(video: video)
    let count = parameters.kept(of: features.frames)
    let pooled = features.pooled()
    let rows = (0..<pooled.frames).map { unit(pooled[frame: $0].map(Double.init)) }
    let vectors = leftSingularVectors(rows, energy: parameters.energy, most: count)
    let small = Double(min(features.frames, features.channels))
    let flops =
      2 * Double(features.frames * features.channels) * small + 60 * small * small * small
    return KeyframeSelection(
      indices: maximumVolumeRows(vectors, count: count).sorted(),
      cost: SelectionCost(framesScanned: features.frames, flops: flops))
  }
}

/// A row scaled to length 1; a row of zeros stays one.
private func unit(_ row: [Double]) -> [Double] {
  let length = dotProduct(row, row).squareRoot()
  return length > smallestNorm ? row.map { $0 / length } : row.map { _ in 0 }
}

/// The leading left singular vectors of a matrix, as F rows of r numbers.
///
/// From the eigenvectors of the smaller of the two Gram matrices; directions below 1e-6 of the largest singular value are
/// rounding and left out.
func leftSingularVectors(_ rows: [[Double]], energy: Double, most: Int) -> [[Double]] {
  let width = rows.first?.count ?? 0
  let tall = rows.count > width
  let columns = tall ? (0..<width).map { column in rows.map { $0[column] } } : rows
  let gram = columns.map { first in columns.map { dotProduct(first, $0) } }
  let eigen = symmetricEigen(gram)
  let total = eigen.values.reduce(0) { $0 + max(0, $1) }
  var rank = 0
  var sum = 0.0
  while rank < min(most, eigen.values.count), sum < energy * total,
    eigen.values[rank] > 1e-12 * eigen.values[0]
  {
    sum += eigen.values[rank]
    rank += 1
  }
  let leading = eigen.vectors.prefix(rank)
  guard tall else { return rows.indices.map { row in leading.map { $0[row] } } }
  return rows.map { row in
    zip(leading, eigen.values).map { dotProduct(row, $0) / $1.squareRoot() }
  }
}
