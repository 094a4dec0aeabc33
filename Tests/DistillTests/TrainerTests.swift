import Curriculum
import Networks
import Core
import Student
import Teacher
import Tensors
import Testing

@testable import Distill

/// A world of questions without frames' meaning: what is tested is the loop, not what is learnt.
struct Loop {
  /// Rewards by prompt: whether the group has spread.
  struct Judge: RewardFunction {
    let spreads: @Sendable (String) -> Bool
    func rewards(_ groups: [RolloutGroup]) async throws -> [[Reward]] {
      groups.map { group in
        group.rollouts.map { rollout in
          let total = spreads(group.prompt.id) && rollout.slot.isMultiple(of: 2) ? 1.0 : 0
          return Reward(total: total, terms: ["iou": total], parsed: true)
        }
      }
    }
  }

  static let words = Vocabulary(words: ["end", "a", "b", "c", "d"], end: "end")

  struct Task: AnswerTask {
    let name = "loop"
    let maximumLength = 4
    let headline = MetricName("eval/loop")
    let metrics: [MetricDefinition] = []
    func write(
      _ answer: any Answer, to prompt: Prompt, with tokenizer: any Tokenizer
    ) -> [Token] { [1, 2, 0] }
    func read(
      _ tokens: [Token], to prompt: Prompt, with tokenizer: any Tokenizer
    ) -> (any Answer)? { Interval(0, 1) }
    func agreement(_ first: any Answer, _ second: any Answer) -> Double { 1 }
    func outcomes(_ answers: [(any Answer)?], to prompts: [Prompt]) -> [Outcome] {
      zip(answers, prompts).map { Outcome($0, to: $1, quality: bestAgreement($0, of: $1)) }
    }
    func summary(_ outcomes: [Outcome]) -> [MetricName: Double] { [:] }
  }

  static let codec = AnswerCodec(Task(), tokenizer: words)

  static let prompts = (0..<12).map { index in
    Prompt(
      id: "p\(index)", video: "v\(index)", query: "", tokens: [1 + index % 4, 1 + index % 3],
      evidence: FrameFeatures(
        values: [Float(index), 1, 2, Float(index)], tokensPerFrame: 1, channels: 1,
        timestamps: [0, 1, 2, 3], duration: 4), truth: [Interval(0, 1)], keyframes: [0, 2])
  }

  static var student: DecoderStudent { student(seed: 2) }

  static func student(seed: UInt64) -> DecoderStudent {
    let encoder = PromptEncoder(channels: 1, tokensPerFrame: 1, timeOctaves: 2)
    let shape = DecoderConfiguration(
      vocabularySize: words.count, layers: 1, width: 16, heads: 2, keyValueHeads: 1, hidden: 16,
      features: encoder.width, positions: 32)
    return DecoderStudent(
      decoder: shape, encoder: encoder, tokenizer: words,
      parameters: DecoderStudent.initialParameters(shape, seed: Seed(seed)))
  }

  static func trainer(
    _ objective: Objective, prompts: Int = 4, group: Int = 4, innerSteps: Int = 1,
    miniBatches: Int = 1, refills: Int = 0, rate: Double = 0.01,
    reference: (any Policy)? = nil,
    spreads: @escaping @Sendable (String) -> Bool = { _ in true }
  ) async throws -> Trainer {
    try await Trainer(
      student: student, objective: objective, pool: PromptPool(Self.prompts),
      curriculum: UniformCurriculum(Self.prompts.map(\.id), seed: Seed(1)),
      partners: TrainingPartners(
        codec: codec, reference: reference, reward: Judge(spreads: spreads)),
      settings: TrainerSettings(
        steps: 10, prompts: prompts, group: group, maximumLength: 4, innerSteps: innerSteps,
        miniBatches: miniBatches, refills: refills, schedule: LearningRateSchedule(peak: rate),
        seed: Seed(3)))
  }
}

@Suite("The training loop")
struct TrainerTests {
  private func method(_ name: String) throws -> Objective { try MethodPreset.named(name).objective }

  /// DAPO whose rewards are the judge's alone.
  private func dapo() throws -> Objective {
    var objective = try method("dapo")
    objective.shaping = []
    return objective
  }

