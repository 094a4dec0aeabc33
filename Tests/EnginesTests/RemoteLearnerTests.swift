#if Engines
import Core
import Distill
import Foundation
import Student
import Teacher
import Tensors
import Testing

@testable import Engines

@Suite(
  "A learner in a program", .enabled(if: StubEngine.isPossible, "needs python3"))
struct RemoteLearnerTests {
  static let vocabulary = Vocabulary(words: (0..<9).map { "w\($0)" }, end: "w8")

  static let prompts = (0..<3).map { index in
    Prompt(
      id: "p\(index)", video: "v\(index)", query: "", tokens: [1 + index, 4, 2],
      evidence: FrameFeatures(
        values: [], tokensPerFrame: 1, channels: 1, timestamps: [], duration: 1), truth: [])
  }

  private func learner(
    _ states: String, _ name: String = "Examples/python-student/table_student.py",
    told: FramesTold = .none, channels: Int = 0, videos: (any FilmedVideos)? = nil,
    teacher: String? = nil
  ) async throws -> RemoteLearner {
    var parameters = ProcessStudentParameters()
    let program = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
      .deletingLastPathComponent().deletingLastPathComponent()
      .appendingPathComponent(name).path
    parameters.command = ["python3", program]
    parameters.states = states
    parameters.frames = told
    parameters.teacher = teacher
    if told == .pixels { parameters.prompts.first = 3 }
    return try await RemoteLearner.process(
      parameters, tokenizer: Self.vocabulary, answer: 8, channels: channels, videos: videos)
  }

  private func scratch() -> String {
    FileManager.default.temporaryDirectory.path + "/opd-states-\(UUID().uuidString)"
  }

  /// A loss through its second door, or with that door shut.
  private struct OneDoor: ResponseLoss {
    let base: PreparedLoss
    func evaluate<Scalar: Real>(
      group: Int, slot: Int, logits: inout MutableSpan<Scalar>
    ) throws -> LossReport { try base.evaluate(group: group, slot: slot, logits: &logits) }
  }

  private func loss(_ groups: [RolloutGroup]) throws -> PreparedLoss {
    let scored = groups.map { group in
      ScoredGroup(
        prompt: group.prompt,
        rollouts: group.rollouts.map { rollout in
          ScoredRollout(
            rollout,
            teacher: TeacherScore(sampled: rollout.tokens.map { -0.3 * Float($0 + 1) }),
            reward: Reward(total: Double(rollout.slot % 2), terms: [:], parsed: true))
        })
    }
    return try MethodPreset.named("opd-grpo").objective.prepare(groups: scored, temperature: 0.7)
  }

