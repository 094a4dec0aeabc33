internal import Runs
internal import Curriculum
internal import Distill
internal import Tasks
internal import Core
internal import Student
internal import Teacher
internal import Tensors

extension MethodPreset {
  /// Methods each of whose updates should bring the student nearer to the teacher on the answers it is made of.
  static let towardsTeacher = [
    "opd", "opd-full", "opd-topk", "gkd", "off-policy-kd", "entropy-opd", "trust-region-opd",
    "importance-decayed-opd", "student-topk-opd", "order-consistent-opd", "opd-grpo",
  ]
}

extension Laws {
  /// The temperatures of the check.
  private static let temperatures = [0.6, 1, 1.4]

  /// Sampled, re-scored and differentiated log-probabilities are the same numbers at every temperature.
  func samplerAgreesWithTrainer() throws -> Check {
    var worst = 0.0
    for temperature in Self.temperatures {
      let groups = try student.sample(
        self.groups.map(\.prompt),
        settings: SamplingSettings(
          group: 3, temperature: temperature, maximumLength: parts.context.codec.maximumLength),
        seed: Seed(2))
      let trained = try student.logProbabilities(groups, temperature: temperature)
      let sampled = groups.map { $0.rollouts.map(\.logProbabilities) }
      worst = zip(trained.joined().joined(), sampled.joined().joined()).reduce(worst) {
        largestError($0, Double(($1.0 - $1.1).magnitude))
      }
    }
    return Check(
      "sampler and trainer agree to the bit at temperatures 0.6, 1 and 1.4", error: worst,
      tolerance: 0)
  }

  /// With learning rate 0 nothing moves and the difference of sampler and trainer does not grow.
  func nothingDrifts() async throws -> Check {
    var trainer = try await trainer("opd", learningRate: 0)
    var worst = 0.0
    for _ in 0..<3 {
      let record = try await trainer.step()
      worst = largestError(worst, record.values["sampling/logp_difference"] ?? .infinity)
    }
    let moved = try await trainer.student.fingerprint() != student.fingerprint()
    return Check(
      "at learning rate 0 nothing moves, and sampler and trainer stay together",
      error: moved ? .infinity : worst, tolerance: 1e-6)
  }

  private func trainer(_ method: String, learningRate: Double) async throws -> Trainer {
    try await Trainer(
      student: student, objective: MethodPreset.named(method).objective,
      pool: PromptPool(parts.train), curriculum: UniformCurriculum(seed: Seed(3)),
      partners: TrainingPartners(codec: parts.context.codec, teacher: parts.teacher?.scorer),
      settings: TrainerSettings(
        steps: 3, prompts: 4, maximumLength: parts.context.codec.maximumLength,
        schedule: LearningRateSchedule(peak: learningRate), seed: Seed(4)))
  }

  /// A teacher that scores what it would say itself finds each token the most likely, and shifted by one it does not.
  func positions() async throws -> Check {
    let greedy = try student.sample(
      Array(parts.train.prefix(6)),
      settings: .greedy(maximumLength: parts.context.codec.maximumLength), seed: Seed(1))
    let teacher = PolicyTeacher(
      student.frozen(), codec: parts.context.codec, evidence: .sameAsStudent)
    let scores = try await teacher.score(
      greedy.map { ScoringRequest(prompt: $0.prompt, responses: $0.rollouts.map(\.tokens)) },
      support: .full)
    func misses(shift: Int) -> Int {
      var count = 0
      for (group, scores) in zip(greedy, scores) {
        let tokens = group.rollouts[0].tokens
        for t in tokens.indices.dropFirst(shift) {
          let row = scores[0].rows?.logProbabilities(t - shift..<t - shift + 1) ?? []
          if row.max() != row[tokens[t]] { count += 1 }
        }
      }
      return count
    }
    return Check(
      "greedy tokens are the teacher's best where they stand, and not one place on",
      error: misses(shift: 1) > 0 ? Double(misses(shift: 0)) : .infinity, tolerance: 0)
  }

  /// A teacher of another vocabulary is refused before the first step.
  func otherVocabulary() async throws -> Check {
    let foreign = TimeTokensCodec(clipLength: 1, clips: 30, words: []).answers
    let teacher = PolicyTeacher(student.frozen(), codec: foreign)
    let own = Foreign(base: teacher, vocabularyFingerprint: foreign.tokenizer.fingerprint)
    var isRefused = false
    do {
      _ = try await Trainer(
        student: student, objective: MethodPreset.named("opd").objective,
        pool: PromptPool(parts.train), curriculum: UniformCurriculum(seed: Seed(3)),
        partners: TrainingPartners(codec: parts.context.codec, teacher: own),
        settings: TrainerSettings(
          steps: 1, maximumLength: parts.context.codec.maximumLength,
          schedule: LearningRateSchedule(peak: 0), seed: Seed(4)))
    } catch TrainingError.vocabulary {
      isRefused = true
    }
    return Check(
      "a teacher of another vocabulary is refused", error: isRefused ? 0 : 1, tolerance: 0)
  }
}

/// A teacher that says it uses other words.
private struct Foreign: TeacherScorer {
  let base: PolicyTeacher
  let vocabularyFingerprint: String
  var support: TeacherSupport { base.support }
  var flopsPerToken: Double { base.flopsPerToken }

  func score(
    _ requests: [ScoringRequest], support: TeacherSupport
  ) async throws -> [[TeacherScore]] { try await base.score(requests, support: support) }
}
