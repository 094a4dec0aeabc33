internal import Dispatch
internal import Core
internal import Student
internal import Teacher
internal import Tensors

/// What is measured of one step besides training: where student and teacher differ, what pulls how hard, and whether the
/// update moves towards the teacher.
///
/// Nothing of training depends on it: it draws no random numbers, and what it costs goes into an account of its own.
struct StepDiagnosis {
  /// The numbers by metric name.
  private(set) var metrics: [String: WeightedMean] = [:]
  /// Floating-point operations.
  private(set) var flops = 0.0
  /// Seconds.
  private(set) var seconds = 0.0

  private let loss: PreparedLoss
  private let groups: [RolloutGroup]
  private let scored: [ScoredGroup]
  private let signals: [[ResponseSignals]]
  private let settings: TrainerSettings
  private let end: Token
  private let audits: Bool

  /// A diagnosis of the groups that train.
  ///
  /// - Throws: What the teacher throws.
  init(
    of batch: StepBatch, _ loss: PreparedLoss, teacher: (any TeacherScorer)?, end: Token,
    settings: TrainerSettings, step: Int
  ) async throws {
    let start = DispatchTime.now()
    let counted = loss.trained.indices.filter { loss.trained[$0] }
    self.loss = loss.restricted(to: counted)
    self.settings = settings
    self.end = end
    audits = settings.diagnostics.audits(step)
    groups = counted.map { batch.rollouts[$0] }
    var scored = counted.map { batch.groups[$0] }
    if let teacher {
      let support: TeacherSupport = teacher.support == .full ? .full : .sampled
      let scores = try await teacher.score(groups.map(ScoringRequest.init), support: support)
      scored.assign(scores) { $0.teacher = $1 }
      flops += teacher.flopsPerToken * Double(groups.tokenCount)
    }
    self.scored = scored
    var signals = try SignalBatch(scored).groups
    for (place, group) in counted.enumerated() {
      for slot in signals[place].indices {
        signals[place][slot].isSampled = loss.batch.groups[group][slot].isSampled
      }
    }
    self.signals = signals
    seconds += start.elapsed
  }

  /// Everything that can be said before the student moves.
  mutating func measureBefore(
    _ student: any StudentPolicy, using gradient: inout GradientShards
  ) throws {
    let start = DispatchTime.now()
    let found = try probe(student, using: &gradient, auditing: audits)
    metrics.merge(found) { $1 }
    noteDivergence(found, "before_update")
    if let reinforced = loss.reinforced {
      note(AdvantageProfile(reinforced.advantages).metrics)
      note(["advantages/clipped_share": reinforced.clippedShare])
    }
    note(try student.componentGradientNorms(groups, loss: loss, using: &gradient))
    flops += Double(loss.componentNames.count) * student.flops(of: groups, .training)
    if audits { try auditWhole(student, using: &gradient) }
    seconds += start.elapsed
  }

  /// How far the update moved the student, and whether towards the teacher.
  mutating func compareAfter(
    _ student: any StudentPolicy, using gradient: inout GradientShards
  ) throws {
    let start = DispatchTime.now()
    let found = try probe(student, using: &gradient, auditing: false)
    noteDivergence(found, "after_update")
    if let mean = found["ratio/mean"]?.mean, let square = found["ratio/square_mean"]?.mean {
      note([
        "ratio/after_update": mean,
        "ratio/effective_share": square > 0 ? mean * mean / square : 0,
      ])
    }
    seconds += start.elapsed
  }

  private mutating func probe(
    _ student: any StudentPolicy, using gradient: inout GradientShards, auditing: Bool
  ) throws -> [String: WeightedMean] {
    let probe = DistributionProbe(
      responses: signals, temperature: settings.temperature, k: settings.diagnostics.k, end: end,
      audited: auditing ? loss.objective.sampledEstimator : nil, chunkBytes: settings.chunkBytes)
    let report = try student.differentiate(groups, loss: probe, into: &gradient)
    flops += student.flops(of: groups, .training)
    return report.metrics
  }

  /// The exact divergence where whole rows are known, and the sampled estimate in any case.
  private mutating func noteDivergence(_ found: [String: WeightedMean], _ when: String) {
    metrics["teacher_kl/\(when)"] = found["teacher_kl/reverse"]
    metrics["teacher_kl/k1_\(when)"] = found["teacher_kl/k1"]
  }

  /// The whole gradient in use against that of the exact reverse KL divergence on the same answers.
  private mutating func auditWhole(
    _ student: any StudentPolicy, using gradient: inout GradientShards
  ) throws {
    guard signals.joined().allSatisfy({ $0.teacherRows != nil }) else { return }
    let exact = try MethodPreset.named("opd-full").objective.prepare(
      groups: scored, temperature: settings.temperature,
      context: ObjectiveContext(chunkBytes: settings.chunkBytes))
    _ = try student.differentiate(groups, loss: exact, into: &gradient)
    let target = gradient.total()
    _ = try student.differentiate(groups, loss: loss, into: &gradient)
    let used = gradient.total()
    flops += 2 * student.flops(of: groups, .training)
    let product = zip(target.gradient.values, used.gradient.values).reduce(0.0) {
      $0 + Double($1.0) * Double($1.1)
    }
    let norms = target.norm * used.norm
    note([
      "audit/cosine": norms > 0 ? product / norms : 0,
      "audit/norm_ratio": target.norm > 0 ? used.norm / target.norm : 0,
    ])
  }

  private mutating func note(_ values: [String: Double]) {
    for (name, value) in values { metrics[name] = WeightedMean(sum: value, weight: 1) }
  }
}
