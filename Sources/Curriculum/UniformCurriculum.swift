package import Core

/// Every prompt of the pool exactly once an epoch, in an order drawn anew each time; nothing is measured.
package struct UniformCurriculum: PromptCurriculum {
  private let seed: Seed
  private var deck: PromptDeck?

  /// A curriculum that learns from its only round which prompts there are.
  ///
  /// - Parameter seed: The root of its streams.
  package init(seed: Seed) { self.seed = seed }

  /// A curriculum that knows its prompts already, and asks for no round.
  ///
  /// - Throws: `CurriculumError` if there are none, or one occurs twice.
  package init(_ ids: [String], seed: Seed) throws {
    self.init(seed: seed)
    _ = try beginRound(ids.map { CandidateEvidence(id: $0) })
  }

  /// Nothing.
  package var needs: EvidenceNeeds { [] }

  /// Once, to learn the ids.
  package var needsRound: Bool { deck == nil }

  /// Takes the whole pool.
  package mutating func beginRound(_ candidates: [CandidateEvidence]) throws -> [SelectionRecord] {
    let candidates = try candidates.inOrder(round: 0)
    deck = PromptDeck(candidates.map(\.id), seed: seed.derived("curriculum round", 0))
    return candidates.map {
      SelectionRecord(
        round: 0, id: $0.id, score: nil, evidence: $0, taken: true,
        reason: "the whole pool is taken")
    }
  }

  /// The next prompts.
  package mutating func next(_ count: Int) throws -> [String] {
    guard let prompts = deck?.deal(count) else { throw CurriculumError.noRound }
    return prompts
  }

  /// Nothing is noted.
  package mutating func observe(_ observations: [PromptObservation]) {}

  /// Everything needed to go on exactly here.
  package func snapshot() throws -> [UInt8] {
    try CurriculumState(
      seed: seed, rounds: deck == nil ? 0 : 1, deck: deck, histories: [:]
    ).bytes()
  }

  /// Goes on exactly where a snapshot was taken.
  package mutating func restore(_ snapshot: [UInt8]) throws {
    deck = try CurriculumState.read(snapshot, seed: seed).deck
  }
}

extension [CandidateEvidence] {
  /// Sorted by id, so that nothing depends on the order of the pool.
  func inOrder(round: Int) throws(CurriculumError) -> [CandidateEvidence] {
    guard !isEmpty else { throw .noCandidates(round: round) }
    let sorted = sorted { $0.id < $1.id }
    for (earlier, later) in zip(sorted, sorted.dropFirst()) where earlier.id == later.id {
      throw .duplicateCandidate(id: later.id)
    }
    return sorted
  }
}
