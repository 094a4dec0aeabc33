internal import Analysis
internal import Records
internal import Curriculum
internal import Dispatch
internal import Distill
internal import Foundation
internal import Tasks
internal import Plugins
internal import Core
internal import Storage
internal import Student
internal import TAD
internal import Teacher
internal import Tensors

/// A run on its way: where it stands, and how it goes on.
struct RunProgress {
  let parts: RunParts
  let directory: RunDirectory
  let report: @Sendable (RunNews) -> Void

  /// The student at the beginning of the stage; a trainer has it until the end.
  var student: any Learner
  var trainer: Trainer?
  var ledger = Ledger()
  var stage = 0
  var monitor = StageMonitor()
  /// The weights with which a later stage began: what its reference is.
  var stageStart: LearnerState?
  /// Steps of all stages so far.
  var steps = 0
  var seconds = 0.0
  /// What the teacher, and a student elsewhere, had cost when this process took over.
  private var costsBefore = (teacher: ServiceCosts(), student: LearnerCosts())
  private let supervision: RunSupervision
  /// When the state was saved last, or this process began.
  private var saved = ContinuousClock.now

  /// A run at its beginning, or where its last checkpoint left it.
  init(
    _ parts: RunParts, _ directory: RunDirectory, _ supervision: RunSupervision,
    report: @escaping @Sendable (RunNews) -> Void
  ) async throws {
    self.parts = parts
    self.directory = directory
    self.supervision = supervision
    self.report = report
    student = parts.student
    ledger.spend(.selection, flops: parts.selection.flops)
    let training = [parts.teacher, parts.secondTeacher].reduce(0) { $0 + ($1?.training ?? 0) }
    if training > 0 { ledger.spend(.teacherTraining, flops: training) }
    var notes: [String] = []
    if let saved = try RunCheckpoint.resumable(directory, note: { notes.append($0) }) {
      directory.tell(notes, report)
      try await restore(saved)
      report(.happened("going on after step \(steps)"))
      try MetricEvents.begin(directory)
    } else {
      try await begin()
    }
  }

  private mutating func begin() async throws {
    if directory.hasBegun { report(.happened("nothing was saved: beginning at step 1 again")) }
    for name in RunCheckpoint.logs { try directory.truncate(name, to: 0) }
    try MetricEvents.begin(directory)
    try AtomicFile.makeFolder(directory.file("checkpoints"))
    try await evaluate(["step": 0], whole: parts.configuration.stages.isEmpty)
  }

  /// Trains to the end.
  ///
  /// - Returns: The numbers of the last evaluation.
  mutating func finish() async throws -> [String: Double] {
    let stages = parts.configuration.stages
    var last: [String: Double] = [:]
    while stage < stages.count {
      var trainer = try await takeTrainer()
      while monitor.rule == nil {
        let start = DispatchTime.now()
        let record = try await trainer.step()
        seconds += Self.seconds(since: start) - record.diagnosticSeconds
        steps += 1
        directory.tell(record.notes, report)
        ledger = trainer.ledger
        ledger.note(teacher: parts.teacher?.costs?(), trainer.student.costs, since: costsBefore)
        last = try await log(record, trainer.student, stage: stages[stage])
        trainer.ledger = ledger
        if monitor.rule == nil { try await saveIfDue(&trainer) }
      }
      try await end(&trainer, stages[stage])
      if stage < stages.count { try supervision.check(after: steps) }
    }
    try RunCheckpoint.keep(1, in: directory)
    try directory.write(json: ledger.summary, to: "ledger.json")
    return last.isEmpty ? LastEvaluation.read(directory) : last
  }

  /// The trainer of the stage, where a checkpoint left it or at its beginning.
  private mutating func takeTrainer() async throws -> Trainer {
    if let saved = trainer.take() { return saved }
    return try await parts.trainer(
      of: stage, student: student, ledger: ledger, folder: directory.path)
  }

  /// Saves after so many steps, after so many minutes, and before the process ends as it was asked to.
  private mutating func saveIfDue(_ trainer: inout Trainer) async throws {
    let settings = parts.configuration.checkpoint
    let isAsked = supervision.interruption.signal() != nil
    guard
      isAsked || (settings.every > 0 && trainer.steps.isMultiple(of: settings.every))
        || (settings.minutes > 0 && saved.elapsed >= settings.minutes * 60)
    else { return try supervision.checkLease() }
    _ = try await checkpoint(&trainer)
    try supervision.check(after: steps)
  }

  private mutating func checkpoint(_ trainer: inout Trainer) async throws -> LearnerState {
    try supervision.checkLease()
    let learner = try await trainer.student.save(as: "step \(steps)")
    try RunCheckpoint(
      trainer, learner, monitor: monitor, stage: stage, stageStart: stageStart, steps: steps,
      seconds: seconds
    ).write(directory, identity: supervision.identity)
    saved = .now
    return learner
  }

  /// Notes which rule ended a stage, and goes on to the next.
  private mutating func end(
    _ trainer: inout Trainer, _ stage: StageConfiguration
  ) async throws {
    guard let rule = monitor.rule else { return }
    let reason = monitor.reason(
      stage.stop, parts.context.codec.task.headline, steps: trainer.steps)
    let line = StageLine(
      stage: self.stage, name: stage.title, steps: trainer.steps, step: steps,
      tokens: monitor.tokens, rule: rule, reason: reason)
    try directory.append([JSONText.line(line)], to: "stages.jsonl")
    let isWhole = rule == .steps
    report(
      .happened(
        "stage \(stage.title) ended after \(trainer.steps) steps\(isWhole ? "" : ": \(reason)")"))
    stageStart = try await checkpoint(&trainer).weights
    self.stage += 1
    // Moments would be kept for as long as the next stage takes.
    try await trainer.student.reset([.optimizer, .average])
    student = trainer.student
    monitor = StageMonitor()
  }

  private mutating func restore(_ saved: RunCheckpoint) async throws {
    for (name, size) in saved.sizes { try directory.truncate(name, to: size) }
    stage = saved.stage
    steps = saved.steps
    seconds = saved.seconds
    ledger = saved.ledger
    costsBefore = (ledger.service ?? ServiceCosts(), ledger.student ?? LearnerCosts())
    monitor = saved.monitor
    guard stage < parts.configuration.stages.count, saved.stageSteps > 0 else {
      stageStart = stage > 0 ? saved.learner.weights : nil
      try await student.restore(saved.learner.weights)
      return
    }
    stageStart = saved.stageStart
    if let stageStart { try await student.restore(stageStart) }
    var trainer = try await parts.trainer(
      of: stage, student: student, ledger: ledger, folder: directory.path)
    try await saved.restore(&trainer)
    self.trainer = trainer
  }

  static func seconds(since start: DispatchTime) -> Double {
    Double(DispatchTime.now().uptimeNanoseconds - start.uptimeNanoseconds) * 1e-9
  }
}

extension StageConfiguration {
  /// What people call the stage.
  var title: String { name ?? method.string ?? "objective" }
}
