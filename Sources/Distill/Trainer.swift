internal import Dispatch
public import Curriculum
internal import Core
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
  public private(set) var partners: TrainingPartners
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
    try partners.check(objective, student: student, settings: settings)
    self.student = student
    self.objective = objective
    self.pool = pool
    self.curriculum = curriculum
    self.partners = partners
    self.settings = settings
    self.optimizer = AdamW(count: student.parameters.layout.count, settings: optimizer)
    gradient = GradientShards(layout: student.parameters.layout)
    try self.partners.begin(with: student)
  }

  /// One step: prompts, answers, scores, updates.
  public mutating func step() async throws -> StepRecord {
    var record = StepRecord(step: steps)
    let batch = try await nextBatch(&record)
    let loss = try objective.prepare(
      groups: batch.groups, temperature: settings.temperature, context: context(batch.roles))
    record.add(loss)
    let rollouts = batch.rollouts
    var diagnosis = try await diagnosis(of: batch, loss)
    for part in StepBatch.parts(trained: loss.trained, settings) {
      try update(part.map { rollouts[$0] }, loss.restricted(to: part), &record)
    }
    try diagnosis?.compareAfter(student, using: &gradient)
    record.add(diagnosis, to: &ledger)
    curriculum.observe(PromptObservation.of(record.groups, step: steps))
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
    partners.follow(student)
    record.gradientNorm = norm
    record.learningRate = rate
  }

  /// Forgets what a new round is to begin without.
  mutating func resetForRound() {
    if settings.roundResets.contains(.optimizer) {
      optimizer = AdamW(count: student.parameters.layout.count, settings: optimizer.settings)
    }
    if settings.roundResets.contains(.learningRate) { scheduleStart = updates }
  }

  /// What the objective is told of a batch of this step.
  func context(_ roles: [GroupRole]) -> ObjectiveContext {
    ObjectiveContext(
      step: steps, seed: settings.seed.derived("objective"),
      maximumLength: settings.maximumLength, chunkBytes: settings.chunkBytes, roles: roles,
      advantageEstimators: partners.advantageEstimators,
      policyGradientLosses: partners.policyGradientLosses)
  }

  /// A diagnosis of the batch before it is learnt from, where one is due.
  private mutating func diagnosis(
    of batch: StepBatch, _ loss: PreparedLoss
  ) async throws -> StepDiagnosis? {
    guard settings.diagnostics.isDue(steps), loss.trained.contains(true) else { return nil }
    var diagnosis = try await StepDiagnosis(
      of: batch, loss, teacher: partners.teacher, end: student.vocabulary.end,
      settings: settings, step: steps)
    try diagnosis.measureBefore(student, using: &gradient)
    return diagnosis
  }

  /// The parameters of a self-teacher that averages the student's, for a checkpoint; `nil` without one.
  public var selfTeacherParameters: [Float]? {
    get { partners.selfTeacherParameters }
    set { partners.selfTeacherParameters = newValue }
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
