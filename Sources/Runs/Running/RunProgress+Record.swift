internal import Analysis
internal import Core
internal import Curriculum
internal import Dispatch
internal import Distill
internal import Foundation
internal import Records
internal import Student

extension RunProgress {
  /// Writes down what a step did, evaluates where it is due, and takes note of whether the stage ends.
  ///
  /// - Returns: The numbers of the evaluation, if there was one.
  mutating func log(
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
    report(.step(news(of: stage, values)))
    return evaluated
  }

  private func news(of stage: StageConfiguration, _ values: [String: Double]) -> StepNews {
    let headline = parts.context.codec.task.headline
    return StepNews(
      stage: stage.title, step: steps,
      total: parts.configuration.stages.reduce(0) { $0 + $1.steps }, values: values,
      tokensPerSecond: Double(ledger.rolloutTokens) / max(seconds, 1e-9),
      headline: values[headline.rawValue].map {
        "\(headline.title) " + String(format: "%.3f", $0)
      })
  }

  /// The exact divergence from the teacher on the student's own answers to the questions of the evaluation.
  private mutating func teacherDistance(
    of student: any Learner
  ) async throws -> [String: Double] {
    let start = DispatchTime.now()
    guard let found = try await parts.teacherDistance(of: student) else { return [:] }
    ledger.charge(.evaluation, flops: found.flops, since: start)
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
    let answers = try await RunLines.rollouts(
      record, stage: stage.title, step: steps, codec: parts.context.codec)
    try directory.append([answers], to: "rollouts.jsonl")
    return evaluated
  }

  private func line(_ record: SelectionRecord) -> String {
    JSONText.line(
      SelectionLine(record, stage: stage, planted: parts.teacher?.isPlanted.map { $0(record.id) }))
  }

  /// Evaluates the student as it is before the first step.
  mutating func evaluate(_ values: [String: Double], whole: Bool) async throws {
    var values = values
    values.merge(try await evaluation(of: student, whole: whole)) { $1 }
    try write(values, stage: nil)
  }

  private mutating func evaluation(
    of student: any Learner, whole: Bool
  ) async throws -> [String: Double] {
    let start = DispatchTime.now()
    let count = whole ? nil : parts.configuration.evaluation.count
    let prompts = Array(parts.reported.prefix(count ?? parts.reported.count))
    let evaluation = try await Evaluation(
      of: student, on: prompts, codec: parts.context.codec,
      decoding: parts.configuration.evaluation.decoding)
    ledger.charge(.evaluation, flops: evaluation.flops, since: start)
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
}
