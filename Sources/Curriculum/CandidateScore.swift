/// Gives each candidate the number it is ranked by.
package protocol CandidateScore: Sendable {
  /// What it measures, in words.
  var name: String { get }

  /// What has to be measured on the pool.
  var needs: EvidenceNeeds { get }

  /// Whether right answers decide; unless a score says so, where it `needs` a quality or rewards.
  var readsTruth: Bool { get }

  /// The scores of candidates.
  ///
  /// - Parameter candidates: What is known of them.
  /// - Returns: One score a candidate, in the same order.
  /// - Throws: `CurriculumError` where something needed was not measured.
  func scores(of candidates: [Candidate]) throws -> [Double]
}

extension CandidateScore {
  /// Where it needs a quality or rewards.
  package var readsTruth: Bool { needs.readTruth }
}

/// δ = teacher quality − student quality: how much there is to learn on a prompt.
///
/// Source: Video-OPD, arXiv:2602.02994, one of its two readings of disagreement.
package struct QualityGap: CandidateScore, Hashable {
  /// Over how many of the teacher's best predictions its quality is averaged, at least 1.
  package let predictions: Int
  /// What a shorter list is worth.
  package let shortLists: ShortLists

  /// The gap to the mean of the teacher's best predictions; by default to its best one.
  package init(predictions: Int = 1, shortLists: ShortLists = .refuse) throws {
    try check("tvdf", "gapPredictions", predictions, "at least 1") { $0 >= 1 }
    self.predictions = predictions
    self.shortLists = shortLists
  }

  /// Its name.
  package var name: String { "quality gap" }

  /// The answers of both.
  package var needs: EvidenceNeeds { [.teacherQuality, .studentQuality] }

  /// One gap a candidate, −1 … 1.
  package func scores(of candidates: [Candidate]) throws -> [Double] {
    try candidates.map {
      try $0.teacherQuality(predictions, shortLists: shortLists) - $0.studentQuality()
    }
  }
}

/// Σ_t (log π − log q) over the student's own answer, or its mean over tokens: nats.
///
/// Source: Video-OPD, arXiv:2602.02994, the other reading of disagreement.
package struct TrajectoryReverseKL: CandidateScore, Hashable {
  /// How the log-ratios of an answer's tokens are put together.
  package enum Reduction: String, Codable, Sendable, CaseIterable {
    /// Their sum, which grows with the answer's length.
    case sum
    /// Their mean over the answer's tokens; an answer without tokens scores 0.
    case mean
  }

  /// How tokens are put together.
  package let reduction: Reduction

  /// A score with a reduction.
  package init(_ reduction: Reduction) { self.reduction = reduction }

  /// Its name.
  package var name: String { "trajectory reverse KL (\(reduction))" }

  /// The teacher's log-probabilities of the student's answers.
  package var needs: EvidenceNeeds { .trajectoryReverseKL }

  /// One number a candidate, nats.
  package func scores(of candidates: [Candidate]) throws -> [Double] {
    try candidates.map { candidate in
      let sum = try candidate.finite(
        candidate.evidence.trajectoryReverseKL, "the trajectory reverse KL")
      guard reduction == .mean else { return sum }
      guard let length = candidate.evidence.responseLength else {
        throw CurriculumError.missingEvidence(id: candidate.id, what: "the response length")
      }
      return length > 0 ? sum / Double(length) : 0
    }
  }
}

/// The quality of the student's own answer: how easy a prompt is for it now.
package struct StudentQualityScore: CandidateScore, Hashable {
  /// The score.
  package init() {}

  /// Its name.
  package var name: String { "student quality" }

  /// The student's answers.
  package var needs: EvidenceNeeds { .studentQuality }

  /// One quality a candidate, 0 … 1.
  package func scores(of candidates: [Candidate]) throws -> [Double] {
    try candidates.map { try $0.studentQuality() }
  }
}
