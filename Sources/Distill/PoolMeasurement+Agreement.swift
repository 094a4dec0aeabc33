internal import Core
internal import Curriculum
internal import Student
internal import Teacher

/// What is measured without right answers: how sure a teacher is, and who agrees with it.
extension PoolMeasurement {
  /// Who answers in the teacher's name.
  func predictor() throws -> any AnswerPredictor {
    guard let predictor = partners.predictor else {
      throw TrainingError.missing(partner: "a teacher that answers prompts itself")
    }
    return predictor
  }

  /// The entropy of what the teacher, as it is served, believes of every answer.
  func measureEntropy(_ pool: PromptPool) async throws -> MeasuredPool {
    guard let teacher = partners.teacher else {
      throw TrainingError.missing(partner: "a teacher")
    }
    let beliefs = try TeacherBeliefs(teacher, partners.codec, for: "The entropy of a teacher")
    let read = try await beliefs.of(pool.prompts)
    let candidates = zip(pool.prompts, read.beliefs).map { prompt, belief in
      var candidate = CandidateEvidence(id: prompt.id)
      candidate.teacherEntropy = belief.entropy
      return candidate
    }
    return MeasuredPool(candidates: candidates, flops: read.flops)
  }

  /// Where in the video the teacher's best answers lie; none where an answer is no stretch of it.
  func measurePosition(_ pool: PromptPool) async throws -> MeasuredPool {
    let teacher = try predictor()
    let best = try await teacher.predictions(for: pool.prompts, count: 1).map(\.first?.answer)
    let candidates = zip(pool.prompts, best).map { prompt, answer in
      var candidate = CandidateEvidence(id: prompt.id)
      let stretch = (answer as? any LocatedAnswer)?.stretches.first
      candidate.teacherPosition = stretch.flatMap { stretch in
        prompt.duration > 0
          ? min(max(0, (stretch.start + stretch.end) / 2 / prompt.duration), 1) : nil
      }
      return candidate
    }
    return MeasuredPool(
      candidates: candidates, flops: teacher.predictionFlops(for: pool.prompts))
  }

  /// The agreement of the best answers of the teacher and of the second one; none where one of them has no answer.
  func measureTeachers(_ pool: PromptPool) async throws -> MeasuredPool {
    guard let second = partners.secondTeacher else {
      throw TrainingError.missing(partner: "a second teacher that answers prompts itself")
    }
    let first = try predictor()
    let own = try await first.predictions(for: pool.prompts, count: 1).map(\.first?.answer)
    let other = try await second.predictions(for: pool.prompts, count: 1).map(\.first?.answer)
    let candidates = zip(pool.prompts, zip(own, other)).map { prompt, answers in
      var candidate = CandidateEvidence(id: prompt.id)
      candidate.teacherAgreement = agreement(answers.0, answers.1)
      return candidate
    }
    return MeasuredPool(
      candidates: candidates,
      flops: first.predictionFlops(for: pool.prompts) + second.predictionFlops(for: pool.prompts))
  }

  /// The agreement of the student's answers with the teacher's best ones.
  func measureAgreement(_ groups: [RolloutGroup], _ measured: inout MeasuredPool) async throws {
    let teacher = try predictor()
    let prompts = groups.map(\.prompt)
    let best = try await teacher.predictions(for: prompts, count: 1).map(\.first?.answer)
    for (i, group) in groups.enumerated() {
      let answer = partners.codec.decode(group.rollouts[0].tokens, to: group.prompt)
      measured.candidates[i].studentAgreement = agreement(answer, best[i])
    }
    measured.flops += teacher.predictionFlops(for: prompts)
  }

  private func agreement(_ first: (any Answer)?, _ second: (any Answer)?) -> Double {
    guard let first, let second else { return 0 }
    return partners.codec.task.agreement(first, second)
  }
}

extension MeasuredPool {
  /// Adds what else was measured of the same prompts.
  ///
  /// - Precondition: The same candidates in the same order.
  mutating func add(_ more: MeasuredPool, charged: Bool) {
    for (i, candidate) in more.candidates.enumerated() { candidates[i].fill(candidate) }
    if charged { flops += more.flops }
  }
}
