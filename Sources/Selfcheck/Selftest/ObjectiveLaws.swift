internal import Distill
internal import Core
internal import Student
internal import Tensors

/// Laws of the algebra on random ragged batches: what silent bugs of distillation break.
struct ObjectiveLaws {
  private let batches = (0..<8).map { RandomBatch(Seed(71).derived("batch", $0)) }

  /// Methods that need no second input of a prompt.
  private var methods: [MethodPreset] {
    MethodPreset.all.filter { $0.objective.requirements.disorderedInput == nil }
  }

  /// Checks all of them.
  func run() throws -> [Check] {
    try [
      expectedGradients(), ownTeacher(), tails(), teacherAfterNormalisation(), refusals(),
      missing(),
      metricWeights(), chunks(), annihilation(), notAnnihilated(), ends(), normalisedEnds(),
    ]
  }

  /// The expected gradient over every token of a vocabulary against the divergence each estimator is documented to follow.
  private func expectedGradients() throws -> Check {
    var worst = 0.0
    for index in 0..<6 {
      var dice = Seed(5).derived("rows", index).generator()
      let width = 3 + index
      let row = OneRow(
        student: (0..<width).map { _ in dice.normal() },
        teacher: (0..<width).map { _ in dice.normal() })
      let reverse = row.gradient(of: .reverseKL)
      let forward = row.gradient(of: .forwardKL)
      let expectations: [(ObjectiveComponent, [Double])] = [
        (ObjectiveComponent([.teacher], correction: .importanceRatio), reverse),
        (
          ObjectiveComponent([.teacher], support: .full, estimator: .divergence(.reverseKL)),
          reverse
        ),
        (
          ObjectiveComponent([.teacher], support: .full, estimator: .divergence(.forwardKL)),
          forward
        ),
        (ObjectiveComponent([.teacher], estimator: .logRatio(.k1)), reverse.map { _ in 0 }),
        (ObjectiveComponent([.teacher], estimator: .logRatio(.k2)), reverse),
        (ObjectiveComponent([.teacher], estimator: .logRatio(.k3)), forward),
        (ObjectiveComponent([Signal(.constant(-1))]), reverse.map { _ in 0 }),
      ]
      for (component, exact) in expectations {
        let expected = try row.expectedGradient(Objective([component]))
        worst = largestError(worst, Check.distance(expected, exact))
      }
    }
    return Check(
      "each estimator's expected gradient is the divergence it is said to follow", error: worst,
      tolerance: 1e-10)
  }

  /// Teacher = student: loss and gradient are 0, whatever compares the two.
  private func ownTeacher() throws -> Check {
    let names = [
      "opd", "opd-full", "opd-topk", "gkd", "off-policy-kd", "student-topk-opd",
      "importance-decayed-opd", "entropy-opd", "trust-region-opd", "prefix-opd",
      "control-own-teacher",
    ]
    var worst = 0.0
    for index in batches.indices {
      let batch = RandomBatch(Seed(72).derived("batch", index), teacherIsStudent: true)
      for name in names {
        let result = try batch.evaluate(MethodPreset.named(name).objective)
        worst = largestError(worst, result.report.value.magnitude, largest(result.gradient))
      }
    }
    return Check(
      "a teacher that is the student gives loss 0 and gradient 0", error: worst, tolerance: 1e-9)
  }

  /// With the rest as one bucket a top-k divergence lies between 0 and the whole one; raw it may not.
  private func tails() throws -> Check {
    var worst = 0.0
    var logsMass = true
    for batch in batches {
      for kind in [RowDivergence.reverseKL, .forwardKL] {
        let whole = try batch.evaluate(objective(kind, .full)).report.value
        for k in 1..<batch.width {
          for owner in VocabularySupport.Owner.allCases {
            let part = try batch.evaluate(objective(kind, .top(k, of: owner, rest: .tail))).report
            worst = largestError(worst, -part.value, part.value - whole)
            logsMass = logsMass && part.metrics["student_mass@\(k)"] != nil
          }
        }
      }
    }
    return Check(
      "a top-k divergence with a tail is never negative or above the whole, and logs its mass",
      error: logsMass ? worst : .infinity, tolerance: 1e-9)
  }

