internal import Records
internal import Video
internal import Distill
internal import Foundation
internal import Core
internal import Student
internal import Teacher
internal import Tensors

/// The lines of a run's logs.
///
/// Keys are sorted and numbers exact, so that equal runs have equal bytes.
enum RunLines {
  /// A flat line of numbers; what is not finite is left out.
  static func metrics(_ values: [String: Double], stage: String?) -> String {
    var fields = values.filter { $0.value.isFinite }.map { name, value in
      (name, value == value.rounded() && abs(value) < 1e15 ? "\(Int(value))" : "\(value)")
    }
    if let stage { fields.append(("stage", JSONText.line(stage))) }
    let text = fields.sorted { $0.0 < $1.0 }.map { "\(JSONText.line($0.0)):\($0.1)" }
    return "{" + text.joined(separator: ",") + "}"
  }

  private struct RolloutLine: Encodable {
    var stage: String
    /// Counted over the whole run, as in `metrics.jsonl`.
    var step: Int
    var prompt: String
    var query: String
    var slot: Int
    var text: String
    var words: [String]
    var tokens: [Token]
    var student: [Float]
    var teacher: [Float]?
    var advantage: [Float]?
    var reward: Double?
    var quality: Double
    var predicted: AnyAnswer?
    var truth: [AnyAnswer]
    var duration: Double
  }

  /// The first groups of a step: every answer with what teacher and reward said of it.
  ///
  /// - Parameters:
  ///   - record: The step.
  ///   - stage: What its stage is called.
  ///   - step: The run's steps up to and with this one.
  ///   - codec: What tells answers from tokens.
  /// - Returns: A line an answer.
  /// - Throws: What whoever judges answers throws.
  static func rollouts(
    _ record: StepRecord, stage: String, step: Int, codec: AnswerCodec
  ) async throws -> String {
    let groups = Array(record.groups.prefix(4))
    let (answers, qualities) = try await codec.judged(
      groups.map { RolloutGroup(prompt: $0.prompt, rollouts: $0.rollouts.map(\.rollout)) })
    return groups.indices.flatMap { g in
      let group = groups[g]
      return group.rollouts.enumerated().map { slot, scored in
        let rollout = scored.rollout
        return JSONText.line(
          RolloutLine(
            stage: stage, step: step, prompt: group.prompt.id,
            query: group.prompt.query, slot: rollout.slot,
            text: codec.tokenizer.text(rollout.tokens),
            words: rollout.tokens.map { codec.tokenizer.word($0) }, tokens: rollout.tokens,
            student: rollout.logProbabilities, teacher: scored.teacher?.sampled,
            advantage: scored.teacher.map {
              zip($0.sampled, rollout.logProbabilities).map { $0 - $1 }
            }, reward: scored.reward?.total,
            quality: qualities[g][slot],
            predicted: answers[g][slot].map { AnyAnswer($0) },
            truth: group.prompt.truth.map(AnyAnswer.init), duration: group.prompt.duration))
      }
    }.joined(separator: "\n")
  }
}

extension Ledger {
  /// The layout of `ledger.json`.
  struct Summary: Encodable {
    var flops: [String: Double]
    var seconds: [String: Double]
    var rolloutTokens: Int
    var scoredTokens: Int
    /// The most memory the process that finished the run had, bytes.
    var peakMemory: Int
    var service: Service?
    var student: LearnerCosts?
  }

  /// What a live teacher cost, and how fast it was.
  struct Service: Encodable {
    var requests: Int
    var retries: Int
    var promptTokens: Int
    var generatedTokens: Int
    var remembered: Int
    var price: Double
    var requestsPerSecond: Double
    var scoredTokensPerSecond: Double
  }

  /// Notes what teacher and student elsewhere have cost since this process took over, and before.
  mutating func note(
    teacher: ServiceCosts?, _ student: LearnerCosts?,
    since before: (teacher: ServiceCosts, student: LearnerCosts)
  ) {
    service = teacher.map { before.teacher + $0 }
    self.student = student.map { before.student + $0 }
  }

  /// The same without what the clock said.
  var withoutSeconds: Ledger {
    var copy = self
    copy.seconds = [:]
    return copy
  }

  var summary: Summary {
    Summary(
      flops: flops, seconds: seconds, rolloutTokens: rolloutTokens, scoredTokens: scoredTokens,
      peakMemory: MachineLimits.peakMemory(),
      service: service.map { costs in
        let time = max(seconds[Account.teacher.rawValue] ?? 0, .leastNormalMagnitude)
        return Service(
          requests: costs.requests, retries: costs.retries, promptTokens: costs.promptTokens,
          generatedTokens: costs.generatedTokens, remembered: costs.remembered,
          price: costs.price, requestsPerSecond: Double(costs.requests) / time,
          scoredTokensPerSecond: Double(scoredTokens) / time)
      }, student: student)
  }
}
