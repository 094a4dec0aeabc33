internal import Curriculum
internal import Rollouts
internal import Student
internal import Teacher

/// Measures on the whole pool what a curriculum needs before a round, and counts what that costs.
struct PoolMeasurement {
  let needs: EvidenceNeeds
  let student: any StudentPolicy
  let partners: TrainingPartners
  let settings: TrainerSettings
  let round: Int

  /// How many of a teacher's predictions are looked at.
  static let predictions = 5

  /// The pool with what was measured, and the floating-point operations it took.
  func measure(_ pool: PromptPool) async throws -> (candidates: [CandidateEvidence], flops: Double)
  {
    var candidates = pool.prompts.map { CandidateEvidence(id: $0.id) }
    var flops = 0.0
    if needs.contains(.teacherIoU) { try await measureTeacher(pool, &candidates) }
    if !needs.isDisjoint(with: [.studentIoU, .trajectoryReverseKL]) {
      let wantsScores = needs.contains(.trajectoryReverseKL)
      let groups = try student.sample(
        pool.prompts,
        settings: SamplingSettings(
          group: 1, temperature: wantsScores ? settings.temperature : 0,
          maximumLength: settings.maximumLength),
        seed: settings.seed.derived("curriculum", round))
      flops += student.flops(of: groups, .sampling)
      for (i, group) in groups.enumerated() {
        let answer = partners.codec.decode(
          group.rollouts[0].tokens, duration: group.prompt.duration)
        candidates[i].studentIoU = answer.map { group.prompt.truth.bestIoU($0) } ?? 0
        candidates[i].responseLength = group.rollouts[0].tokens.count
      }
      if wantsScores { flops += try await measureDisagreement(groups, &candidates) }
    }
    return (candidates, flops)
  }

  private func measureTeacher(
    _ pool: PromptPool, _ candidates: inout [CandidateEvidence]
  ) async throws {
    guard let predictor = partners.predictor else {
      throw TrainingError.missing(partner: "a teacher that answers prompts itself")
    }
    let answers = try await predictor.predictions(for: pool.prompts, count: Self.predictions)
    for (i, list) in answers.enumerated() {
      candidates[i].teacherIoU = list.map { pool.prompts[i].truth.bestIoU($0.interval) }
    }
  }

  private func measureDisagreement(
    _ groups: [RolloutGroup], _ candidates: inout [CandidateEvidence]
  ) async throws -> Double {
    guard let teacher = partners.teacher else {
      throw TrainingError.missing(partner: "a teacher")
    }
    let scores = try await teacher.score(groups.map(ScoringRequest.init), support: .sampled)
    for (i, group) in groups.enumerated() {
      candidates[i].trajectoryReverseKL = zip(
        group.rollouts[0].logProbabilities, scores[i][0].sampled
      ).reduce(0) { $0 + Double($1.0 - $1.1) }
    }
    return teacher.flopsPerToken * Double(groups.tokenCount)
  }
}

extension [Interval] {
  /// The best intersection over union with any of these.
  func bestIoU(_ answer: Interval) -> Double { map { $0.iou(answer) }.max() ?? 0 }
}