  private func objective(_ kind: RowDivergence, _ support: VocabularySupport) -> Objective {
    Objective([ObjectiveComponent([.teacher], support: support, estimator: .divergence(kind))])
  }

  /// A teacher's term is added to the group's advantages after those are normalised.
  private func teacherAfterNormalisation() throws -> Check {
    var worst = 0.0
    for batch in batches {
      let group = Objective([ObjectiveComponent([.reward(.grpo)], correction: .importanceRatio)])
      let teacher = Objective([ObjectiveComponent([.teacher], correction: .importanceRatio)])
      let both = Objective([
        ObjectiveComponent(
          [.reward(.grpo), Signal(.teacher(TeacherSignal()), weight: 0.5)],
          correction: .importanceRatio)
      ])
      let parts = try (batch.evaluate(group).gradient, batch.evaluate(teacher).gradient)
      let sum = zip(parts.0, parts.1).map { $0 + 0.5 * $1 }
      worst = largestError(worst, Check.distance(sum, try batch.evaluate(both).gradient))
    }
    return Check(
      "normalising the group leaves the teacher's term as it is", error: worst, tolerance: 1e-12)
  }

  /// What erases its own signal is refused.
  private func refusals() -> Check {
    let refused: [ObjectiveComponent] = [
      ObjectiveComponent([.teacher], weighting: [.whiten]),
      ObjectiveComponent([.teacher], estimator: .logRatio(.k1)),
      ObjectiveComponent([.teacher], support: .top(4, of: .student, rest: .tail)),
    ]
    let accepted = refused.count { (try? Objective([$0]).validate()) != nil }
    return Check(
      "whitened teachers, k1 as a loss and divergences as advantages are refused",
      error: Double(accepted), tolerance: 0)
  }

  /// A signal that is needed and not there is an error, never 0.
  private func missing() -> Check {
    var silent = 0
    for method in methods {
      let needs = method.objective.requirements
      let removals: [(Bool, (inout ResponseSignals) -> Void)] = [
        (needs.teacherSupport != nil, { ($0.teacher, $0.teacherRows) = (nil, nil) }),
        (needs.needsReference, { $0.reference = nil }),
        (needs.needsReward, { $0.reward = nil }),
      ]
      for (isNeeded, remove) in removals where isNeeded {
        if (try? batches[0].without(remove).evaluate(method.objective)) != nil { silent += 1 }
      }
    }
    return Check(
      "a signal that is missing is an error, in every method", error: Double(silent), tolerance: 0)
  }

  /// Means over ragged tokens against brute force.
  private func metricWeights() throws -> Check {
    var worst = 0.0
    for batch in batches {
      let metrics = try batch.evaluate(MethodPreset.named("opd-full").objective).report.metrics
      var k1 = 0.0
      var entropy = 0.0
      var count = 0.0
      for (signals, logits) in batch.responses {
        let rows = batch.logProbabilities(logits)
        entropy -= rows.reduce(0) { $0 + Double.exponential($1) * $1 }
        for (t, token) in signals.tokens.enumerated() {
          k1 += rows[t * batch.width + token] - (signals.teacher?[t] ?? .nan)
          count += 1
        }
      }
      worst = largestError(
        worst, ((metrics["teacher_kl/k1"]?.mean ?? .infinity) - k1 / count).magnitude,
        ((metrics["entropy"]?.mean ?? .infinity) - entropy / count).magnitude)
    }
    return Check("metrics are means over tokens, not means of means", error: worst, tolerance: 1e-9)
  }

  /// Rows read one at a time give what rows read at once give.
  private func chunks() throws -> Check {
    var worst = 0.0
    for batch in batches {
      for method in methods {
        let whole = try batch.evaluate(method.objective)
        let part = try batch.evaluate(method.objective, context: ObjectiveContext(chunkBytes: 1))
        worst = largestError(
          worst, (whole.report.value - part.report.value).magnitude,
          Check.distance(whole.gradient, part.gradient))
      }
    }
    return Check(
      "the vocabulary read in chunks gives the same loss and gradient", error: worst,
      tolerance: 1e-12)
  }

