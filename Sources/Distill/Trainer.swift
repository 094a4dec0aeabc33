internal import Dispatch
public import Curriculum
internal import Rollouts
public import Student
internal import Teacher
public import Tensors

/// One training loop for every method: what differs between OPD, GRPO and SFT is the objective, a value.
///
///     prompts → sample → score → loss → gradient → optimizer → observe
public struct Trainer: Sendable {
  /// What is trained.
  public var student: any StudentPolicy
  /// Moments of the optimizer.
  public var optimizer: AdamW<Float>
  /// Which prompts come next.
  public var curriculum: any PromptCurriculum
  /// What was spent.
  public var ledger = Ledger()
  /// Steps made.
  public private(set) var steps = 0
  /// Updates made.
  public private(set) var updates = 0
  /// The update at which the learning rate's schedule began: 0, or that of the last round that reset it.
  public private(set) var scheduleStart = 0

  /// What the loop is told.
  public let settings: TrainerSettings
  /// Whom it asks.
  public let partners: TrainingPartners
  /// What is minimised.
  public let objective: Objective
  /// The prompts, by id.
  public let pool: PromptPool

  private var gradient: GradientShards

  /// A trainer that has made no step.
  ///
  /// - Throws: `TrainingError` where the objective needs somebody who is not there, or cannot learn.
  public init(
    student: any StudentPolicy, objective: Objective, pool: PromptPool,
    curriculum: any PromptCurriculum, partners: TrainingPartners, settings: TrainerSettings,
    optimizer: AdamW<Float>.Settings = .init()
  ) throws {
    try partners.check(objective.requirements, student: student, settings: settings)
    self.student = student
    self.objective = objective
    self.pool = pool
    self.curriculum = curriculum
    self.partners = partners
    self.settings = settings
    self.optimizer = AdamW(count: student.parameters.layout.count, settings: optimizer)
    gradient = GradientShards(layout: student.parameters.layout)
  }

  /// One step: prompts, answers, scores, updates.
  public mutating func step() async throws -> StepRecord {
    var record = StepRecord(step: steps)
    let prompts = try await nextPrompts(&record)
    let groups = try answers(to: prompts)
    let scored = try await score(groups)
    let loss = try objective.prepare(
      groups: scored, temperature: settings.temperature,
      context: ObjectiveContext(
        step: steps, seed: settings.seed.derived("objective"),
        maximumLength: settings.maximumLength))
    record.add(loss.metrics)
    record.add(groups: scored)
    for batch in miniBatches(of: groups) {
      try update(
        batch.map { groups[$0] }, loss.restricted(to: batch), &record)
    }
    curriculum.observe(PromptObservation.of(scored, step: steps))
    record.groups = scored
    steps += 1
    return record
  }

  /// One update of the student.
  private mutating func update(
    _ groups: [RolloutGroup], _ loss: PreparedLoss, _ record: inout StepRecord
  ) throws {
    let start = DispatchTime.now()
    record.add(try student.differentiate(groups, loss: loss, into: &gradient))
    let rate = settings.schedule.rate(
      at: updates - scheduleStart, of: settings.plannedUpdates - scheduleStart)
    let norm = gradient.apply(
      &optimizer, to: &student.parameters.values, learningRate: rate)
    ledger.spend(.student, flops: student.flops(of: groups, .training))
    ledger.spend(.student, seconds: start.elapsed)
    guard norm.isFinite else {
      throw TrainingError.notFinite(step: steps, prompts: groups.map(\.prompt.id))
    }
    updates += 1
    record.gradientNorm = norm
    record.learningRate = rate
  }

  /// The next prompts; a new round of the curriculum first, where one is due.
  private mutating func nextPrompts(_ record: inout StepRecord) async throws -> [Prompt] {
    let start = DispatchTime.now()
    while curriculum.needsRound {
      let measured = try await PoolMeasurement(
        needs: curriculum.needs, student: student, partners: partners, settings: settings,
        step: steps
      ).measure(pool)
      ledger.spend(.selection, flops: measured.flops)
      record.selection += try curriculum.beginRound(measured.candidates)
      if steps > 0 { resetForRound() }
    }
    let prompts = try curriculum.next(settings.prompts).map { try pool[$0] }
    ledger.spend(.selection, seconds: start.elapsed)
    return prompts
  }

  /// Forgets what a new round is to begin without.
  private mutating func resetForRound() {
    if settings.roundResets.contains(.optimizer) {
      optimizer = AdamW(count: student.parameters.layout.count, settings: optimizer.settings)
    }
    if settings.roundResets.contains(.learningRate) { scheduleStart = updates }
  }

  /// Answers by whoever the objective learns from: the student, the teacher, or the data.
  private mutating func answers(to prompts: [Prompt]) throws -> [RolloutGroup] {
    guard objective.rolloutSource == .student else {
      return try partners.demonstrations(
        prompts, from: objective.rolloutSource, seed: settings.seed.derived("teacher", steps),
        group: settings.group)
    }
    let start = DispatchTime.now()
    let groups = try student.sample(
      prompts,
      settings: SamplingSettings(
        group: settings.group, temperature: settings.temperature,
        maximumLength: settings.maximumLength),
      seed: settings.seed.derived("sampling", steps))
    ledger.spend(.rollout, flops: student.flops(of: groups, .sampling))
    ledger.spend(.rollout, seconds: start.elapsed)
    ledger.rolloutTokens += groups.tokenCount
    return groups
  }

  /// What teacher, reference and reward say of the answers, as far as the objective asks.
  private mutating func score(_ groups: [RolloutGroup]) async throws -> [ScoredGroup] {
    let needs = objective.requirements
    var scored = groups.map { group in
      ScoredGroup(prompt: group.prompt, rollouts: group.rollouts.map { ScoredRollout($0) })
    }
    if let teacher = partners.teacher, let support = needs.teacherSupport {
      let start = DispatchTime.now()
      let scores = try await teacher.score(groups.map(ScoringRequest.init), support: support)
      scored.assign(scores) { $0.teacher = $1 }
      ledger.spend(.teacher, flops: teacher.flopsPerToken * Double(groups.tokenCount))
      ledger.spend(.teacher, seconds: start.elapsed)
      ledger.scoredTokens += groups.tokenCount
    }
    if let reference = partners.reference, needs.needsReference {
      let start = DispatchTime.now()
      scored.assign(
        try reference.logProbabilities(groups, temperature: settings.temperature)
      ) { $0.reference = $1 }
      ledger.spend(.reference, flops: reference.flops(of: groups, .forward))
      ledger.spend(.reference, seconds: start.elapsed)
    }
    if let reward = partners.reward {
      scored.assign(try await reward.rewards(groups)) { $0.reward = $1 }
    }
    return scored
  }

  /// The groups of each update: all of them once an inner step, or in mini-batches.
  private func miniBatches(of groups: [RolloutGroup]) -> [[Int]] {
    let size = (groups.count + settings.miniBatches - 1) / settings.miniBatches
    return (0..<settings.innerSteps).flatMap { _ in
      stride(from: 0, to: groups.count, by: size).map {
        Array($0..<min($0 + size, groups.count))
      }
    }
  }

  /// Goes on from a saved place.
  public mutating func restore(
    steps: Int, updates: Int, scheduleStart: Int = 0, ledger: Ledger
  ) {
    self.steps = steps
    self.updates = updates
    self.scheduleStart = scheduleStart
    self.ledger = ledger
  }
}
