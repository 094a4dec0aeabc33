/// What training has shown of a prompt so far.
package struct PromptHistory: Sendable, Hashable, Codable {
  /// How many mean rewards are remembered.
  package static let capacity = 16

  /// Mean rewards of its groups, oldest first, the last `capacity` of them.
  package var rewards: [Double] = []
  /// Standard deviation of the rewards of its last group.
  package var rewardSpread: Double?
  /// The round in which it was last trained on.
  package var lastRound: Int?

  /// The history of a prompt that was never trained on.
  package init() {}

  /// Takes note of what training showed in a round; numbers that are not finite are forgotten.
  package mutating func note(_ observation: PromptObservation, round: Int) {
    lastRound = round
    if let reward = observation.meanReward, reward.isFinite {
      rewards.append(reward)
      if rewards.count > Self.capacity { rewards.removeFirst() }
    }
    if let spread = observation.rewardSpread, spread.isFinite { rewardSpread = spread }
  }
}

/// A prompt that may be chosen, with all that is known of it.
package struct Candidate: Sendable, Hashable {
  /// What was measured on the pool.
  package var evidence: CandidateEvidence
  /// What training showed.
  package var history: PromptHistory
  /// The round that is about to begin, from 0.
  package var round: Int

  /// A candidate of a round.
  package init(
    _ evidence: CandidateEvidence, history: PromptHistory = PromptHistory(), round: Int = 0
  ) {
    self.evidence = evidence
    self.history = history
    self.round = round
  }

  /// The prompt.
  package var id: String { evidence.id }

  /// The quality of the student's own answer with the truth, 0 … 1.
  ///
  /// - Throws: `CurriculumError` if nobody measured it or it is not finite.
  package func studentQuality() throws -> Double {
    try finite(evidence.studentQuality, "the student's quality")
  }

  /// Where the middle of the teacher's best answer lies in its video, 0 … 1.
  ///
  /// - Throws: `CurriculumError` if nobody measured it, as of an answer that is no stretch of a video.
  package func teacherPosition() throws -> Double {
    try finite(evidence.teacherPosition, "where in the video the teacher's answer lies")
  }

  /// The mean quality of the teacher's `count` best predictions with the truth, 0 … 1.
  ///
  /// - Parameters:
  ///   - count: How many predictions are averaged, at least 1.
  ///   - shortLists: What a shorter list is worth.
  /// - Returns: Their mean.
  /// - Throws: `CurriculumError` if nobody measured it, there are too few, or one is not finite.
  package func teacherQuality(
    _ count: Int = 1, shortLists: ShortLists = .refuse
  ) throws -> Double {
    guard let all = evidence.teacherQuality else {
      throw CurriculumError.missingEvidence(id: id, what: "the teacher's quality")
    }
    let best = all.prefix(count)
    if best.count < count, shortLists == .refuse || (shortLists == .average && best.isEmpty) {
      throw CurriculumError.fewerPredictions(id: id, expected: count, received: best.count)
    }
    let parts = shortLists == .average ? best.count : count
    return try finite(best.reduce(0, +) / Double(parts), "the teacher's quality")
  }

  func finite(_ value: Double?, _ what: String) throws -> Double {
    guard let value else { throw CurriculumError.missingEvidence(id: id, what: what) }
    guard value.isFinite else { throw notFinite(value, what) }
    return value
  }

  func notFinite(_ value: Double, _ what: String) -> CurriculumError {
    let name = what.hasPrefix("the ") ? String(what.dropFirst(4)) : what
    return .notFinite(id: id, what: name, value: "\(value)")
  }
}

/// What a list of teacher predictions is worth that is shorter than the k that are averaged.
package enum ShortLists: String, Codable, Sendable, CaseIterable {
  /// The round fails and names the prompt.
  case refuse
  /// The mean of those there are.
  case average
  /// Predictions that are not there count as a quality of 0.
  case zero
}

/// A number in words: at most three decimals.
func inWords(_ x: Double) -> String { "\((x * 1000).rounded() / 1000)" }