  /// A bonus that a group shares is cancelled by normalisation, and said to be.
  private func annihilation() throws -> Check {
    let change = try batches.map { try effectiveChange($0, SaliencyRule(term: "accuracy")) }
    return Check(
      "KF-GRPO's bonus, normalised as it is shared, changes no advantage", error: largest(change),
      tolerance: 1e-3)
  }

  /// The other readings are not.
  private func notAnnihilated() throws -> Check {
    let rule = SaliencyRule(advantage: .accuracyOnly, term: "accuracy")
    let change = try batches.map { try effectiveChange($0, rule) }
    return Check(
      "KF-GRPO's bonus from accuracy alone changes advantages (0 if it does)",
      error: largest(change) > 0.01 ? 0 : 1, tolerance: 0)
  }

  private func effectiveChange(_ batch: RandomBatch, _ rule: SaliencyRule) throws -> Double {
    let ordered = Array(batch.groups.prefix(1))
    // Disordered answers that are all wrong, so that the gate is open.
    let wrong = ordered[0].map { response in
      var copy = response
      copy.reward = Reward(total: 0, terms: ["accuracy": -1, "format": 0], parsed: true)
      return copy
    }
    var objective = Objective([ObjectiveComponent([.reward(.grpo)])])
    objective.shaping = [.saliency(rule)]
    let loss = try objective.prepare(
      batch: SignalBatch(groups: ordered + [wrong]), temperature: 1,
      context: ObjectiveContext(roles: [.ordered, .disordered(of: 0)]))
    return loss.metrics["saliency/effective_change"]?.mean ?? .infinity
  }

  /// JSD vanishes at both ends of β.
  private func ends() throws -> Check {
    let values = try batches.flatMap { batch in
      try [0, 1.0].map {
        try batch.evaluate(
          objective(.jensenShannon(beta: $0, normalised: false), .full)
        ).report.value
      }
    }
    return Check("JSD is 0 at β 0 and 1", error: largest(values), tolerance: 1e-12)
  }

  /// Divided by β(1−β) it becomes the forward and the reverse divergence there, continuously.
  private func normalisedEnds() throws -> Check {
    var worst = 0.0
    for batch in batches {
      for (beta, end) in [(1e-7, RowDivergence.forwardKL), (1 - 1e-7, .reverseKL)] {
        let near = try batch.evaluate(
          objective(.jensenShannon(beta: beta, normalised: true), .full)
        ).report.value
        let limit = try batch.evaluate(objective(end, .full)).report.value
        worst = largestError(worst, (near - limit).magnitude / max(1, limit))
      }
    }
    return Check(
      "JSD divided by β(1−β) goes over into forward and reverse KL", error: worst, tolerance: 1e-4)
  }
}

/// Both distributions of one position, small enough to visit every token.
private struct OneRow {
  let student: [Double]
  let teacher: [Double]

  private func normalised(_ logits: [Double]) -> [Double] {
    var rows = logits
    var span = rows.mutableSpan
    _ = Rows.logSoftmax(&span, width: logits.count, temperature: 1)
    return rows
  }

  /// The exact gradient in the student's logits.
  func gradient(of kind: RowDivergence) -> [Double] {
    let p = normalised(student)
    let q = normalised(teacher)
    guard kind == .reverseKL else {
      return zip(p, q).map { Double.exponential($0) - Double.exponential($1) }
    }
    let value = zip(p, q).reduce(0) { $0 + Double.exponential($1.0) * ($1.0 - $1.1) }
    return zip(p, q).map { Double.exponential($0) * ($0 - $1 - value) }
  }

  /// `Σ_v π_v ∇loss(v)`.
  func expectedGradient(_ objective: Objective) throws -> [Double] {
    let p = normalised(student)
    let q = normalised(teacher)
    var total = [Double](repeating: 0, count: p.count)
    for token in p.indices {
      var signals = ResponseSignals(
        promptID: "row", slot: 0, tokens: [token], behaviour: [p[token]])
      signals.teacher = [q[token]]
      signals.teacherRows = .exact(q, width: q.count)
      let loss = try objective.prepare(
        batch: SignalBatch(groups: [[signals]]), temperature: 1)
      var logits = student
      var span = logits.mutableSpan
      _ = try loss.evaluate(group: 0, slot: 0, logits: &span)
      for v in total.indices { total[v] += Double.exponential(p[token]) * logits[v] }
    }
    return total
  }
}
