package import Core

/// DSUS: ranks evenly spaced from the highest score to the lowest.
///
/// Rank t is `round(1 + (n − 1)·t/(k − 1))` for t = 0 … k − 1, halves away from zero; a budget of 1 takes rank 1.
package struct EvenlySpacedRanks: CandidateSampler, Hashable {
  /// The sampler.
  package init() {}

  /// Its name.
  package var name: String { "DSUS" }

  /// The ranks that are taken, from 1.
  ///
  /// - Parameters:
  ///   - budget: k, at least 0.
  ///   - count: n, at least 0.
  /// - Returns: min(k, n) distinct ranks, ascending.
  package static func ranks(_ budget: Int, of count: Int) -> [Int] {
    guard budget < count else { return (0..<count).map { $0 + 1 } }
    guard budget > 1 else { return budget == 1 ? [1] : [] }
    // Whole numbers, so that halves are exact: ⌊x + 1/2⌋ of x = (n − 1)t/(k − 1).
    let steps = budget - 1
    return (0...steps).map { 1 + (2 * (count - 1) * $0 + steps) / (2 * steps) }
  }

  /// Candidates of evenly spaced ranks, highest score first.
  package func choose(_ budget: Int, from scores: [Double], seed: Seed) -> [Int] {
    let ranked = ranking(scores, seed: seed)
    return Self.ranks(budget, of: scores.count).map { ranked[$0 - 1] }
  }
}

/// BBDS: as many from each of B equal-width bins of the score as it has.
///
/// Bin b = 1 … B has the quota `⌊k/B⌋ + 1[b ≤ k mod B]`, and gives what it cannot fill to the next; the last bin's rest goes
/// to the first again, so that the budget is spent. Within a bin candidates are drawn uniformly.
package struct BalancedBins: CandidateSampler, Hashable {
  /// Which bin is bin 1, and so gets the remainder; the paper does not say.
  package enum Order: String, Codable, Sendable, CaseIterable {
    /// The bin of the highest scores.
    case highestFirst
    /// The bin of the lowest scores.
    case lowestFirst
  }

  /// B, at least 1.
  package let bins: Int
  /// Which bin is bin 1.
  package let order: Order

  /// A sampler; 5 bins are the paper's.
  ///
  /// - Throws: `CurriculumError.parameter` for less than one bin.
  package init(bins: Int = 5, order: Order = .highestFirst) throws {
    try check("bbds", "bins", bins, "at least 1") { $0 >= 1 }
    self.bins = bins
    self.order = order
  }

  /// Its name.
  package var name: String { "BBDS" }

  /// How many each bin is to give before under-filled ones are known.
  package static func quotas(_ budget: Int, bins: Int) -> [Int] {
    (0..<bins).map { budget / bins + ($0 < budget % bins ? 1 : 0) }
  }

  /// The bin of each score, from 0; all scores equal are all in bin 0.
  func bin(of scores: [Double]) -> [Int] {
    guard let low = scores.min(), let high = scores.max(), high > low else {
      return Array(repeating: 0, count: scores.count)
    }
    // Halved, because the difference of two finite numbers may not be finite.
    let width = high / 2 - low / 2
    return scores.map { score in
      let share = (score / 2 - low / 2) / width
      let bin = min(Int(share * Double(bins)), bins - 1)
      return order == .lowestFirst ? bin : bins - 1 - bin
    }
  }

  /// Bin by bin, drawn uniformly within each.
  package func choose(_ budget: Int, from scores: [Double], seed: Seed) -> [Int] {
    draw(
      Self.quotas(min(budget, scores.count), bins: bins), from: bin(of: scores), bins: bins,
      seed: seed)
  }
}

/// Difficulty pools: a share of the budget from each pool of the score, between given boundaries.
///
/// The shares become whole numbers by largest remainder; a pool that cannot fill its quota gives the rest to the next, and the
/// last one to the first. Within a pool candidates are drawn uniformly.
package struct DifficultyPools: CandidateSampler, Hashable {
  /// Where a pool ends and the next begins, ascending; a score on a boundary is in the pool above.
  package let boundaries: [Double]
  /// The weight of each pool, from the lowest scores to the highest; one more than boundaries.
  package let shares: [Double]

  /// A sampler; by default a third each of prompts below .3, below .7 and above.
  ///
  /// - Throws: `CurriculumError.parameter` for boundaries not ascending or shares that do not fit.
  package init(boundaries: [Double] = [0.3, 0.7], shares: [Double] = [1, 1, 1]) throws {
    try check("difficultyPools", "boundaries", boundaries, "finite and ascending") {
      $0.allSatisfy(\.isFinite) && zip($0, $0.dropFirst()).allSatisfy(<)
    }
    let allowed = "\(boundaries.count + 1) numbers of at least 0, one of them above 0"
    try check("difficultyPools", "shares", shares, allowed) {
      $0.count == boundaries.count + 1 && $0.allSatisfy { $0 >= 0 && $0.isFinite }
        && $0.contains { $0 > 0 }
    }
    self.boundaries = boundaries
    self.shares = shares
  }

  /// Its name.
  package var name: String { "difficulty pools" }

  /// How many each pool is to give, ties to the lower pool.
  func quotas(_ budget: Int) -> [Int] { largestRemainder(budget, shares: shares) }

  /// Pool by pool, drawn uniformly within each.
  package func choose(_ budget: Int, from scores: [Double], seed: Seed) -> [Int] {
    let pools = scores.map { score in boundaries.count { $0 <= score } }
    return draw(
      quotas(min(budget, scores.count)), from: pools, bins: shares.count, seed: seed)
  }
}

/// Draws each bin's quota uniformly from its members; what a bin cannot give, the next one gives.
///
/// - Precondition: The quotas add up to no more than there are members.
private func draw(_ quotas: [Int], from bin: [Int], bins: Int, seed: Seed) -> [Int] {
  var generator = seed.derived("bins").generator()
  var members: [[Int]] = Array(repeating: [], count: bins)
  for (index, place) in bin.enumerated() { members[place].append(index) }
  for place in members.indices { members[place].shuffle(using: &generator) }
  var given = Array(repeating: 0, count: bins)
  var rest = 0
  // The second time around only what is left over is given.
  for turn in 0..<2 * bins {
    let place = turn % bins
    let wanted = rest + (turn < bins ? quotas[place] : 0)
    let gives = min(wanted, members[place].count - given[place])
    given[place] += gives
    rest = wanted - gives
  }
  return zip(members, given).flatMap { $0.prefix($1) }
}