  @Test("draws others in place of groups without spread, until the batch is full")
  func refills() async throws {
    // A third of the prompts is informative: the whole pool has four of them.
    var trainer = try await Loop.trainer(dapo(), refills: 2) { id in
      ["p1", "p4", "p7", "p10"].contains(id)
    }
    let record = try await trainer.step()
    let drawn = record.groups.count
    let refills = try #require(record.values["sampling/refills"])
    #expect(drawn == 4 + 4 * Int(refills) && refills >= 1)
    #expect(record.notes.isEmpty)
    let trained = record.groups.filter { $0.rollouts.contains { ($0.reward?.total ?? 0) > 0 } }
    let tokens = trained.flatMap(\.rollouts).reduce(0) { $0 + $1.rollout.tokens.count }
    #expect(record.metrics["entropy"]?.weight == Double(tokens))
    #expect(trained.count == 4)
    let all = record.groups.flatMap(\.rollouts).reduce(0) { $0 + $1.rollout.tokens.count }
    #expect(trainer.ledger.rolloutTokens == all)
  }

  @Test("gives up after as many refills as it may make, and says so")
  func bounded() async throws {
    var trainer = try await Loop.trainer(dapo(), refills: 3) { _ in false }
    let before = try await trainer.student.fingerprint()
    let record = try await trainer.step()
    #expect(record.values["sampling/refills"] == 3)
    #expect(record.groups.count == 16)
    #expect(record.notes.count == 1 && record.notes[0].contains("3 refills did not find 4 groups"))
    #expect(try await trainer.student.fingerprint() == before)
    #expect(trainer.updates == 0 && trainer.steps == 1)
  }

  @Test("without spread refuses to guess where rewards are missing")
  func missingRewards() throws {
    let batch = RaggedBatch(seed: 5)
    var groups = batch.groups
    for slot in groups[1].rollouts.indices { groups[1].rollouts[slot].reward = nil }
    var dapo = try dapo()
    dapo.components = try method("opd").components
    #expect(throws: ObjectiveError.missing(.reward, "p1")) {
      try dapo.prepare(groups: groups, temperature: 1)
    }
  }

  @Test("needs no reward where rewards are drawn at random")
  func randomRewards() async throws {
    let objective = try method("control-random-reward")
    #expect(!objective.requirements.needsReward)
    var groups = RaggedBatch(seed: 5).groups
    for g in groups.indices {
      for slot in groups[g].rollouts.indices { groups[g].rollouts[slot].reward = nil }
    }
    #expect(throws: Never.self) { try objective.prepare(groups: groups, temperature: 1) }
  }

  @Test("makes an update a mini-batch and inner step, on every group once an inner step")
  func innerSteps() async throws {
    var once = try await Loop.trainer(method("dr-grpo"))
    var often = try await Loop.trainer(method("dr-grpo"), innerSteps: 3, miniBatches: 2)
    let first = try await once.step()
    let second = try await often.step()
    #expect(once.updates == 1 && often.updates == 6)
    let weight = try #require(first.metrics["entropy"]?.weight)
    #expect(second.metrics["entropy"]?.weight == 3 * weight)
    // The first update is on-policy, the others are not.
    #expect(abs(try #require(first.values["ratio/mean"]) - 1) < 1e-6)
    let square = try #require(second.values["ratio/square_mean"])
    #expect(abs(square - 1) > 1e-4)
  }

  @Test(
    "deals groups to mini-batches evenly, without those that do not train",
    arguments: [
      (1, [[0, 2, 3, 5, 6]]), (2, [[0, 2, 3], [5, 6]]), (9, [[0], [2], [3], [5], [6]]),
    ])
  func parts(miniBatches: Int, expected: [[Int]]) {
    let settings = TrainerSettings(
      steps: 1, maximumLength: 1, miniBatches: miniBatches,
      schedule: LearningRateSchedule(peak: 1), seed: Seed(0))
    let trained = [true, false, true, true, false, true, true]
    #expect(StepBatch.parts(trained: trained, settings) == expected)
    #expect(StepBatch.parts(trained: [false, false], settings).isEmpty)
  }

  @Test("stays near a frozen reference, which does not move")
  func reference() async throws {
    let groups = try Loop.student.sample(
      Loop.prompts, settings: .greedy(maximumLength: 3), seed: Seed(0))
    func distance(_ weight: Double) async throws -> Double {
      var objective = try method("grpo")
      objective.components[1].weight = weight
      let reference = Loop.student.frozen()
      func sampled(_ policy: any Policy) async throws -> [[[Float]]] {
        try await policy.score(groups, support: .sampled, temperature: 1).map { $0.map(\.sampled) }
      }
      let before = try await sampled(reference)
      var trainer = try await Loop.trainer(objective, reference: reference)
      var last = 0.0
      for step in 0..<10 {
        let record = try await trainer.step()
        last = try #require(record.values["kl"])
        if step == 0 { #expect(abs(last) < 1e-6) }
      }
      #expect(try await sampled(try #require(trainer.partners.reference)) == before)
      #expect(try await sampled(trainer.student) != before)
      return last
    }
    let free = try await distance(0)
    let held = try await distance(10)
    #expect(free > 1e-3)
    #expect(held < free)
  }

  @Test("samples a disordered input of every question where the method compares, and pays for it")
  func disordered() async throws {
    var objective = try method("kf-grpo")
    objective.components.removeLast()
    var ordered = objective
    ordered.shaping = []
    var trainer = try await Loop.trainer(objective)
    var plain = try await Loop.trainer(ordered)
    let record = try await trainer.step()
    _ = try await plain.step()
    #expect(record.groups.count == 4)
    #expect(record.values["saliency/gate_rate"] != nil)
    #expect(trainer.ledger.rolloutTokens > plain.ledger.rolloutTokens)
  }

  @Test("takes from answers that were cut the whole penalty, where no limit is written")
  func cut() throws {
    var groups = RaggedBatch(seed: 5).groups
    let old = groups[0].rollouts[1].rollout
    groups[0].rollouts[1].rollout = Rollout(
      promptID: old.promptID, slot: old.slot, tokens: old.tokens,
      logProbabilities: old.logProbabilities, finish: .length)
    let rewards = groups[0].rollouts.compactMap { $0.reward?.total }
    var objective = try method("dr-grpo")
    objective.shaping = [.overlong(limit: nil, buffer: nil, penalty: 1)]
    let loss = try objective.prepare(groups: groups, temperature: 1)
    let shaped = loss.batch.groups[0].compactMap { $0.reward?.total }
    #expect(shaped == [rewards[0], rewards[1] - 1, rewards[2]])
  }

  @Test("learns from as many of the student's own prompts as the share says")
  func shares() {
    var objective = Objective([ObjectiveComponent([.teacher])], rolloutSource: .teacher)
    for (share, count) in [(0.0, 0), (0.25, 2), (0.5, 4), (1.0, 8)] {
      objective.studentShare = share
      #expect((0..<8).count { objective.isStudents(prompt: $0) } == count)
    }
  }
}