  @Test("refuses settings of text that contradict those of words")
  func promptSettings() throws {
    var text = TextSettings()
    text.prompt = "{query}:"
    #expect(throws: EngineError.self) {
      try PromptReader(PromptTokens(), text, Self.vocabulary, answer: 8)
    }
    text.tokenizer = "model"
    _ = try PromptReader(PromptTokens(), text, Self.vocabulary, answer: 8)
    var words = PromptTokens()
    words.first = 0
    #expect(throws: EngineError.self) {
      try PromptReader(words, text, Self.vocabulary, answer: 8)
    }
    text.prompt = "{frames}{query}"
    #expect(throws: EngineError.self) {
      try PromptReader(PromptTokens(), text, Self.vocabulary, answer: 8)
    }
    _ = try PromptReader(PromptTokens(), text, Self.vocabulary, answer: 8, shows: true)
    text.prompt = "{query}:"
    text.positions = 8
    #expect(throws: EngineError.self) {
      try PromptReader(PromptTokens(), text, Self.vocabulary, answer: 8)
    }
  }

  @Test("is told of the frames in view what it is to be told", arguments: FramesTold.allCases)
  func frames(_ told: FramesTold) async throws {
    let states = scratch()
    defer { try? FileManager.default.removeItem(atPath: states) }
    var prompt = Self.prompts[0]
    prompt.evidence = FrameFeatures(
      values: [1, 2, 3, 4, 5, 6], tokensPerFrame: 1, channels: 2, timestamps: [0.5, 1.5, 2.5],
      duration: 3)
    (prompt.keyframes, prompt.queryEmbedding) = ([0, 2], [7, 8])
    let student = try await learner(
      states, "Tests/Programs/frames_student.py", told: told, channels: 2,
      videos: told.needsVideos ? PaintedVideos() : nil)
    let settings = SamplingSettings(group: 2, temperature: 1, maximumLength: 3)
    let groups = try await student.sample([prompt], settings: settings, seed: Seed(3))
    let scores = try await student.score(groups, support: .sampled, temperature: 1)
    // The program's log π is what it was told, in numbers.
    let expected: [Float] =
      switch told {
      case .none: [0, 0, 0]
      case .times: [-3, -3, 0]
      case .features: [-3, -3, -29]
      // Where it lies, and each picture's bytes and place.
      case .files: [-3, -3, -6]
      case .pixels: [-3, -3, -401]
      }
    for score in scores.joined() { #expect(score.sampled == expected) }
    // Pictures that nobody is told of are as wrong as none where they are told.
    await #expect(throws: EngineError.self) {
      try await learner(
        states, "Tests/Programs/frames_student.py", told: told, channels: 2,
        videos: told.needsVideos ? nil : PaintedVideos())
    }
  }

  private static let step = UpdateStep(number: 1, learningRate: 0.05)
  private static let settings = SamplingSettings(group: 4, temperature: 0.7, maximumLength: 5)

  @Test("comes to the same weights through slopes and through logits, at any temperature")
  func doors() async throws {
    let states = scratch()
    defer { try? FileManager.default.removeItem(atPath: states) }
    var slopes = try await learner(states)
    var logits = try await learner(states)
    let groups = try await slopes.sample(Self.prompts, settings: Self.settings, seed: Seed(3))
    let loss = try loss(groups)
    let first = try await slopes.accumulate(groups, loss)
    let second = try await logits.accumulate(groups, OneDoor(base: loss))
    #expect(abs(first.value - second.value) < 1e-5)
    let one = try await slopes.update(Self.step)
    let two = try await logits.update(Self.step)
    #expect(abs((one.norm ?? 0) - (two.norm ?? 1)) < 1e-5 && one.isApplied && two.isApplied)
    let scores = try await slopes.score(groups, support: .sampled, temperature: 0.7)
    let others = try await logits.score(groups, support: .full, temperature: 0.7)
    for (score, other) in zip(scores.joined(), others.joined()) {
      for (own, its) in zip(score.sampled, other.sampled) { #expect(abs(own - its) < 1e-4) }
    }
    #expect(slopes.costs?.trainedTokens ?? 0 > 0)
  }

  private static let whole: [Objective] = [
    [RowDivergence.reverseKL], [.forwardKL], [.jensenShannon(beta: 0.3, normalised: false)],
    [.jensenShannon(beta: 0.5, normalised: true), .reverseKL],
    [.jensenShannon(beta: 1, normalised: true), .jensenShannon(beta: 0, normalised: false)],
  ].map { kinds in
    Objective(
      kinds.map {
        ObjectiveComponent([.teacher], support: .full, estimator: .divergence($0))
      } + [ObjectiveComponent([.teacher], weight: 0.3)])
  }

  /// What a teacher says of answers, with its rows or where they are.
  private func scored(
    _ groups: [RolloutGroup], by teacher: any Policy, isBeside: Bool
  ) async throws -> [ScoredGroup] {
    let scores: [[TeacherScore]]
    if isBeside {
      scores = try await #require(teacher as? any PolicyBeside).scoreBeside(
        groups, temperature: 0.8)
    } else {
      scores = try await teacher.score(groups, support: .full, temperature: 0.8)
    }
    return zip(groups, scores).map { group, scores in
      ScoredGroup(
        prompt: group.prompt,
        rollouts: zip(group.rollouts, scores).map { ScoredRollout($0, teacher: $1) })
    }
  }

  @Test(
    "is moved by divergences from a teacher beside it as by the teacher's rows",
    arguments: [SnapshotWeights.teacher, .now], 0..<5)
  func beside(_ weights: SnapshotWeights, _ case: Int) async throws {
    let objective = Self.whole[`case`]
    let states = scratch()
    defer { try? FileManager.default.removeItem(atPath: states) }
    var ends: [(scores: [Float], value: Double, norm: Double)] = []
    for isBeside in [true, false] {
      var student = try await learner(states, teacher: "7")
      let groups = try await student.sample(Self.prompts, settings: Self.settings, seed: Seed(3))
      let teacher = try await student.snapshot(weights)
      if weights == .now {
        // It moves away from the teacher, which stays what it was.
        _ = try await student.accumulate(groups, loss(groups))
        _ = try await student.update(Self.step)
      }
      let prepared = try objective.prepare(
        groups: try await scored(groups, by: teacher, isBeside: isBeside), temperature: 0.7)
      let report = try await student.accumulate(groups, prepared)
      let update = try await student.update(Self.step)
      let scores = try await student.score(groups, support: .sampled, temperature: 1)
      ends.append((scores.joined().flatMap(\.sampled), report.value, update.norm ?? .nan))
    }
    #expect(abs(ends[0].value - ends[1].value) < 1e-5 && ends[0].value != 0)
    #expect(abs(ends[0].norm - ends[1].norm) < 1e-5 && ends[0].norm > 1e-3)
    for (one, other) in zip(ends[0].scores, ends[1].scores) { #expect(abs(one - other) < 1e-4) }
  }

  @Test("has no teacher beside it where none was named")
  func alone() async throws {
    let states = scratch()
    defer { try? FileManager.default.removeItem(atPath: states) }
    let student = try await learner(states)
    #expect(student.abilities.divergences && !student.abilities.teacher)
    await #expect(throws: EngineError.self) {
      try await learner(states, "Tests/Programs/frames_student.py", teacher: "7")
    }
    // Nor is it one whose tokens cost less than nothing.
    await #expect(throws: ProcessError.self) {
      try await learner(states, "Tests/Programs/boastful_student.py")
    }
    let groups = try await student.sample(Self.prompts, settings: Self.settings, seed: Seed(3))
    await #expect(throws: LearnerError.self) {
      try await student.scoreBeside(groups, temperature: 1)
    }
  }

  @Test("goes on from a state to the bit, and its snapshot stays what it was")
  func states() async throws {
    let states = scratch()
    defer { try? FileManager.default.removeItem(atPath: states) }
    var student = try await learner(states)
    let groups = try await student.sample(Self.prompts, settings: Self.settings, seed: Seed(3))
    let loss = try loss(groups)
    func train() async throws {
      _ = try await student.accumulate(groups, loss)
      _ = try await student.update(Self.step)
    }
    try await train()
    let reference = try await student.snapshot()
    let before = try await reference.score(groups, support: .sampled, temperature: 1)
    let saved = try await student.save(as: "middle")
    try await train()
    let end = try await student.fingerprint()
    #expect(
      try await reference.score(groups, support: .sampled, temperature: 1).map { $0.map(\.sampled) }
        == before.map { $0.map(\.sampled) })
    #expect(try await student.fingerprint() == end)
    // In another process, which has not learnt anything.
    student = try await learner(states)
    try await student.restore(saved)
    try await train()
    #expect(try await student.fingerprint() == end)
    try await student.restore(saved.weights)
    try await train()
    #expect(try await student.fingerprint() != end)
  }

  @Test("refuses a state of another learner, and an average")
  func refusals() async throws {
    let states = scratch()
    defer { try? FileManager.default.removeItem(atPath: states) }
    var student = try await learner(states)
    await #expect(throws: LearnerError.misfit(holds: 2, needs: 0)) {
      try await student.restore(LearnerState(blobs: [.init("parameters", [1, 2])]))
    }
    await #expect(throws: LearnerError.self) { try await student.snapshot(.average) }
    // A name is no path.
    await #expect(throws: ProcessError.self) {
      try await student.restore(LearnerState(blobs: [], name: "../secret", digest: "0"))
    }
  }
}

