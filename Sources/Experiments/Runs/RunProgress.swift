internal import Curriculum
internal import Dispatch
internal import Distill
internal import Foundation
internal import Grounding
internal import Plugins
internal import Rollouts
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

  private var student: any StudentPolicy
  private var trainer: Trainer?
  private var ledger = Ledger()
  private var stage = 0
  /// Steps of all stages so far.
  private var steps = 0
  private var seconds = 0.0
  /// What the teacher had cost when this process took over.
  private var costsBefore = ServiceCosts()

  /// A run at its beginning, or where its last checkpoint left it.
  init(
    _ parts: RunParts, _ directory: RunDirectory, report: @escaping @Sendable (String) -> Void
  ) throws {
    self.parts = parts
    self.directory = directory
    self.report = report
    student = parts.student
    ledger.spend(.selection, flops: parts.selection.flops)
    if let saved = try RunCheckpoint.latest(directory) {
      try restore(saved)
    } else {
      for name in RunCheckpoint.logs { try directory.truncate(name, to: 0) }
      try FileManager.default.createDirectory(
        atPath: directory.file("checkpoints"), withIntermediateDirectories: true)
      if steps == 0 { try evaluate(["step": 0], whole: parts.configuration.stages.isEmpty) }
    }
  }

  /// Trains to the end.
  ///
  /// - Returns: The numbers of the last evaluation.
  mutating func finish() async throws -> [String: Double] {
    let stages = parts.configuration.stages
    var last: [String: Double] = [:]
    while stage < stages.count {
      var trainer =
        try self.trainer ?? parts.trainer(of: stage, student: student, ledger: ledger)
      self.trainer = nil
      let total = trainer.settings.steps
      while trainer.steps < total {
        let start = DispatchTime.now()
        let record = try await trainer.step()
        seconds += Self.seconds(since: start)
        steps += 1
        student = trainer.student
        ledger = trainer.ledger
        ledger.service = (parts.teacher?.costs?()).map { costsBefore + $0 }
        let isLast = trainer.steps == total
        let every = parts.configuration.evaluation.every
        let evaluates = isLast || every > 0 && trainer.steps.isMultiple(of: every)
        last = try log(record, stage: stages[stage], evaluates: evaluates, isLast: isLast)
        trainer.ledger = ledger
        let saves = parts.configuration.checkpoint.every
        if !isLast, saves > 0, trainer.steps.isMultiple(of: saves) {
          try RunCheckpoint(trainer, stage: stage, steps: steps, seconds: seconds).write(directory)
        }
      }
      stage += 1
      try RunCheckpoint(trainer, stage: stage, steps: steps, seconds: seconds).write(directory)
    }
    try directory.write(json: ledger.summary, to: "ledger.json")
    return last.isEmpty ? try LastEvaluation.read(directory) : last
  }

  private mutating func log(
    _ record: StepRecord, stage: StageConfiguration, evaluates: Bool, isLast: Bool
  ) throws -> [String: Double] {
    var values = record.values
    values["step"] = Double(steps)
    var evaluated: [String: Double] = [:]
    if evaluates {
      evaluated = try evaluation(whole: isLast)
      values.merge(evaluated) { $1 }
      try directory.append(
        [RunLines.rollouts(record, codec: parts.context.codec)],
        to: "rollouts.jsonl")
    }
    try directory.append(record.selection.map(RunLines.json), to: "selection.jsonl")
    try write(values, stage: stage)
    let shown = evaluated["eval/mIoU"].map { String(format: "mIoU %.3f", $0) }
    report(
      "step \(steps) loss \(String(format: "%.4f", values["loss"] ?? .nan)) \(shown ?? "")")
    return evaluated
  }

  private mutating func evaluate(_ values: [String: Double], whole: Bool) throws {
    var values = values
    values.merge(try evaluation(whole: whole)) { $1 }
    try write(values, stage: nil)
  }

  private mutating func evaluation(whole: Bool) throws -> [String: Double] {
    let start = DispatchTime.now()
    let count = whole ? nil : parts.configuration.evaluation.count
    let prompts = Array(parts.dev.prefix(count ?? parts.dev.count))
    let evaluation = try Evaluation(of: student, on: prompts, codec: parts.context.codec)
    ledger.spend(.evaluation, flops: evaluation.flops)
    ledger.spend(.evaluation, seconds: Self.seconds(since: start))
    if whole {
      try directory.write(
        text: evaluation.lines.map(RunLines.json).joined(separator: "\n") + "\n",
        to: "evaluation.jsonl")
    }
    return evaluation.values
  }

  private func write(_ values: [String: Double], stage: StageConfiguration?) throws {
    var line = values
    line["tokens"] = Double(ledger.rolloutTokens)
    line["flops"] = ledger.trainingFlops
    try directory.append([RunLines.metrics(line, stage: stage?.title)], to: "metrics.jsonl")
    try directory.append(
      [RunLines.metrics(["step": values["step"] ?? 0, "seconds": seconds], stage: nil)],
      to: "timing.jsonl")
  }

  private mutating func restore(_ saved: RunCheckpoint) throws {
    for (name, size) in saved.sizes { try directory.truncate(name, to: size) }
    stage = saved.stage
    steps = saved.steps
    seconds = saved.seconds
    ledger = saved.ledger
    costsBefore = ledger.service ?? ServiceCosts()
    student.parameters.values = saved.parameters
    guard stage < parts.configuration.stages.count, saved.stageSteps > 0 else { return }
    // The reference of a stage is the student as it was when the stage began.
    var trainer = try parts.trainer(of: stage, student: parts.student, ledger: ledger)
    trainer.student = student
    try saved.restore(&trainer)
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