@Suite("Answers of a teacher")
struct TeacherAnswerTests {
  /// The same distribution at every position.
  private struct Constant: TeacherScorer {
    let logProbabilities: [Float]
    var support: TeacherSupport = .full
    var vocabularyFingerprint: String { Loop.words.fingerprint }
    var flopsPerToken: Double { 1 }
    func score(
      _ requests: [ScoringRequest], support: TeacherSupport
    ) async throws -> [[TeacherScore]] {
      requests.map { request in
        request.responses.map { response in
          TeacherScore(
            sampled: response.map { logProbabilities[$0] },
            rows: DenseVocabularyRows(
              vocabularySize: logProbabilities.count,
              values: response.flatMap { _ in logProbabilities }))
        }
      }
    }
  }

  private func answers(_ teacher: some TeacherScorer) async throws -> [RolloutGroup] {
    try await TeacherAnswers(
      teacher: teacher, predictor: nil, codec: Loop.codec, group: 500, maximumLength: 4
    ).answers(to: Array(Loop.prompts.prefix(4)), seed: Seed(6)).groups
  }

  @Test("follow the distribution it scores with, and end at its end token")
  func distribution() async throws {
    let shares = [0.4, 0.1, 0.2, 0.3, 0.0]
    let teacher = Constant(logProbabilities: shares.map { Float(logarithmOf($0)) })
    let groups = try await answers(teacher)
    let first = groups.flatMap { $0.rollouts.map { $0.tokens[0] } }
    for (token, share) in shares.enumerated() {
      // 2,000 draws: five standard errors.
      let tolerance = 5 * (share * (1 - share) / 2000).squareRoot()
      #expect(abs(Double(first.count { $0 == token }) / 2000 - share) <= tolerance)
    }
    for rollout in groups.flatMap(\.rollouts) {
      #expect(rollout.tokens.dropLast().allSatisfy { $0 != 0 })
      #expect((rollout.tokens.last == 0) == (rollout.finish == .stop))
      #expect(rollout.finish == .stop || rollout.tokens.count == 4)
    }
  }

