import Curriculum
import DistillTesting
import Networks
import Core
import Student
import Tensors
import Testing

@testable import Distill

/// A student that lives elsewhere: nothing but values goes in and comes out.
private actor Elsewhere {
  private var student: DecoderStudent
  private var states: [String: LearnerState] = [:]

  init(_ student: DecoderStudent) { self.student = student }

  func sample(
    _ prompts: [Prompt], _ settings: SamplingSettings, _ seed: Seed
  ) throws -> [RolloutGroup] {
    try student.sample(prompts, settings: settings, seed: seed)
  }

  func score(
    _ groups: [RolloutGroup], _ support: TeacherSupport, _ temperature: Double
  ) throws -> [[TeacherScore]] {
    try student.score(groups, support: support, temperature: temperature)
  }

  func accumulate(_ groups: [RolloutGroup], _ loss: any ResponseLoss) throws -> LossReport {
    try student.accumulate(groups, loss)
  }

  func update(_ step: UpdateStep) -> UpdateReport { student.update(step) }
  func snapshot(_ weights: SnapshotWeights) throws -> any Policy {
    try student.snapshot(weights)
  }
  func reset(_ memory: LearnerMemory) { student.reset(memory) }
  func fingerprint() -> String { student.fingerprint() }

  func save(_ name: String) -> LearnerState {
    states[name] = student.save(as: name)
    return LearnerState(blobs: [], name: name, digest: student.fingerprint())
  }

  func restore(_ state: LearnerState) throws {
    guard let name = state.name, let known = states[name] else {
      throw LearnerError.misfit(holds: 0, needs: 1)
    }
    try student.restore(known)
  }
}

/// A learner behind a wall.
private struct WalledLearner: Learner {
  let tokenizer: any Tokenizer
  let flopsPerToken: Double
  private let wall: Elsewhere
  /// Whether a loss may pass the wall whole, or only log-probabilities and slopes.
  private let isSlopesOnly: Bool

  init(_ student: DecoderStudent, isSlopesOnly: Bool = false) {
    tokenizer = student.tokenizer
    flopsPerToken = student.flopsPerToken
    wall = Elsewhere(student)
    self.isSlopesOnly = isSlopesOnly
  }

  var abilities: LearnerAbilities {
    guard isSlopesOnly else { return .all }
    return LearnerAbilities(targets: 5, snapshots: true)
  }

  func sample(
    _ prompts: [Prompt], settings: SamplingSettings, seed: Seed
  ) async throws -> [RolloutGroup] { try await wall.sample(prompts, settings, seed) }

  func score(
    _ groups: [RolloutGroup], support: TeacherSupport, temperature: Double
  ) async throws -> [[TeacherScore]] { try await wall.score(groups, support, temperature) }

  func flops(of groups: [RolloutGroup], _ phase: WorkPhase) -> Double {
    flopsPerToken * Double(groups.tokenCount)
  }

  func accumulate(
    _ groups: [RolloutGroup], _ loss: some ResponseLoss
  ) async throws -> LossReport {
    guard isSlopesOnly else { return try await wall.accumulate(groups, loss) }
    guard let door = loss.bySlopes else { throw LearnerError.unable(to: "show its logits") }
    return try await wall.accumulate(groups, PushedSlopes(door))
  }

  func update(_ step: UpdateStep) async -> UpdateReport { await wall.update(step) }
  func snapshot(_ weights: SnapshotWeights) async throws -> any Policy {
    try await wall.snapshot(weights)
  }
  func save(as name: String) async -> LearnerState { await wall.save(name) }
  func restore(_ state: LearnerState) async throws { try await wall.restore(state) }
  func reset(_ memory: LearnerMemory) async { await wall.reset(memory) }
  func fingerprint() async -> String { await wall.fingerprint() }
}

@Suite("A learner behind a wall")
struct WallTests {
  private func trainer(
    _ method: String, _ student: any Learner, diagnoses: Bool = false
  ) async throws -> Trainer {
    var objective = try MethodPreset.named(method).objective
    objective.shaping = []
    let needs = objective.requirements
    var settings = TrainerSettings(
      steps: 6, prompts: 4, group: 4, maximumLength: 4,
      schedule: LearningRateSchedule(peak: 0.01), seed: Seed(3))
    if diagnoses { settings.diagnostics.every = 1 }
    let teacher = PolicyTeacher(
      Loop.student(seed: 7).frozen(), codec: Loop.codec, evidence: .sameAsStudent)
    return try await Trainer(
      student: student, objective: objective, pool: PromptPool(Loop.prompts),
      curriculum: UniformCurriculum(Loop.prompts.map(\.id), seed: Seed(1)),
      partners: TrainingPartners(
        codec: Loop.codec, teacher: needs.teacherSupport == nil ? nil : teacher,
        reference: needs.needsReference ? Loop.student.frozen() : nil,
        reward: Loop.Judge { _ in true }),
      settings: settings)
  }

  @Test(
    "trains to the same bytes, and goes on from a name", arguments: ["opd", "opd-full", "grpo"])
  func same(_ method: String) async throws {
    var plain = try await trainer(method, Loop.student)
    var walled = try await trainer(method, WalledLearner(Loop.student))
    var state = LearnerState(blobs: [])
    var middle = ""
    for step in 0..<4 {
      let first = try await plain.step()
      let second = try await walled.step()
      #expect(first.values == second.values)
      guard step == 1 else { continue }
      state = try await walled.student.save(as: "middle")
      middle = try await walled.student.fingerprint()
    }
    let end = try await plain.student.fingerprint()
    #expect(try await walled.student.fingerprint() == end)
    #expect(state.blobs.isEmpty && middle != end)
    try await walled.student.restore(state)
    #expect(try await walled.student.fingerprint() == middle)
  }

  @Test(
    "that takes slopes alone learns by sampled tokens as one that takes losses",
    arguments: ["opd", "grpo", "gspo", "opd-grpo", "importance-decayed-opd"])
  func slopes(_ method: String) async throws {
    var plain = try await trainer(method, Loop.student)
    var walled = try await trainer(method, WalledLearner(Loop.student, isSlopesOnly: true))
    for _ in 0..<4 {
      let first = try await plain.step()
      let second = try await walled.step()
      let (own, other) = try (
        #require(first.values["loss"]), #require(second.values["loss"])
      )
      #expect(abs(own - other) <= 1e-4 * max(1, abs(own)))
      #expect(second.values["entropy"] == nil)
    }
  }

  @Test(
    "is refused before the first step what it cannot do, with what it can and the nearest method")
  func refusal() async throws {
    let student = WalledLearner(Loop.student, isSlopesOnly: true)
    await #expect(
      throws: TrainingError.student(
        lacks: "its logits over the vocabulary", can: "slopes of 5 tokens a position, snapshots",
        nearest: "opd")
    ) { try await self.trainer("opd-full", student) }
    await #expect(
      throws: TrainingError.student(
        lacks: "its logits for diagnostics", can: "slopes of 5 tokens a position, snapshots",
        nearest: nil)
    ) { try await self.trainer("opd", student, diagnoses: true) }
    let error = TrainingError.student(lacks: "its logits", can: "snapshots", nearest: "opd")
    #expect(error.happened == "The run needs its logits of the student, which gives snapshots.")
    #expect(error.remedy == "The nearest method it can be trained by is opd.")
  }
}
