internal import Foundation
package import Core

/// What whoever chooses the prompts of a round is told.
package struct CurriculumRound: Sendable, Hashable {
  /// The round, from 0.
  package let number: Int
  /// The stream of choices that draw.
  package let seed: Seed
  /// The pool with what was measured, in the order of the ids.
  package let candidates: [CandidateEvidence]
  /// What training has shown since the last round, in order.
  package let observations: [PromptObservation]
  /// What was to be remembered at the last round; `nil` at the first.
  package let state: String?
}

/// The prompts of a round, as somebody chose them.
package struct CurriculumChoice: Sendable, Hashable {
  /// A candidate and why it was taken or not.
  package struct Verdict: Sendable, Hashable {
    /// The candidate.
    package let id: String
    /// What it was ranked by, if anything.
    package let score: Double?
    /// Whether it is taken.
    package let taken: Bool
    /// Why, in words.
    package let reason: String

    /// A verdict.
    package init(id: String, score: Double?, taken: Bool, reason: String) {
      (self.id, self.score, self.taken, self.reason) = (id, score, taken, reason)
    }
  }

  /// A verdict on each candidate.
  package let verdicts: [Verdict]
  /// What is to be remembered until the next round.
  package let state: String?

  /// A choice.
  package init(_ verdicts: [Verdict], state: String?) {
    (self.verdicts, self.state) = (verdicts, state)
  }
}

/// A curriculum whose rounds somebody else chooses, such as a program.
///
/// What is dealt between rounds, and all that a checkpoint needs, is kept here: whoever chooses is a function of what it is told.
package struct AskedCurriculum: PromptCurriculum {
  /// Makes the choice of a round.
  package typealias Chooser = @Sendable (CurriculumRound) async throws -> CurriculumChoice

  /// What must be measured before a round.
  package let needs: EvidenceNeeds

  private let every: Int?
  private let seed: Seed
  private let choose: Chooser
  private var kept = State()

  private struct State: Codable {
    var rounds = 0
    var deck: PromptDeck?
    var observations: [PromptObservation] = []
    var state: String?
  }

  /// A curriculum before its first round.
  ///
  /// - Parameters:
  ///   - needs: What must be measured before a round.
  ///   - every: After how many dealt prompts the next round begins; `nil` for one round.
  ///   - seed: The root of its streams.
  ///   - choose: Makes the choice of a round.
  package init(needs: EvidenceNeeds, every: Int?, seed: Seed, choose: @escaping Chooser) {
    (self.needs, self.every, self.seed, self.choose) = (needs, every, seed, choose)
  }

  /// Whether the pool is to be scored before the next prompts are dealt.
  package var needsRound: Bool {
    guard let deck = kept.deck else { return true }
    return every.map { deck.dealt >= $0 } ?? false
  }

  /// Asks whom to take.
  ///
  /// - Throws: `CurriculumError`, or what asking throws; the curriculum is then as it was.
  package mutating func beginRound(
    _ candidates: [CandidateEvidence]
  ) async throws -> [SelectionRecord] {
    let stream = seed.derived("curriculum round", kept.rounds)
    let pool = try candidates.inOrder(round: kept.rounds)
    for candidate in pool { try candidate.require(needs) }
    let choice = try await choose(
      CurriculumRound(
        number: kept.rounds, seed: stream, candidates: pool, observations: kept.observations,
        state: kept.state))
    let records = try records(of: choice, pool)
    kept = State(
      rounds: kept.rounds + 1, deck: PromptDeck(records.filter(\.taken).map(\.id), seed: stream),
      observations: [], state: choice.state)
    return records
  }

  /// The next prompts of those that were taken.
  package mutating func next(_ count: Int) throws -> [String] {
    guard let prompts = kept.deck?.deal(count) else { throw CurriculumError.noRound }
    return prompts
  }

  /// Takes note, for the next round.
  package mutating func observe(_ observations: [PromptObservation]) {
    guard every != nil else { return }
    kept.observations += observations
  }

  /// Everything needed to go on exactly here, as JSON.
  package func snapshot() throws -> [UInt8] {
    let encoder = JSONEncoder()
    encoder.outputFormatting = .sortedKeys
    return [UInt8](try encoder.encode(kept))
  }

  /// Goes on exactly where a snapshot was taken.
  package mutating func restore(_ snapshot: [UInt8]) throws {
    do {
      kept = try JSONDecoder().decode(State.self, from: Data(snapshot))
    } catch {
      throw CurriculumError.unreadableSnapshot(
        reason: "its \(snapshot.count) bytes are not a curriculum's state")
    }
  }

  private func records(
    of choice: CurriculumChoice, _ pool: [CandidateEvidence]
  ) throws -> [SelectionRecord] {
    let verdicts = Dictionary(choice.verdicts.map { ($0.id, $0) }) { first, _ in first }
    let records = try pool.map { candidate in
      guard let verdict = verdicts[candidate.id] else {
        throw CurriculumError.missingEvidence(id: candidate.id, what: "the verdict")
      }
      return SelectionRecord(
        round: kept.rounds, id: candidate.id, score: verdict.score, evidence: candidate,
        taken: verdict.taken, reason: verdict.reason)
    }
    guard records.contains(where: \.taken) else {
      throw CurriculumError.nobodyAdmitted(
        round: kept.rounds, candidates: pool.count, reason: records.first?.reason ?? "")
    }
    return records
  }
}

extension CandidateEvidence {
  /// Throws where something was not measured that is needed.
  fileprivate func require(_ needs: EvidenceNeeds) throws(CurriculumError) {
    let measured: [(EvidenceNeeds, Bool, String)] = [
      (.teacherQuality, teacherQuality != nil, "the teacher's quality"),
      (.studentQuality, studentQuality != nil, "the student's quality"),
      (.trajectoryReverseKL, trajectoryReverseKL != nil, "the trajectory's reverse KL"),
    ]
    for (need, isThere, what) in measured where needs.contains(need) && !isThere {
      throw .missingEvidence(id: id, what: what)
    }
  }
}
