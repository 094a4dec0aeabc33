package import Core
package import Student
package import Teacher

/// The student as its own teacher, with evidence that the student does not have, or the model that its engine has beside it.
///
/// Without more evidence there is nothing to learn from oneself: the divergence is 0 for ever, which is a control of its own.
///
/// Source: docs/objectives.md, "Variants of distillation".
///
/// The trainer shows it the student at the start of a stage and after every update.
package struct SelfTeacher: TeacherScorer, AnswerPredictor {
  /// How the teacher changes while the student learns.
  package typealias Kind = TrainerHints.SelfTeacher

  /// How the teacher changes; `nil` where it is another model.
  package let kind: Kind?
  /// What it looks at.
  package let evidence: PolicyTeacher.Evidence
  /// The share of the student in the average after each update, 0 … 1; `average` alone reads it.
  package let rate: Double
  /// Its own temperature.
  package let temperature: Double
  /// How answers are written.
  package let codec: AnswerCodec

  private var policy: (any Policy)?

  /// A teacher that has not met its student yet.
  package init(
    _ kind: Kind?, evidence: PolicyTeacher.Evidence, rate: Double = 0.05, temperature: Double = 1,
    codec: AnswerCodec
  ) {
    self.kind = kind
    self.evidence = evidence
    self.rate = rate
    self.temperature = temperature
    self.codec = codec
  }

  /// The digest of the codec's vocabulary.
  package var vocabularyFingerprint: String { codec.tokenizer.fingerprint }

  /// Everything: the policy is in this process.
  package var support: TeacherSupport { .full }

  /// What a token on its own costs.
  package var flopsPerToken: Double { policy?.flopsPerToken ?? 0 }

  /// The share of the student that goes into an average at each update; `nil` where there is none.
  package var averageShare: Double? { kind == .average ? rate : nil }

  /// Whether it is the other model that the student's engine has.
  package var isBeside: Bool { kind == nil }

  /// Meets the student at the beginning of a stage.
  ///
  /// - Throws: What the student throws.
  package mutating func begin(with student: any Learner) async throws {
    policy = try await student.snapshot(isBeside ? .teacher : .now)
  }

  /// Sees the student after an update.
  package mutating func follow(_ student: any Learner) async throws {
    switch kind {
    case .frozen, nil: break
    case .live: policy = try await student.snapshot(.now)
    case .average: policy = try await student.snapshot(.average)
    }
  }

  /// Scores every token of every response.
  package func score(
    _ requests: [ScoringRequest], support: TeacherSupport
  ) async throws -> [[TeacherScore]] {
    try await teacher().score(requests, support: support)
  }

  /// The same for a student whose engine has these weights and compares with them: their rows stay there.
  ///
  /// - Returns: One score a response; `nil` where rows have to be sent.
  /// - Throws: As `score`.
  package func scoreBeside(_ requests: [ScoringRequest]) async throws -> [[TeacherScore]]? {
    try await teacher().scoreBeside(requests)
  }

  /// The policy's most likely answers.
  package func predictions(
    for prompts: [Prompt], count: Int
  ) async throws -> [[ScoredAnswer]] {
    try await teacher().predictions(for: prompts, count: count)
  }

  private func teacher() throws -> PolicyTeacher {
    guard let policy else { throw TrainingError.selfTeacherAlone }
    return PolicyTeacher(policy, codec: codec, evidence: evidence, temperature: temperature)
  }
}