@Suite("A learner on a server that sees", .enabled(if: StubEngine.isPossible, "needs python3"))
struct SeeingLearnerTests {
  private static let vocabulary = Vocabulary(words: (0..<12).map { "w\($0)" }, end: "w11")

  private func learner(
    _ server: StubEngine, _ videos: PaintedVideos?
  ) async throws -> RemoteLearner {
    try await RemoteLearner.tinker(
      server.parameters, tokenizer: Self.vocabulary, answer: 4, videos: videos)
  }

  @Test("reads the frames in view as pictures", arguments: [TinkerDialect.json, .protobuf])
  func pictures(_ dialect: TinkerDialect) async throws {
    let server = try StubEngine(.init(dialect: dialect))
    let prompt = Prompt(
      id: "p", video: "v", query: "", tokens: [4, 2],
      evidence: FrameFeatures(
        values: [1, 2, 3], tokensPerFrame: 1, channels: 1, timestamps: [0.5, 1.5, 2.5], duration: 3),
      truth: [], keyframes: [0, 2])
    let blind = try await learner(server, nil)
    let settings = SamplingSettings(group: 2, temperature: 1, maximumLength: 3)
    let groups = try await blind.sample([prompt], settings: settings, seed: Seed(3))
    var scores: [[Float]] = []
    var costs: [Int] = []
    for videos in [nil, PaintedVideos(), PaintedVideos(shade: 2), PaintedVideos()] {
      let own = try await learner(server, videos)
      let score = try await own.score(groups, support: .sampled, temperature: 1)
      scores.append(score.joined().flatMap(\.sampled))
      costs.append(try #require(own.costs?.scoredTokens))
    }
    #expect(Set(scores).count == 3 && scores[1] == scores[3])
    // Two tokens a picture of 56 by 28 pixels, in every pass.
    #expect(costs[1] - costs[0] == groups[0].rollouts.count * 2 * 2)
  }

  @Test("shows them where the text says, and before it where it says nothing")
  func place() throws {
    let prompt = Prompt(id: "p", video: "v", query: "w3", evidence: .none, truth: [])
    func read(_ format: String) throws -> (before: [Token], after: [Token]) {
      try PromptReader.text(
        TextPrompts(
          format: format, template: "plain", tokenizer: Self.vocabulary, longest: 8)
      ).read(prompt).aroundFrames
    }
    let between = try read("w1 {frames} w2 {query}")
    #expect(between.before == [1] && between.after == [2, 3])
    #expect(try read("w1 {query}").before.isEmpty)
    #expect(try read("w1 {query}").after == [1, 3])
    #expect(throws: TextPromptError.self) {
      try read("w1 w1 w1 w1 w1 {frames} w1 w1 w1 w1")
    }
  }

  @Test("is refused where pictures are dropped")
  func dropped() async throws {
    let server = try StubEngine(.init(mode: "drops_images"))
    await #expect(throws: EngineError.missingAbility(wanted: "images", measured: "text alone")) {
      try await learner(server, PaintedVideos())
    }
  }
}

@Suite("Prompts as tokens")
struct PromptTokensTests {
  private func prompt(_ query: [Float]?) -> Prompt {
    Prompt(
      id: "p", video: "v", query: "", tokens: [7], queryEmbedding: query,
      evidence: FrameFeatures(
        values: [1, 0, 0, 1, -1, 0, 0, 0], tokensPerFrame: 1, channels: 2,
        timestamps: [0, 1, 2, 3], duration: 4), truth: [], keyframes: [3, 2, 0])
  }

  @Test("tell how similar the frames in view are to the question, in their order")
  func similarity() throws {
    var tokens = PromptTokens()
    #expect(try tokens.tokens(of: prompt(nil)) == [7])
    (tokens.first, tokens.frames) = (3, .similarity)
    #expect(try tokens.tokens(of: prompt([2, 0])) == [3, 5, 0, 9, 7])
    #expect(throws: EngineError.self) { try tokens.tokens(of: prompt(nil)) }
  }
}
#endif
