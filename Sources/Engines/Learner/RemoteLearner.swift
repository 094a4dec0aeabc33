#if Engines
package import Core
package import Student

/// A learner whose weights are on a training server or in a program of its own.
///
/// Copies share the weights, as handles do: only one of them may be trained. A gradient is kept here until the update that
/// takes it, because servers average over whole updates, whose size must be known; so a loss that throws leaves nothing
/// behind, and a state is always one between two updates.
package struct RemoteLearner: Learner, PolicyBeside {
  /// The words it reads and writes.
  package let tokenizer: any Tokenizer
  /// What it was measured, or says, to do.
  package let abilities: LearnerAbilities
  /// Two operations a weight, where the number of weights is known; else 0.
  package let flopsPerToken: Double

  /// The same of the model beside it.
  let teacherFlopsPerToken: Double

  let engine: any StudentEngine
  private var pending: [DifferentiatedResponse] = []

  package init(
    _ engine: any StudentEngine, tokenizer: any Tokenizer, abilities: LearnerAbilities,
    flopsPerToken: Double, teacherFlopsPerToken: Double = 0
  ) {
    self.teacherFlopsPerToken = teacherFlopsPerToken
    self.engine = engine
    self.tokenizer = tokenizer
    self.abilities = abilities
    self.flopsPerToken = flopsPerToken
  }

  /// What the engine has cost since it was connected.
  package var costs: LearnerCosts? { engine.costs }

  /// Keeps the gradient of a loss until the next update.
  package mutating func accumulate(
    _ groups: [RolloutGroup], _ loss: some ResponseLoss
  ) async throws -> LossReport {
    let (report, found) = try await differentiate(groups, loss)
    pending += found
    return report
  }

  /// Sends what was accumulated and makes one step.
  package mutating func update(_ step: UpdateStep) async throws -> UpdateReport {
    guard step.averageShare == nil else {
      throw LearnerError.unable(to: "keep an average of its weights")
    }
    guard !pending.isEmpty else { return UpdateReport(norm: 0, isApplied: false) }
    let responses = pending
    pending = []
    return try await engine.train(responses, step)
  }

  /// What was trained, for other libraries.
  ///
  /// - Throws: `LearnerError.unable` where the engine hands nothing out; `StorageError` or `CheckpointError` for what it hands out.
  package func exported() async throws -> ExportedAdapter { try await engine.exported() }

  /// Saves the weights elsewhere; a reference is asked on them.
  ///
  /// A teacher beside the student is there already.
  package func snapshot(_ weights: SnapshotWeights) async throws -> any Policy {
    if weights == .teacher {
      return RemoteLearner(
        try engine.teacher(), tokenizer: tokenizer, abilities: abilities,
        flopsPerToken: teacherFlopsPerToken)
    }
    guard abilities.snapshots, weights == .now else {
      throw LearnerError.unable(to: weights == .now ? "keep snapshots" : "average its weights")
    }
    return RemoteLearner(
      try await engine.frozen(), tokenizer: tokenizer, abilities: abilities,
      flopsPerToken: flopsPerToken)
  }

  /// Keeps the state where the weights are; its name there is made of what it holds.
  package func save(as name: String) async throws -> LearnerState {
    try await engine.save()
  }

  /// Goes on from a state that is kept where the weights are.
  package mutating func restore(_ state: LearnerState) async throws {
    guard state.name != nil else {
      throw LearnerError.misfit(holds: state.blobs.reduce(0) { $0 + $1.values.count }, needs: 0)
    }
    pending = []
    try await engine.restore(state)
  }

  /// Forgets the optimizer's moments where that is asked; there is no average.
  package mutating func reset(_ memory: LearnerMemory) async throws {
    guard memory.contains(.optimizer) else { return }
    pending = []
    try await engine.resetOptimizer()
  }

  /// A digest of its weights.
  package func fingerprint() async throws -> String { try await engine.digest() }

  /// Shows a loss the logits of responses, where the engine gives them, or divergences where those are all it looks at.
  package func read(
    _ groups: [RolloutGroup], _ probe: some ResponseLoss
  ) async throws -> LossReport {
    if abilities.divergences, let door = probe.byDivergences {
      return try await differentiateBeside(groups, door).report
    }
    return try await differentiateLogits(groups, probe).report
  }
}

extension RemoteLearner {
  /// Samples answers where the weights are.
  package func sample(
    _ prompts: [Prompt], settings: SamplingSettings, seed: Seed
  ) async throws -> [RolloutGroup] {
    guard !prompts.isEmpty else { return [] }
    guard settings.filter == nil else {
      throw EngineError.missingAbility(
        wanted: "samples by top-k, top-p or min-p", measured: "samples of whole distributions")
    }
    return try await engine.sample(prompts, settings, seed)
  }

  /// log π of the answers' own tokens; more where the engine gives logits.
  package func score(
    _ groups: [RolloutGroup], support: TeacherSupport, temperature: Double
  ) async throws -> [[TeacherScore]] {
    let responses = Self.responses(of: groups)
    guard support == .sampled else {
      return try await scoreRows(groups, responses, support, temperature)
    }
    let scores = try await engine.score(responses, temperature: temperature)
    var rest = scores[...]
    return groups.map { group in
      group.rollouts.map { _ in
        TeacherScore(sampled: rest.removeFirst().map { Float($0[0]) })
      }
    }
  }

  /// log π of the answers' own tokens under weights that the learner's engine has by name.
  package func scoreBeside(
    _ groups: [RolloutGroup], temperature: Double
  ) async throws -> [[TeacherScore]] {
    guard let weights = engine.weights else {
      throw LearnerError.unable(to: "be compared with while it is trained")
    }
    let scores = try await score(groups, support: .sampled, temperature: temperature)
    return zip(groups, scores).map { group, scores in
      scores.map { score in
        var score = score
        score.beside = RowsBeside(
          weights: weights, prompt: group.prompt, temperature: temperature)
        return score
      }
    }
  }

  /// Tokens times two operations a weight, four times that where a gradient is taken: forward, then forward and backward.
  package func flops(of groups: [RolloutGroup], _ phase: WorkPhase) -> Double {
    let tokens = groups.reduce(0) { sum, group in
      let readings = phase == .sampling ? 1 : group.rollouts.count
      return sum + readings * engine.length(of: group.prompt)
        + group.rollouts.reduce(0) { $0 + $1.tokens.count }
    }
    return flopsPerToken * Double(tokens) * (phase == .training ? 4 : 1)
  }

  static func responses(of groups: [RolloutGroup]) -> [TargetedResponse] {
    groups.flatMap { group in
      group.rollouts.map { TargetedResponse(group.prompt, $0.tokens) }
    }
  }
}
#endif
