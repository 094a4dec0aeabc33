package import Core

/// A control: scores each response as an answer to *another* prompt.
///
/// Its distributions have the shape and the confidence of real ones and no relation to the question. Each prompt of the
/// pool is answered for by exactly one other; a student that still improves learns the prior of answers, not the answers.
package struct ShuffledTeacher: TeacherScorer {
  private let base: any TeacherScorer
  private let order: [Prompt]
  private let places: [String: Int]
  private let seed: Seed

  /// Another teacher with its prompts exchanged.
  ///
  /// - Parameters:
  ///   - base: The teacher that scores.
  ///   - pool: The prompts among which partners are drawn; at least two with different ids.
  ///   - seed: What partners depend on.
  /// - Throws: `TeacherError.nothingToShuffle` for a pool of fewer than two prompts.
  package init(_ base: any TeacherScorer, pool: [Prompt], seed: Seed) throws {
    var generator = seed.derived("shuffled teacher").generator()
    var seen: Set<String> = []
    let distinct = pool.filter { seen.insert($0.id).inserted }.sorted { $0.id < $1.id }
    guard distinct.count >= 2 else {
      throw TeacherError.nothingToShuffle(prompt: distinct.first?.id ?? "")
    }
    self.base = base
    self.seed = seed
    order = distinct.shuffled(using: &generator)
    places = Dictionary(uniqueKeysWithValues: order.enumerated().map { ($1.id, $0) })
  }

  /// The digest of the other teacher's vocabulary.
  package var vocabularyFingerprint: String { base.vocabularyFingerprint }

  /// What the other teacher gives.
  package var support: TeacherSupport { base.support }

  /// What the other teacher costs.
  package var flopsPerToken: Double { base.flopsPerToken }

  /// The prompt that answers for another: never itself.
  package func partner(of prompt: Prompt) -> Prompt {
    // One step along a random cycle through the whole pool leaves nobody in place.
    if let place = places[prompt.id] { return order[(place + 1) % order.count] }
    var generator = seed.derived("partner of \(prompt.id)").generator()
    return order[generator.integer(below: order.count)]
  }

  /// Scores every response as an answer to the partner of its prompt.
  ///
  /// - Throws: What the other teacher throws, in the name of the partner.
  package func score(
    _ requests: [ScoringRequest], support: TeacherSupport
  ) async throws -> [[TeacherScore]] {
    try await base.score(
      requests.map {
        ScoringRequest(prompt: partner(of: $0.prompt), responses: $0.responses)
      }, support: support)
  }
}