  @Test("are asked of its predictions where it knows no distributions, and refused without any")
  func neither() async throws {
    let teacher = Constant(logProbabilities: [0, -1, -1, -1, -1], support: .sampled)
    await #expect(throws: TrainingError.self) { try await self.answers(teacher) }
  }
}

@Suite("A teacher made of the student")
struct SelfTeacherTests {
  private func weights(
    _ kind: SelfTeacher.Kind
  ) async throws -> (teacher: TeacherScore, start: TeacherScore, now: TeacherScore) {
    let start = Loop.student
    var now = start
    for index in now.parameters.values.indices { now.parameters.values[index] *= 1.5 }
    var teacher = SelfTeacher(kind, evidence: .sameAsStudent, rate: 0.25, codec: Loop.codec)
    try await teacher.begin(with: start)
    try await teacher.follow(now)
    let requests = [ScoringRequest(prompt: Loop.prompts[1], responses: [[1, 2, 0]])]
    func score(_ teacher: some TeacherScorer) async throws -> TeacherScore {
      try await teacher.score(requests, support: .sampled)[0][0]
    }
    func policy(_ student: DecoderStudent) -> PolicyTeacher {
      PolicyTeacher(student.frozen(), codec: Loop.codec, evidence: .sameAsStudent)
    }
    return (try await score(teacher), try await score(policy(start)), try await score(policy(now)))
  }

  @Test("stays as it was where it is frozen, and follows where it is live")
  func kinds() async throws {
    let frozen = try await weights(.frozen)
    #expect(frozen.teacher.sampled == frozen.start.sampled)
    let live = try await weights(.live)
    #expect(live.teacher.sampled == live.now.sampled)
    #expect(live.now.sampled != live.start.sampled)
  }

  @Test("moves by its rate towards the student where it averages")
  func average() async throws {
    let teacher = SelfTeacher(.average, evidence: .allFrames, rate: 0.25, codec: Loop.codec)
    #expect(teacher.averageShare == 0.25)
    var student = Loop.student
    let groups = try student.sample(
      Loop.prompts, settings: .greedy(maximumLength: 3), seed: Seed(0))
    let scored = groups.map { group in
      ScoredGroup(prompt: group.prompt, rollouts: group.rollouts.map { ScoredRollout($0) })
    }
    let loss = try Objective([ObjectiveComponent([Signal(.constant(1))])])
      .prepare(groups: scored, temperature: 1)
    #expect(student.save(as: "")[LearnerState.average] == nil)
    var expected = student.parameters.values
    for number in 1...3 {
      _ = try student.accumulate(groups, loss)
      _ = student.update(
        UpdateStep(number: number, learningRate: 0.1, averageShare: teacher.averageShare))
      for (index, value) in student.parameters.values.enumerated() {
        expected[index] += 0.25 * (value - expected[index])
      }
    }
    #expect(student.save(as: "")[LearnerState.average] == expected)
    let averaged = try await student.snapshot(.average).score(
      groups, support: .sampled, temperature: 1)
    var other = Loop.student
    other.parameters.values = expected
    let own = try other.score(groups, support: .sampled, temperature: 1)
    #expect(averaged.map { $0.map(\.sampled) } == own.map { $0.map(\.sampled) })
  }

  @Test("sees the frames or the answer that the student does not")
  func evidence() async throws {
    func sampled(_ evidence: PolicyTeacher.Evidence) async throws -> [Float] {
      var teacher = SelfTeacher(.frozen, evidence: evidence, codec: Loop.codec)
      try await teacher.begin(with: Loop.student)
      let requests = [ScoringRequest(prompt: Loop.prompts[1], responses: [[1, 2, 0]])]
      return try await teacher.score(requests, support: .sampled)[0][0].sampled
    }
    let same = try await sampled(.sameAsStudent)
    #expect(try await sampled(.allFrames) != same)
    #expect(try await sampled(.answer) != same)
  }
}
