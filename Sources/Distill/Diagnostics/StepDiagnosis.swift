internal import Dispatch
internal import Core
internal import Student
internal import Teacher

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
    _ student: any Learner
  ) async throws {
    let start = DispatchTime.now()
    let found = try await probe(student, auditing: audits)
    metrics.merge(found) { $1 }
    noteDivergence(found, "before_update")
    if let reinforced = loss.reinforced {
      note(AdvantageProfile(reinforced.advantages).metrics)
      note(["advantages/clipped_share": reinforced.clippedShare])
    }
    try await measureComponents(student)
    if audits { try await auditWhole(student) }
    seconds += start.elapsed
  }

  /// How far the update moved the student, and whether towards the teacher.
  mutating func compareAfter(
    _ student: any Learner
  ) async throws {
    let start = DispatchTime.now()
    let found = try await probe(student, auditing: false)
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
    _ student: any Learner, auditing: Bool
  ) async throws -> [String: WeightedMean] {
    let probe = DistributionProbe(
      responses: signals, temperature: settings.temperature, k: settings.diagnostics.k, end: end,
      audited: auditing ? loss.objective.sampledEstimator : nil, chunkBytes: settings.chunkBytes)
    let report = try await student.read(groups, probe)
    flops += student.flops(of: groups, .forward)
    return report.metrics
  }

  /// The exact divergence where whole rows are known, and the sampled estimate in any case.
  private mutating func noteDivergence(_ found: [String: WeightedMean], _ when: String) {
    metrics["teacher_kl/\(when)"] = found["teacher_kl/reverse"]
    metrics["teacher_kl/k1_\(when)"] = found["teacher_kl/k1"]
  }

  /// The whole gradient in use against that of the exact reverse KL divergence on the same answers.
  private mutating func auditWhole(_ student: any Learner) async throws {
    guard signals.joined().allSatisfy({ $0.teacherRows != nil }) else { return }
    let exact = try MethodPreset.named("opd-full").objective.prepare(
      groups: scored, temperature: settings.temperature,
      context: ObjectiveContext(chunkBytes: settings.chunkBytes))
    let found = try await student.compareGradients(groups, of: [exact, loss])
    flops += 2 * student.flops(of: groups, .training)
    let (target, used) = (found.norms[0], found.norms[1])
    note([
      "audit/cosine": target * used > 0 ? found.products[1] / (target * used) : 0,
      "audit/norm_ratio": target > 0 ? used / target : 0,
    ])
  }

  /// Which term of the objective pulls how hard: ‖∇(weight_i·component_i)‖.
  private mutating func measureComponents(_ student: any Learner) async throws {
    let names = loss.componentNames
    guard !names.isEmpty else { return }
    let found = try await student.compareGradients(
      groups, of: names.indices.map { loss.isolating(component: $0) })
    for (name, norm) in zip(names, found.norms) { note(["grad_norm/\(name)": norm]) }
    flops += Double(names.count) * student.flops(of: groups, .training)
  }

  private mutating func note(_ values: [String: Double]) {
    for (name, value) in values { metrics[name] = WeightedMean(sum: value, weight: 1) }
  }
}
