/// Keeps a prompt iff the teacher is sure enough: the entropy of what it believes of every answer is at most a bound.
///
/// Nobody's right answer is read. A teacher that is wrong and sure of it passes.
package struct TeacherEntropyGate: AdmissionGate, Hashable {
  /// The most entropy, nats; log *n* for *n* answers admits everybody.
  package let maximum: Double

  /// A gate with its bound.
  ///
  /// - Throws: `CurriculumError.parameter` for a bound that is negative or not finite.
  package init(maximum: Double) throws {
    try check("tvdf", "maximumEntropy", maximum, "at least 0") { $0 >= 0 && $0.isFinite }
    self.maximum = maximum
  }

  /// The teacher's belief.
  package var needs: EvidenceNeeds { .teacherEntropy }

  /// Why a candidate must stay out.
  package func refusal(of candidate: Candidate) throws -> String? {
    let entropy = try candidate.finite(
      candidate.evidence.teacherEntropy, "the entropy of the teacher's belief")
    // A flat belief's entropy is log n but for the rounding of its sum.
    guard entropy > maximum * (1 + 1e-6) + 1e-9 else { return nil }
    return "teacher entropy: \(inWords(entropy)) nats, above \(inWords(maximum))"
  }
}

/// Keeps a prompt iff two who were asked gave answers that agree well enough.
///
/// Nobody's right answer is read. Two that make the same mistake agree.
///
/// Source: agreement of independently made views as a sign of being right, Blum and Mitchell, "Combining labeled and unlabeled data
/// with co-training", 1998.
package struct AgreementGate: AdmissionGate, Hashable {
  /// Who are asked.
  package enum Witnesses: String, Sendable, CaseIterable {
    /// The teacher and a second one.
    case teachers
    /// The teacher and the student, as it is at the beginning of a round.
    case student
  }

  /// Who are asked.
  package let witnesses: Witnesses
  /// The least agreement, 0 … 1; 0 admits everybody.
  package let least: Double

  /// A gate with its bound.
  ///
  /// - Throws: `CurriculumError.parameter` for an agreement outside 0 … 1.
  package init(_ witnesses: Witnesses, least: Double) throws {
    let name = witnesses == .teachers ? "teacherAgreement" : "studentAgreement"
    try check("tvdf", name, least, "0 … 1") { (0...1).contains($0) }
    self.witnesses = witnesses
    self.least = least
  }

  /// The answers of both.
  package var needs: EvidenceNeeds {
    witnesses == .teachers ? .teacherAgreement : .studentAgreement
  }

  /// Why a candidate must stay out.
  package func refusal(of candidate: Candidate) throws -> String? {
    let (measured, who) =
      switch witnesses {
      case .teachers: (candidate.evidence.teacherAgreement, "two teachers")
      case .student: (candidate.evidence.studentAgreement, "student and teacher")
      }
    let agreement = try candidate.finite(measured, "the agreement of \(who)")
    guard agreement < least else { return nil }
    return "agreement of \(who): \(inWords(agreement)), below \(inWords(least))"
  }
}
