/// The standard deviation of the rewards of a prompt's last group; what was never trained on comes first.
package struct RewardSpreadScore: CandidateScore, Hashable {
  /// The score.
  package init() {}

  /// Its name.
  package var name: String { "reward spread" }

  /// Nothing: training itself shows it.
  package var needs: EvidenceNeeds { [] }

  /// It does: rewards are made of them.
  package var readsTruth: Bool { true }

  /// One spread a candidate; the largest of all, doubled (or 1), where nobody knows yet.
  package func scores(of candidates: [Candidate]) throws -> [Double] {
    let known = try candidates.map { candidate in
      try candidate.evidence.rewardSpread.map { try candidate.finite($0, "the reward spread") }
    }
    return optimistic(known)
  }
}

/// `|mean of the last w rewards − mean of the w before|`: where the student is changing, for better or worse.
///
/// A prompt with fewer than two groups behind it counts as changing most; with fewer than 2w the halves are shorter.
///
/// Source: Oudeyer, Kaplan & Hafner, "Intrinsic motivation systems for autonomous mental development", IEEE TEC 2007; as a
/// curriculum: Graves et al., arXiv:1704.03003.
package struct LearningProgress: CandidateScore, Hashable {
  /// w, from 1 to half of `PromptHistory.capacity`.
  package let window: Int

  /// A score.
  ///
  /// - Throws: `CurriculumError.parameter` for a window out of range.
  package init(window: Int = 4) throws {
    let most = PromptHistory.capacity / 2
    try check("learningProgress", "window", window, "from 1 to \(most)") { (1...most).contains($0) }
    self.window = window
  }

  /// Its name.
  package var name: String { "learning progress" }

  /// Nothing: training itself shows it.
  package var needs: EvidenceNeeds { [] }

  /// It does: rewards are made of them.
  package var readsTruth: Bool { true }

  /// One change of reward a candidate, at least 0.
  package func scores(of candidates: [Candidate]) throws -> [Double] {
    optimistic(candidates.map { progress($0.history.rewards) })
  }

  /// The change over the last rewards, or `nil` where there are fewer than two.
  func progress(_ rewards: [Double]) -> Double? {
    let half = min(window, rewards.count / 2)
    guard half > 0 else { return nil }
    let later = rewards.suffix(half).reduce(0, +)
    let earlier = rewards.suffix(2 * half).prefix(half).reduce(0, +)
    return abs(later - earlier) / Double(half)
  }
}

/// What nobody knows yet is worth twice the best that is known, so that everything is tried.
private func optimistic(_ scores: [Double?]) -> [Double] {
  let best = scores.compactMap { $0 }.max() ?? 0
  return scores.map { $0 ?? (best > 0 ? 2 * best : 1) }
}
