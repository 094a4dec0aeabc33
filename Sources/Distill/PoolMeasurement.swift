package import Curriculum
internal import Core
package import Student
internal import Teacher

/// What was measured on a pool, with what it cost.
package struct MeasuredPool: Sendable, Hashable, Codable {
  /// The candidates, in the order of the pool.
  package var candidates: [CandidateEvidence]
  /// Floating-point operations it took when it was measured.
  package var flops: Double

  /// Candidates with the cost of knowing them.
  package init(candidates: [CandidateEvidence], flops: Double) {
    self.candidates = candidates
    self.flops = flops
  }
}

/// Remembers by content what was measured on a pool.
///
/// It saves time and never cost: the ledger is charged the same whether a measurement was made or remembered, so that a
/// run's numbers do not depend on what happens to lie on the disk.
package protocol MeasurementStore: Sendable {
  /// What was kept under a key, or `nil`.
  func recall(_ key: String) throws -> MeasuredPool?

  /// Keeps a measurement under a key.
  func keep(_ measured: MeasuredPool, as key: String) throws
}

/// Measures on the whole pool what a curriculum needs before a round, and counts what that costs.
package struct PoolMeasurement: Sendable {
  /// What has to be measured.
  package let needs: EvidenceNeeds
  /// Who is to learn.
  package let student: any Learner
  /// Whom to ask.
  package let partners: TrainingPartners
  /// How the student answers.
  package let settings: TrainerSettings
  /// The step before which it is measured: its own stream of the student's answers.
  package let step: Int

  /// How many of a teacher's predictions are looked at.
  package static let predictions = 10

  /// A measurement to be made.
  package init(
    needs: EvidenceNeeds, student: any Learner, partners: TrainingPartners,
    settings: TrainerSettings, step: Int
  ) {
    self.needs = needs
    self.student = student
    self.partners = partners
    self.settings = settings
    self.step = step
  }

  /// Measures.
  ///
  /// The teacher's predictions do not change while a student learns: with a store they are charged before the first step
  /// only, without one each time they are asked for.
  ///
  /// - Parameter pool: The prompts.
  /// - Returns: The pool with what was measured, and the operations to charge.
  /// - Throws: `TrainingError.missing`, or what student, teacher or store throw.
  package func measure(_ pool: PromptPool) async throws -> MeasuredPool {
    var result = MeasuredPool(
      candidates: pool.prompts.map { CandidateEvidence(id: $0.id) }, flops: 0)
    let isFirst = step == 0 || partners.measurements == nil
    for (key, measure) in teacherParts {
      let measured = try await remembered(key) { try await measure(pool) }
      result.add(measured, charged: isFirst)
    }
    if !needs.isDisjoint(with: [.studentQuality, .trajectoryReverseKL, .studentAgreement]) {
      let measured = try await remembered(try await studentKey()) { try await measureStudent(pool) }
      result.add(measured, charged: true)
    }
    return result
  }

  /// What is asked of teachers alone, each under its key.
  private var teacherParts: [(key: String, measure: (PromptPool) async throws -> MeasuredPool)] {
    var parts: [(key: String, measure: (PromptPool) async throws -> MeasuredPool)] = []
    if needs.contains(.teacherQuality) {
      parts.append(("teacher \(Self.predictions)", measureTeacher))
    }
    if needs.contains(.teacherEntropy) { parts.append(("teacher entropy", measureEntropy)) }
    if needs.contains(.teacherAgreement) { parts.append(("two teachers", measureTeachers)) }
    if needs.contains(.teacherPosition) { parts.append(("teacher position", measurePosition)) }
    return parts
  }

  /// What is kept under a key, or else a new measurement, which is then kept.
  private func remembered(
    _ key: String, _ measure: () async throws -> MeasuredPool
  ) async throws -> MeasuredPool {
    if let known = try partners.measurements?.recall(key) { return known }
    let measured = try await measure()
    try partners.measurements?.keep(measured, as: key)
    return measured
  }

  private var wantsScores: Bool { needs.contains(.trajectoryReverseKL) }

  /// Everything the student's answers depend on besides the pool.
  private func studentKey() async throws -> String {
    let known = [try await student.fingerprint(), "\(settings.maximumLength)"]
    let asked = needs.contains(.studentAgreement) ? " beside the teacher" : ""
    guard wantsScores else { return "student greedy\(asked) \(ContentHash.of(known))" }
    let drawn = "\(settings.temperature) \(stream.value)"
    return "student scored\(asked) \(ContentHash.of(known + [drawn]))"
  }

  private var stream: Seed { settings.seed.derived("curriculum", step) }

  private func measureTeacher(_ pool: PromptPool) async throws -> MeasuredPool {
    let predictor = try predictor()
    let answers = try await predictor.predictions(for: pool.prompts, count: Self.predictions)
    var candidates: [CandidateEvidence] = []
    for (prompt, list) in zip(pool.prompts, answers) {
      let qualities = try await partners.codec.task.qualities(
        list.map(\.answer), of: list.map { _ in prompt })
      candidates.append(CandidateEvidence(id: prompt.id, teacherQuality: qualities))
    }
    return MeasuredPool(
      candidates: candidates, flops: predictor.predictionFlops(for: pool.prompts))
  }

  private func measureStudent(_ pool: PromptPool) async throws -> MeasuredPool {
    let groups = try await student.sample(
      pool.prompts,
      settings: SamplingSettings(
        group: 1, temperature: wantsScores ? settings.temperature : 0,
        maximumLength: settings.maximumLength), seed: stream)
    let (_, qualities) = try await partners.codec.judged(groups)
    var measured = MeasuredPool(
      candidates: zip(groups, qualities).map { group, qualities in
        CandidateEvidence(
          id: group.prompt.id, studentQuality: qualities[0],
          responseLength: group.rollouts[0].tokens.count)
      }, flops: student.flops(of: groups, .sampling))
    if wantsScores { try await measureDisagreement(groups, &measured) }
    if needs.contains(.studentAgreement) { try await measureAgreement(groups, &measured) }
    return measured
  }

  private func measureDisagreement(
    _ groups: [RolloutGroup], _ measured: inout MeasuredPool
  ) async throws {
    guard let teacher = partners.teacher else {
      throw TrainingError.missing(partner: "a teacher")
    }
    let scores = try await teacher.score(groups.map(ScoringRequest.init), support: .sampled)
    for (i, group) in groups.enumerated() {
      measured.candidates[i].trajectoryReverseKL = zip(
        group.rollouts[0].logProbabilities, scores[i][0].sampled
      ).reduce(0) { $0 + Double($1.0 - $1.1) }
    }
    measured.flops += teacher.flopsPerToken * Double(groups.tokenCount)
  }
}
