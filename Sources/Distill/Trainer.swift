internal import Dispatch
package import Curriculum
internal import Core
package import Student
internal import Teacher
internal import Tensors

/// One training loop for every method: what differs between OPD, GRPO and SFT is the objective, a value.
///
///     prompts → sample → score → loss → accumulate → update → observe
package struct Trainer: Sendable {
  /// What is trained.
  package var student: any Learner
  /// Which prompts come next.
  package var curriculum: any PromptCurriculum
  /// What was spent.
  package var ledger = Ledger()
  /// Steps made.
  package private(set) var steps = 0
  /// Updates made.
  package private(set) var updates = 0
  /// The update at which the learning rate's schedule began: 0, or that of the last round that reset it.
  package private(set) var scheduleStart = 0

  /// What the loop is told.
  package let settings: TrainerSettings
  /// Whom it asks.
  package private(set) var partners: TrainingPartners
  /// What is minimised.
  package let objective: Objective
  /// The prompts, by id.
  package let pool: PromptPool

  /// The constants of the optimizer.
  package let optimizer: OptimizerSettings

  /// A trainer that has made no step.
  ///
  /// The student begins a stage: it forgets the moments and the average of the one before.
  ///
  /// - Throws: `TrainingError` where the objective needs somebody who is not there, or cannot learn; what the student throws.
  package init(
    student: any Learner, objective: Objective, pool: PromptPool,
    curriculum: any PromptCurriculum, partners: TrainingPartners, settings: TrainerSettings,
    optimizer: OptimizerSettings = OptimizerSettings()
  ) async throws {
    try partners.check(objective, student: student, settings: settings)
    self.student = student
    self.objective = objective
    self.pool = pool
    self.curriculum = curriculum
    self.partners = partners
    self.settings = settings
    self.optimizer = optimizer
    try await self.student.reset([.optimizer, .average])
    try await self.partners.selfTeacher?.begin(with: self.student)
  }

  /// One step: prompts, answers, scores, updates.
  package mutating func step() async throws -> StepRecord {
    var record = StepRecord(step: steps)
    let batch = try await nextBatch(&record)
    let loss = try objective.prepare(
      groups: batch.groups, temperature: settings.temperature,
      context: try await objective.asked(about: batch.groups, context: context(batch.roles)))
    record.add(loss)
    let rollouts = batch.rollouts
    var diagnosis = try await diagnosis(of: batch, loss)
    for part in StepBatch.parts(trained: loss.trained, settings) {
      try await update(part.map { rollouts[$0] }, loss.restricted(to: part), &record)
    }
    try await diagnosis?.compareAfter(student)
    record.add(diagnosis, to: &ledger)
    try await partners.selfTeacher?.follow(student)
    curriculum.observe(PromptObservation.of(record.groups, step: steps))
    steps += 1
    return record
  }

  /// One update of the student.
  private mutating func update(
    _ groups: [RolloutGroup], _ loss: PreparedLoss, _ record: inout StepRecord
  ) async throws {
    let start = DispatchTime.now()
    record.add(try await student.accumulate(groups, loss))
    let rate = settings.schedule.rate(
      at: updates - scheduleStart, of: settings.plannedUpdates - scheduleStart)
    let report = try await student.update(
      UpdateStep(
        number: updates + 1, learningRate: rate, optimizer: optimizer,
        averageShare: partners.selfTeacher?.averageShare))
    ledger.charge(.student, flops: student.flops(of: groups, .training), since: start)
    guard report.isFinite else {
      throw TrainingError.notFinite(step: steps, prompts: groups.map(\.prompt.id))
    }
    updates += 1
    record.gradientNorm = report.norm
    record.learningRate = rate
  }

  /// Forgets what a new round is to begin without.
  mutating func resetForRound() async throws {
    if settings.roundResets.contains(.optimizer) { try await student.reset(.optimizer) }
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
      of: batch, loss, teacher: partners.teacher, end: student.tokenizer.end,
      settings: settings, step: steps)
    try await diagnosis.measureBefore(student)
    return diagnosis
  }

  /// Goes on from a saved place with the student as it was there.
  ///
  /// - Throws: What the student throws where the state is not its own.
  package mutating func restore(
    _ learner: LearnerState, steps: Int, updates: Int, scheduleStart: Int = 0, ledger: Ledger
  ) async throws {
    try await student.restore(learner)
    try await partners.selfTeacher?.follow(student)
    self.steps = steps
    self.updates = updates
    self.scheduleStart = scheduleStart
    self.ledger = ledger
  }
}
