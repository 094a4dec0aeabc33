package import Core
package import Networks
internal import Tensors

/// A student that looks at the videos of its prompts: a decoder behind a tower, who are shown frames before they read.
package struct SeeingStudent: Learner {
  /// The decoder.
  package private(set) var student: DecoderStudent
  private let watcher: FrameWatcher?

  /// A decoder whose prompts have pictures.
  init(_ student: DecoderStudent, watcher: FrameWatcher?) {
    (self.student, self.watcher) = (student, watcher)
  }

  /// The words it reads and writes.
  package var tokenizer: any Tokenizer { student.tokenizer }

  /// A multiplication and an addition a weight of the decoder.
  package var flopsPerToken: Double { student.flopsPerToken }

  /// Everything.
  package var abilities: LearnerAbilities { student.abilities }

  /// What has been trained beside frozen weights.
  package var adapter: LowRankAdapter? { student.adapter }

  /// Samples `settings.group` answers to each prompt.
  package func sample(
    _ prompts: [Prompt], settings: SamplingSettings, seed: Seed
  ) async throws -> [RolloutGroup] {
    try await now.sample(prompts, settings: settings, seed: seed)
  }

  /// How likely it finds each token of every response.
  package func score(
    _ groups: [RolloutGroup], support: TeacherSupport, temperature: Double
  ) async throws -> [[TeacherScore]] {
    try await now.score(groups, support: support, temperature: temperature)
  }

  /// What it is now, until the next update.
  private var now: SeeingPolicy { SeeingPolicy(policy: student.policy, watcher: watcher) }

  /// What work costs, tower and connector among it.
  package func flops(of groups: [RolloutGroup], _ phase: WorkPhase) -> Double {
    student.flops(of: groups, phase)
  }

  /// Adds the gradient of a loss to what has been accumulated since the last update.
  package mutating func accumulate(
    _ groups: [RolloutGroup], _ loss: some ResponseLoss
  ) async throws -> LossReport {
    let blind = student.model
    student.model = try await looking(at: groups)
    // What was seen is let go of: it is kept only as far as there is room.
    defer { student.model = blind }
    return try student.accumulate(groups, loss)
  }

  /// The decoder that has looked at the frames of groups.
  private func looking(at groups: [RolloutGroup]) async throws -> DecoderModel {
    guard let watcher else { return student.model }
    return student.model.reading(by: try await watcher.looking(at: groups.map(\.prompt)))
  }

  /// Moves the weights by what has been accumulated.
  package mutating func update(_ step: UpdateStep) -> UpdateReport { student.update(step) }

  /// What it is now or on average, for good.
  package func snapshot(_ weights: SnapshotWeights) throws(LearnerError) -> any Policy {
    SeeingPolicy(policy: try student.policy(of: weights), watcher: watcher)
  }

  /// What is trained, its moments and average.
  package func save(as name: String) -> LearnerState { student.save(as: name) }

  /// Goes on from a saved state.
  package mutating func restore(_ state: LearnerState) throws { try student.restore(state) }

  /// Forgets moments or average.
  package mutating func reset(_ memory: LearnerMemory) { student.reset(memory) }

  /// A digest of the weights.
  package func fingerprint() -> String { student.fingerprint() }

  /// Shows a loss the logits of responses, in one forward pass.
  package func read(
    _ groups: [RolloutGroup], _ probe: some ResponseLoss
  ) async throws -> LossReport {
    try decoder(behind: try await looking(at: groups)) { try $0.read(groups, probe) }
  }

  /// How long the gradients of several losses are, and how they lie to the first.
  package func compareGradients(
    _ groups: [RolloutGroup], of losses: [any ResponseLoss]
  ) async throws -> GradientComparison {
    try decoder(behind: try await looking(at: groups)) {
      try $0.compareGradients(groups, of: losses)
    }
  }

  /// The decoder that has looked at frames, for work without waiting: with it, a learner's own refusals would be called.
  private func decoder<Result>(
    behind eyes: DecoderModel, _ body: (DecoderStudent) throws -> Result
  ) rethrows -> Result {
    var student = student
    student.model = eyes
    return try body(student)
  }

  /// Weights, gradient, a pass, tower and pictures.
  package func footprint(rows: Int) -> LearnerFootprint { student.footprint(rows: rows) }
}

/// A decoder behind a tower whose weights stay as they are.
struct SeeingPolicy: Policy {
  let policy: DecoderPolicy
  let watcher: FrameWatcher?

  var tokenizer: any Tokenizer { policy.tokenizer }

  var flopsPerToken: Double { policy.flopsPerToken }

  func sample(
    _ prompts: [Prompt], settings: SamplingSettings, seed: Seed
  ) async throws -> [RolloutGroup] {
    try await each(prompts) {
      try $1.sample(Array(prompts[$0]), settings: settings, seed: seed)
    }
  }

  func score(
    _ groups: [RolloutGroup], support: TeacherSupport, temperature: Double
  ) async throws -> [[TeacherScore]] {
    try await each(groups.map(\.prompt)) {
      try $1.score(Array(groups[$0]), support: support, temperature: temperature)
    }
  }

  func flops(of groups: [RolloutGroup], _ phase: WorkPhase) -> Double {
    policy.flops(of: groups, phase)
  }

  /// Some prompts after another, so that their frames can be held.
  private func each<Result>(
    _ prompts: [Prompt], _ body: (Range<Int>, DecoderPolicy) throws -> [Result]
  ) async throws -> [Result] {
    guard let watcher else { return try body(prompts.indices, policy) }
    var results: [Result] = []
    for part in watcher.parts(of: prompts) {
      let seen = try await watcher.looking(at: Array(prompts[part]))
      results += try body(part, DecoderPolicy(policy.model.reading(by: seen), policy.weights))
    }
    return results
  }
}
