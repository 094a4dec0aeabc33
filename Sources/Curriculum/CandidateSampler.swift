package import Core

/// Chooses among scored candidates: a pure function of the scores, the budget and the seed.
package protocol CandidateSampler: Sendable {
  /// Its name, in words.
  var name: String { get }

  /// Chooses candidates.
  ///
  /// - Parameters:
  ///   - budget: How many to choose, at least 0; with fewer candidates all of them are chosen.
  ///   - scores: One finite score a candidate.
  ///   - seed: Where draws and the order among equal scores come from.
  /// - Returns: Distinct indices into `scores`, in the order in which they were chosen.
  func choose(_ budget: Int, from scores: [Double], seed: Seed) -> [Int]
}

/// Candidates from the highest score to the lowest; equal scores in an order drawn from the seed.
///
/// Ties are common (two qualities of 0) and ids are often sorted by video, so that keeping the pool's order among equals would
/// prefer a few videos.
///
/// - Complexity: O(*n* log *n*).
func ranking(_ scores: [Double], seed: Seed) -> [Int] {
  var generator = seed.derived("ties").generator()
  let keyed = scores.indices.map { (score: scores[$0], tie: generator.next(), index: $0) }
  return keyed.sorted {
    $0.score != $1.score ? $0.score > $1.score : ($0.tie, $0.index) < ($1.tie, $1.index)
  }.map(\.index)
}

/// The candidates with the highest scores; the default of TVDF.
package struct TopSampler: CandidateSampler, Hashable {
  /// The sampler.
  package init() {}

  /// Its name.
  package var name: String { "top-k" }

  /// The highest scores, highest first.
  package func choose(_ budget: Int, from scores: [Double], seed: Seed) -> [Int] {
    Array(ranking(scores, seed: seed).prefix(budget))
  }
}

/// The candidates with the lowest scores: of the student's quality, the hardest prompts.
package struct BottomSampler: CandidateSampler, Hashable {
  /// The sampler.
  package init() {}

  /// Its name.
  package var name: String { "bottom-k" }

  /// The lowest scores, lowest first.
  package func choose(_ budget: Int, from scores: [Double], seed: Seed) -> [Int] {
    Array(ranking(scores.map { -$0 }, seed: seed).prefix(budget))
  }
}

/// Candidates drawn uniformly without replacement; the scores are not read.
package struct UniformSampler: CandidateSampler, Hashable {
  /// The sampler.
  package init() {}

  /// Its name.
  package var name: String { "uniform" }

  /// The first draws of a shuffle.
  package func choose(_ budget: Int, from scores: [Double], seed: Seed) -> [Int] {
    var generator = seed.derived("uniform sampler").generator()
    var indices = Array(scores.indices)
    let count = min(budget, indices.count)
    for place in 0..<count {
      indices.swapAt(place, place + generator.integer(below: indices.count - place))
    }
    return Array(indices.prefix(count))
  }
}
