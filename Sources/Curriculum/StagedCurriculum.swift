package import Core

/// Admission gates ∘ a score ∘ a sampler, in rounds.
///
/// A round admits candidates, scores them, and chooses `budget` of them; they are dealt in epochs, each prompt exactly once
/// an epoch, until the next round re-scores the pool with the student as it is then. Every stream is derived from the seed
/// by purpose, round and epoch, so arms with the same seed stay paired.
///
/// Source: Video-OPD, arXiv:2602.02994, whose TVDF is TRPV ∘ disagreement ∘ top-k.
package struct StagedCurriculum: PromptCurriculum {
  /// What it does.
  package let plan: SelectionPlan

  private let seed: Seed
  private var rounds = 0
  private var deck: PromptDeck?
  private var histories: [String: PromptHistory] = [:]

  /// A curriculum before its first round.
  ///
  /// - Parameters:
  ///   - plan: What it does.
  ///   - seed: The root of its streams.
  /// - Throws: `CurriculumError` for a budget or rounds out of range.
  package init(_ plan: SelectionPlan, seed: Seed) throws {
    try plan.check()
    self.plan = plan
    self.seed = seed
  }

  /// What the gates and the score must be told.
  package var needs: EvidenceNeeds {
    let placed: EvidenceNeeds = plan.positions == .free ? [] : .teacherPosition
    return plan.gates.reduce(into: placed.union(plan.score?.needs ?? [])) { $0.formUnion($1.needs) }
  }

  /// Whether a gate or the score reads right answers; a control that is off draws without them.
  package var readsTruth: Bool {
    plan.settings.arm == .on
      && (plan.gates.contains { $0.readsTruth } || plan.score?.readsTruth == true)
  }

  /// Whether the pool is to be scored before the next prompts are dealt.
  package var needsRound: Bool {
    guard let deck else { return true }
    let settings = plan.settings
    guard let every = settings.every, rounds < settings.rounds ?? .max else { return false }
    return deck.dealt >= every
  }

  /// Admits, scores and chooses.
  ///
  /// - Parameter candidates: The pool with what was measured, in any order.
  /// - Returns: One line a candidate, in the order of the ids.
  /// - Throws: `CurriculumError`; the curriculum is then as it was.
  /// - Complexity: O(*n* log *n*) for *n* candidates.
  package mutating func beginRound(_ candidates: [CandidateEvidence]) throws -> [SelectionRecord] {
    let pool = try candidates.inOrder(round: rounds).map { known($0) }
    let stream = seed.derived("curriculum round", rounds)
    let selection = try plan.select(pool, seed: stream)
    deck = PromptDeck(selection.filter(\.taken).map(\.id), seed: stream)
    rounds += 1
    return selection
  }

  /// The ids of the next prompts to train on.
  package mutating func next(_ count: Int) throws -> [String] {
    guard let prompts = deck?.deal(count) else { throw CurriculumError.noRound }
    return prompts
  }

  /// Takes note of rewards and their spread.
  package mutating func observe(_ observations: [PromptObservation]) {
    for observation in observations {
      histories[observation.id, default: PromptHistory()].note(
        observation, round: max(rounds - 1, 0))
    }
  }

  /// Everything needed to go on exactly here, as JSON.
  package func snapshot() throws -> [UInt8] {
    try CurriculumState(seed: seed, rounds: rounds, deck: deck, histories: histories).bytes()
  }

  /// Goes on exactly where a snapshot was taken.
  package mutating func restore(_ snapshot: [UInt8]) throws {
    let state = try CurriculumState.read(snapshot, seed: seed)
    rounds = state.rounds
    deck = state.deck
    histories = state.histories
  }

  /// What was measured, with what training showed added.
  private func known(_ evidence: CandidateEvidence) -> Candidate {
    let history = histories[evidence.id] ?? PromptHistory()
    var evidence = evidence
    evidence.rewardSpread = evidence.rewardSpread ?? history.rewardSpread
    return Candidate(evidence, history: history, round: rounds)
  }
}
