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
  private let parts: RunParts
  private let directory: RunDirectory
  private let report: @Sendable (String) -> Void

  /// The student at the beginning of the stage; a trainer has it until the end.
  private var student: any Learner
  private var trainer: Trainer?
  private var ledger = Ledger()
  private var stage = 0
  private var monitor = StageMonitor()
  /// The weights with which a later stage began: what its reference is.
  private var stageStart: LearnerState?
  /// Steps of all stages so far.
  private var steps = 0
  private var seconds = 0.0
  /// What the teacher, and a student elsewhere, had cost when this process took over.
  private var costsBefore = (teacher: ServiceCosts(), student: LearnerCosts())

  /// A run at its beginning, or where its last checkpoint left it.
  init(
    _ parts: RunParts, _ directory: RunDirectory, report: @escaping @Sendable (String) -> Void
  ) async throws {
    self.parts = parts
    self.directory = directory
    self.report = report
    student = parts.student
    ledger.spend(.selection, flops: parts.selection.flops)
    if let training = parts.teacher?.training, training > 0 {
      ledger.spend(.teacherTraining, flops: training)
    }
    if let saved = try RunCheckpoint.latest(directory) {
      try await restore(saved)
      try MetricEvents.begin(directory)
    } else {
      for name in RunCheckpoint.logs { try directory.truncate(name, to: 0) }
      try MetricEvents.begin(directory)
      try FileManager.default.createDirectory(
        atPath: directory.file("checkpoints"), withIntermediateDirectories: true)
      if steps == 0 { try await evaluate(["step": 0], whole: parts.configuration.stages.isEmpty) }
    }
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
        try directory.tell(record.notes, report)
        ledger = trainer.ledger
        ledger.note(teacher: parts.teacher?.costs?(), trainer.student.costs, since: costsBefore)
        last = try await log(record, trainer.student, stage: stages[stage])
        trainer.ledger = ledger
        let saves = parts.configuration.checkpoint.every
        if monitor.rule == nil, saves > 0, trainer.steps.isMultiple(of: saves) {
          _ = try await checkpoint(&trainer)
        }
      }
      try await end(&trainer, stages[stage])
    }
    try directory.write(json: ledger.summary, to: "ledger.json")
    return last.isEmpty ? try LastEvaluation.read(directory) : last
  }

  /// The trainer of the stage, where a checkpoint left it or at its beginning.
  private mutating func takeTrainer() async throws -> Trainer {
    if let saved = trainer.take() { return saved }
    return try await parts.trainer(
      of: stage, student: student, ledger: ledger, folder: directory.path)
  }

  private func checkpoint(_ trainer: inout Trainer) async throws -> LearnerState {
    let learner = try await trainer.student.save(as: "step \(steps)")
    try RunCheckpoint(
      trainer, learner, monitor: monitor, stage: stage, stageStart: stageStart, steps: steps,
      seconds: seconds
    ).write(directory)
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
    report("stage \(stage.title) ended after \(trainer.steps) steps: \(reason)")
    stageStart = try await checkpoint(&trainer).weights
    self.stage += 1
    // Moments would be kept for as long as the next stage takes.
    try await trainer.student.reset([.optimizer, .average])
    student = trainer.student
    monitor = StageMonitor()
  }

  private mutating func log(
    _ record: StepRecord, _ student: any Learner, stage: StageConfiguration
  ) async throws -> [String: Double] {
    monitor.note(tokens: record.groups.reduce(0) { $0 + $1.tokenCount })
    monitor.note(steps: record.step + 1, of: stage.steps, stage.stop)
    var values = record.values
    values["step"] = Double(steps)
    let evaluated = try await evaluation(
      of: student, after: record, of: stage, &values)
    try directory.append(record.selection.map(line), to: "selection.jsonl")
    try write(values, stage: stage)
    let headline = parts.context.codec.task.headline
    let shown = evaluated[headline.rawValue].map {
      "\(headline.title) " + String(format: "%.3f", $0)
    }
    report(
      "step \(steps) loss \(String(format: "%.4f", values["loss"] ?? .nan)) \(shown ?? "")")
    return evaluated
  }

  /// The exact divergence from the teacher on the student's own answers to the questions of the evaluation.
  private mutating func teacherDistance(
    of student: any Learner
  ) async throws -> [String: Double] {
    let start = DispatchTime.now()
    guard let found = try await parts.teacherDistance(of: student) else { return [:] }
    ledger.spend(.evaluation, flops: found.flops)
    ledger.spend(.evaluation, seconds: Self.seconds(since: start))
    var values: [String: Double] = [:]
    values["eval/teacher_kl"] = found.metrics["teacher_kl/reverse"]?.mean
    values["eval/teacher_kl_forward"] = found.metrics["teacher_kl/forward"]?.mean
    return values
  }

  /// Evaluates where it is due; the whole of the data where the stage ends, be it because of this very evaluation.
  private mutating func evaluation(
    of student: any Learner, after record: StepRecord, of stage: StageConfiguration,
    _ values: inout [String: Double]
  ) async throws -> [String: Double] {
    let every = parts.configuration.evaluation.every
    let isDue = every > 0 && (record.step + 1).isMultiple(of: every)
    var evaluated: [String: Double] = [:]
    if isDue || monitor.rule != nil {
      evaluated = try await evaluation(of: student, whole: monitor.rule != nil)
    }
    values.merge(evaluated) { $1 }
    let wasOver = monitor.rule != nil
    monitor.note(values, stage.stop, parts.context.codec.task)
    if monitor.rule != nil, !wasOver {
      evaluated = try await evaluation(of: student, whole: true)
    }
    if monitor.rule != nil { evaluated.merge(try await teacherDistance(of: student)) { $1 } }
    values.merge(evaluated) { $1 }
    guard !evaluated.isEmpty else { return [:] }
    try directory.append(
      [RunLines.rollouts(record, codec: parts.context.codec)], to: "rollouts.jsonl")
    return evaluated
  }

  private func line(_ record: SelectionRecord) -> String {
    JSONText.line(
      SelectionLine(record, stage: stage, planted: parts.teacher?.isPlanted.map { $0(record.id) }))
  }

  private mutating func evaluate(_ values: [String: Double], whole: Bool) async throws {
    var values = values
    values.merge(try await evaluation(of: student, whole: whole)) { $1 }
    try write(values, stage: nil)
  }

  private mutating func evaluation(
    of student: any Learner, whole: Bool
  ) async throws -> [String: Double] {
    let start = DispatchTime.now()
    let count = whole ? nil : parts.configuration.evaluation.count
    let prompts = Array(parts.dev.prefix(count ?? parts.dev.count))
    let evaluation = try await Evaluation(
      of: student, on: prompts, codec: parts.context.codec,
      decoding: parts.configuration.evaluation.decoding)
    ledger.spend(.evaluation, flops: evaluation.flops)
    ledger.spend(.evaluation, seconds: Self.seconds(since: start))
    if whole {
      try directory.write(
        text: evaluation.outcomes.map { JSONText.line($0) }.joined(separator: "\n") + "\n",
        to: "evaluation.jsonl")
    }
    return evaluation.values
  }

  private func write(_ values: [String: Double], stage: StageConfiguration?) throws {
    var line = values
    line["tokens"] = Double(ledger.rolloutTokens)
    line["flops"] = ledger.trainingFlops
    try directory.append([RunLines.metrics(line, stage: stage?.title)], to: "metrics.jsonl")
    try directory.append(bytes: MetricEvents.record(line), to: MetricEvents.name)
    try directory.append(
      [RunLines.metrics(["step": values["step"] ?? 0, "seconds": seconds], stage: nil)],
      to: "timing.jsonl")
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

  private static func seconds(since start: DispatchTime) -> Double {
    Double(DispatchTime.now().uptimeNanoseconds - start.uptimeNanoseconds) * 1e-9
  }
}

extension StageConfiguration {
  /// What people call the stage.
  var title: String { name ?? method.string ?? "objective" }
}
