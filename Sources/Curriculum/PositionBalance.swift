internal import Core

/// Whether a choice minds in which part of their videos the answers lie.
///
/// A ranking by disagreement takes prompts whose answers lie where the student does not look, and at the next round those that lie
/// elsewhere: what is trained on then has another distribution of answers than the pool.
package enum PositionBalance: String, Codable, Sendable, CaseIterable {
  /// It does not.
  case free
  /// As many of each quarter as the admitted prompts have, the best ranked within each.
  case balanced
  /// The control: as many of each quarter as the ranking alone would take, drawn uniformly within each.
  case shifted

  /// Parts of a video that are told apart.
  static let parts = 4

  /// Chooses among scored candidates whose answers lie at `positions`.
  ///
  /// - Parameters:
  ///   - budget: How many to choose, at least 0.
  ///   - scores: One finite score a candidate.
  ///   - positions: Where their answers lie, 0 … 1.
  ///   - sampler: Who ranks.
  ///   - seed: Where draws come from.
  /// - Returns: Distinct indices, quarter after quarter.
  func choose(
    _ budget: Int, from scores: [Double], at positions: [Double], by sampler: any CandidateSampler,
    seed: Seed
  ) -> [Int] {
    let part = positions.map { min(Int($0 * Double(Self.parts)), Self.parts - 1) }
    let members = (0..<Self.parts).map { place in part.indices.filter { part[$0] == place } }
    let ranked = self == .shifted ? sampler.choose(budget, from: scores, seed: seed) : []
    let quotas =
      self == .shifted
      ? members.indices.map { place in ranked.count { part[$0] == place } }
      : largestRemainder(
        min(budget, scores.count), shares: members.map { Double($0.count) })
    let chooser = self == .shifted ? UniformSampler() : sampler
    return members.indices.flatMap { place in
      chooser.choose(
        quotas[place], from: members[place].map { scores[$0] },
        seed: seed.derived("part of the video", place)
      ).map { members[place][$0] }
    }
  }
}
