internal import Dispatch
package import Curriculum
package import Core
package import Student
internal import Teacher

/// What a step showed: weighted means by metric name, and what was said of every answer.
package struct StepRecord: Sendable {
  /// The step, from 0.
  package let step: Int
  /// Weighted sums by metric name.
  package var metrics: [String: WeightedMean] = [:]
  /// The gradient's global norm before clipping.
  package var gradientNorm: Double?
  /// The learning rate.
  package var learningRate: Double?
  /// The answers with their scores, those of groups that were dropped too.
  package var groups: [ScoredGroup] = []
  /// What a person should be told once in a run, in words.
  package var notes: [String] = []
  /// Seconds of the step that went into diagnostics.
  package internal(set) var diagnosticSeconds = 0.0
  /// The audit of a round that began at this step.
  package var selection: [SelectionRecord] = []

  private var loss = 0.0
  private var reports = 0

  init(step: Int) { self.step = step }

  /// The numbers of the step by metric name.
  package var values: [String: Double] {
    var result = metrics.compactMapValues(\.mean)
    if reports > 0 { result["loss"] = loss / Double(reports) }
    result["grad_norm"] = gradientNorm
    result["learning_rate"] = learningRate
    return result
  }

  mutating func add(_ other: [String: WeightedMean]) {
    metrics.merge(other) { $0 + $1 }
  }

  /// What is known of a batch before it is learnt from.
  mutating func add(_ loss: PreparedLoss) {
    add(loss.metrics)
    notes += loss.notes
  }

  /// What a diagnosis found; its cost goes into an account of its own.
  mutating func add(_ diagnosis: StepDiagnosis?, to ledger: inout Ledger) {
    guard let diagnosis else { return }
    // What training itself measured stays as it is.
    metrics.merge(diagnosis.metrics) { training, _ in training }
    diagnosticSeconds += diagnosis.seconds
    ledger.spend(.diagnostics, flops: diagnosis.flops)
    ledger.spend(.diagnostics, seconds: diagnosis.seconds)
  }

  mutating func add(_ report: LossReport) {
    add(report.metrics)
    loss += report.value
    reports += 1
  }

  /// Lengths, rewards and failures of a batch.
  mutating func add(groups: [ScoredGroup]) {
    self.groups += groups
    for group in groups {
      for scored in group.rollouts {
        note("completions/mean_length", Double(scored.rollout.tokens.count))
        note("completions/clipped_ratio", scored.rollout.finish == .length ? 1 : 0)
        guard let reward = scored.reward else { continue }
        note("parse_failure_rate", reward.parsed ? 0 : 1)
        for (term, value) in reward.terms { note("reward/\(term)", value) }
      }
    }
  }

  /// Adds one value of weight 1 to a metric.
  mutating func note(_ name: String, _ value: Double) {
    metrics[name] =
      (metrics[name] ?? WeightedMean(sum: 0, weight: 0))
      + WeightedMean(sum: value, weight: 1)
  }
}

extension PromptObservation {
  /// What training on a batch showed, one observation a prompt.
  static func of(_ groups: [ScoredGroup], step: Int) -> [PromptObservation] {
    groups.map { group in
      let rewards = group.rollouts.compactMap { $0.reward?.total }
      let mean = rewards.isEmpty ? nil : rewards.reduce(0, +) / Double(rewards.count)
      let spread = mean.map { mean in
        (rewards.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(rewards.count)).squareRoot()
      }
      var ratios: [Double] = []
      for scored in group.rollouts {
        guard let teacher = scored.teacher else { continue }
        ratios += zip(scored.rollout.logProbabilities, teacher.sampled).map { Double($0 - $1) }
      }
      return PromptObservation(
        id: group.prompt.id, step: step, meanReward: mean, rewardSpread: spread,
        meanLogRatio: ratios.isEmpty ? nil : ratios.reduce(0, +) / Double(ratios.count))
    }
  }
}

extension [RolloutGroup] {
  /// Response tokens in all.
  var tokenCount: Int { reduce(0) { $0 + $1.rollouts.reduce(0) { $0 + $1.tokens.count } } }
}

extension ScoredGroup {
  /// Response tokens in all.
  package var tokenCount: Int { rollouts.reduce(0) { $0 + $1.rollout.tokens.count } }
}

extension [ScoredGroup] {
  /// Gives each answer of the groups at some places, all of them if left out, what was said of it.
  mutating func assign<Value>(
    _ values: [[Value]], at places: [Int]? = nil, _ body: (inout ScoredRollout, Value) -> Void
  ) {
    for (g, group) in zip(places ?? [Int](indices), values) {
      for (i, value) in group.enumerated() { body(&self[g].rollouts[i], value) }
    }
  }
}

extension ScoringRequest {
  /// A request to score a group's answers.
  init(_ group: RolloutGroup) {
    self.init(prompt: group.prompt, responses: group.rollouts.map(\.tokens))
  }
}

extension DispatchTime {
  /// Seconds since this moment.
  var elapsed: Double {
    Double(DispatchTime.now().uptimeNanoseconds - uptimeNanoseconds) * 1e-9
  }
}
