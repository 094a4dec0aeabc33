package import Core

/// What keeps a curriculum from choosing prompts.
package enum CurriculumError: ExplainedError, Hashable {
  /// A parameter that has no default was not given.
  case mandatory(curriculum: String, name: String)
  /// A parameter outside its range; `allowed` says the range in words.
  case parameter(curriculum: String, name: String, value: String, allowed: String)
  /// Several rounds, but nothing says when the next one begins.
  case roundsWithoutEvery(curriculum: String, rounds: Int)
  /// A pool without candidates.
  case noCandidates(round: Int)
  /// An id that occurs twice in the pool.
  case duplicateCandidate(id: String)
  /// A gate or a score needs something that nobody measured.
  case missingEvidence(id: String, what: String)
  /// The teacher gave fewer predictions than are averaged.
  case fewerPredictions(id: String, expected: Int, received: Int)
  /// A score, or a measurement a gate reads, that is NaN or infinite.
  case notFinite(id: String, what: String, value: String)
  /// The gates let nobody in; `reason` is why the first candidate stayed out.
  case nobodyAdmitted(round: Int, candidates: Int, reason: String)
  /// Prompts were asked for before a round began.
  case noRound
  /// A snapshot that cannot be read.
  case unreadableSnapshot(reason: String)
  /// A snapshot of a curriculum with another seed.
  case otherSeed(expected: UInt64, received: UInt64)

  /// What happened: one sentence.
  package var happened: String {
    switch self {
    case .mandatory(let curriculum, let name):
      "The curriculum '\(curriculum)' was not given \(name), which has no default."
    case .parameter(let curriculum, let name, let value, let allowed):
      "The curriculum '\(curriculum)' was given \(name) = \(value), but it must be \(allowed)."
    case .roundsWithoutEvery(let curriculum, let rounds):
      "The curriculum '\(curriculum)' was given rounds = \(rounds), but not when a round ends."
    case .noCandidates(let round): "Round \(round) of the curriculum began with an empty pool."
    case .duplicateCandidate(let id): "Prompt '\(id)' is in the curriculum's pool twice."
    case .missingEvidence(let id, let what): "Nobody measured \(what) of prompt '\(id)'."
    case .fewerPredictions(let id, let expected, let received):
      "The teacher made \(received) predictions for prompt '\(id)', but \(expected) are averaged."
    case .notFinite(let id, let what, let value):
      "The \(what) of prompt '\(id)' is \(value), which is not a finite number."
    case .nobodyAdmitted(let round, let candidates, let reason):
      "Round \(round) admitted none of its \(candidates) candidates; of the first one: \(reason)."
    case .noRound: "Prompts were asked for before the curriculum's first round."
    case .unreadableSnapshot(let reason): "The curriculum's snapshot cannot be read: \(reason)."
    case .otherSeed(let expected, let received):
      "The curriculum's snapshot has seed \(received), but this run has seed \(expected)."
    }
  }

  /// What to do about it: one sentence.
  package var remedy: String {
    switch self {
    case .mandatory: "Write it down in the configuration; the paper does not say what it was."
    case .parameter: "Change the value in the configuration."
    case .roundsWithoutEvery: "Give `every`, the number of prompts dealt before the next round."
    case .noCandidates: "Check that the data has prompts left after its filters."
    case .duplicateCandidate: "Give every prompt of the pool an id of its own."
    case .missingEvidence: "Measure it on the pool, or choose a curriculum that does not need it."
    case .fewerPredictions: "Lower k, or say with `shortLists` what a short list is worth."
    case .notFinite: "Look at the model's answer to this prompt, or leave the prompt out."
    case .nobodyAdmitted: "Loosen the gates, or use a teacher or a pool they can admit."
    case .noRound: "Call `beginRound` while `needsRound` is true."
    case .unreadableSnapshot: "Go on from an earlier checkpoint of this run."
    case .otherSeed: "Go on with the seed the run was started with."
    }
  }

  /// A usage error for parameters, bad input for data, a failure otherwise.
  package var exitStatus: ExitStatus {
    switch self {
    case .mandatory, .parameter, .roundsWithoutEvery: .usage
    case .noRound: .failed
    default: .badInput
    }
  }
}
