/// Says whether a candidate may be chosen at all.
package protocol AdmissionGate: Sendable {
  /// What has to be measured on the pool.
  var needs: EvidenceNeeds { get }

  /// Whether right answers decide; unless a gate says so, where it `needs` a quality or rewards.
  var readsTruth: Bool { get }

  /// Why a candidate must stay out.
  ///
  /// - Parameter candidate: What is known of it.
  /// - Returns: The reason in words, or `nil` if the candidate may come in.
  /// - Throws: `CurriculumError` where something needed was not measured.
  func refusal(of candidate: Candidate) throws -> String?
}

extension AdmissionGate {
  /// Where it needs a quality or rewards.
  package var readsTruth: Bool { needs.readTruth }
}

/// Keeps a prompt iff the mean quality of the teacher's top-k predictions is at least θ: TRPV of Video-OPD.
///
/// On a prompt the teacher gets wrong, distillation teaches the mistake.
///
/// Source: Video-OPD, arXiv:2602.02994, whose text gives neither θ nor k.
package struct TeacherReliabilityGate: AdmissionGate, Hashable {
  /// θ, 0 … 1.
  package let threshold: Double
  /// k, at least 1.
  package let predictions: Int
  /// What a list of fewer than k predictions is worth.
  package let shortLists: ShortLists

  /// A gate with θ and k.
  ///
  /// - Throws: `CurriculumError.parameter` for a θ outside 0 … 1 or a k below 1.
  package init(threshold: Double, predictions: Int, shortLists: ShortLists = .refuse) throws {
    try check("tvdf", "theta", threshold, "0 … 1") { (0...1).contains($0) }
    try check("tvdf", "k", predictions, "at least 1") { $0 >= 1 }
    self.threshold = threshold
    self.predictions = predictions
    self.shortLists = shortLists
  }

  /// The teacher's predictions.
  package var needs: EvidenceNeeds { .teacherQuality }

  /// Why a candidate must stay out.
  package func refusal(of candidate: Candidate) throws -> String? {
    let mean = try candidate.teacherQuality(predictions, shortLists: shortLists)
    guard mean < threshold else { return nil }
    return "TRPV: the mean quality of the teacher's top \(predictions) is \(inWords(mean)), "
      + "below θ = \(inWords(threshold))"
  }
}

/// Keeps a prompt iff the teacher gets it right and the student, now, does not: the SCC gate.
package struct TeacherAheadGate: AdmissionGate, Hashable {
  /// The quality from which an answer counts as right, 0 … 1.
  package let threshold: Double

  /// A gate; .7 is the published threshold.
  ///
  /// - Throws: `CurriculumError.parameter` for a threshold outside 0 … 1.
  package init(threshold: Double = 0.7) throws {
    try check("scc", "threshold", threshold, "0 … 1") { (0...1).contains($0) }
    self.threshold = threshold
  }

  /// The answers of both.
  package var needs: EvidenceNeeds { [.teacherQuality, .studentQuality] }

  /// Why a candidate must stay out.
  package func refusal(of candidate: Candidate) throws -> String? {
    let teacher = try candidate.teacherQuality()
    if teacher < threshold {
      return "SCC: the teacher's quality is \(inWords(teacher)), below \(inWords(threshold))"
    }
    let student = try candidate.studentQuality()
    guard student >= threshold else { return nil }
    return "SCC: the student's quality is already \(inWords(student)), "
      + "at least \(inWords(threshold))"
  }
}

/// Rests prompts whose last group of answers all earned the same: such groups carry no signal.
///
/// A prompt that was never trained on is let in.
package struct RewardSpreadGate: AdmissionGate, Hashable {
  /// The spread (a standard deviation) above which a group teaches something, at least 0.
  package let minimum: Double
  /// For how many rounds such a prompt rests before it is tried again, at least 1.
  package let rest: Int

  /// A gate.
  ///
  /// - Throws: `CurriculumError.parameter` for a negative minimum or a rest below 1.
  package init(minimum: Double = 0, rest: Int = 1) throws {
    try check("rewardSpread", "minimum", minimum, "at least 0") { $0 >= 0 && $0.isFinite }
    try check("rewardSpread", "rest", rest, "at least 1") { $0 >= 1 }
    self.minimum = minimum
    self.rest = rest
  }

  /// Nothing: training itself shows the spread.
  package var needs: EvidenceNeeds { [] }

  /// It does: rewards are made of them.
  package var readsTruth: Bool { true }

  /// Why a candidate must stay out.
  package func refusal(of candidate: Candidate) throws -> String? {
    guard let known = candidate.evidence.rewardSpread else { return nil }
    let spread = try candidate.finite(known, "the reward spread")
    guard spread <= minimum else { return nil }
    let rested = candidate.round - (candidate.history.lastRound ?? candidate.round - 1)
    guard rested <= rest else { return nil }
    return "reward spread: \(inWords(spread)) in its last group, not above \(inWords(minimum))"
  }
}

/// Refuses a parameter outside its range.
func check<T>(
  _ curriculum: String, _ name: String, _ value: T, _ allowed: String,
  _ holds: (T) -> Bool
) throws(CurriculumError) {
  guard holds(value) else {
    throw .parameter(curriculum: curriculum, name: name, value: "\(value)", allowed: allowed)
  }
}
