internal import Core
internal import Student
internal import Tensors

extension ResponsePass {
  /// What can be said of a response whatever the objective: entropy, and how far reference and teacher are.
  mutating func recordResponse() {
    let weight = Double(response.length)
    // Whoever tells log-probabilities of a few tokens alone knows no entropy.
    if !entropies.isEmpty { record("entropy", sum: entropies.reduce(0, +), weight: weight) }
    if let reference = response.reference {
      record("kl", sum: total(.k3, reference), weight: weight)
    }
    if let teacher = response.teacher {
      record("teacher_kl/k1", sum: total(.k1, teacher), weight: weight)
      record("teacher_kl/k3", sum: total(.k3, teacher), weight: weight)
    }
    // Answers that nobody sampled have no probability at sampling to compare with.
    guard response.isSampled else { return }
    let drift = zip(current, response.behaviour).reduce(0.0) { $0 + abs($1.0 - $1.1) }
    record("sampling/logp_difference", sum: drift, weight: weight)
  }

  private func total(_ estimator: Estimator.LogRatioLoss, _ target: [Double]) -> Double {
    zip(current, target).reduce(0) {
      $0 + estimator.value(min(max($1.0 - $1.1, -80), 80))
    }
  }

  /// Ratios, clipping and advantages of a policy-gradient component.
  mutating func record(
    _ component: ObjectiveComponent, _ inputs: PolicyGradientInputs,
    _ outputs: PolicyGradientOutputs
  ) {
    let weight = Double(response.length)
    let advantages = inputs.advantages
    record("advantages/mean", sum: advantages.reduce(0, +), weight: weight)
    record("advantages/abs_mean", sum: advantages.reduce(0) { $0 + abs($1) }, weight: weight)
    record(
      "advantages/positive_share", sum: Double(advantages.count { $0 > 0 }), weight: weight)
    guard component.correction != .none else { return }
    let ratios = advantages.indices.map { inputs.ratio($0) }
    record("ratio/mean", sum: ratios.reduce(0, +), weight: weight)
    record("ratio/square_mean", sum: ratios.reduce(0) { $0 + $1 * $1 }, weight: weight)
    record("clip_ratio/low", sum: Double(outputs.clippedLow), weight: weight)
    record("clip_ratio/high", sum: Double(outputs.clippedHigh), weight: weight)
  }

  /// The exact divergences and masses of one position, where the teacher said enough.
  mutating func measureExactly(
    _ student: Span<Scalar>, _ t: Int, _ teacher: TeacherRow<Scalar>, _ scratch: inout [Scalar]
  ) {
    if !teacher.values.isEmpty, !loss.objective.components.contains(where: \.isWholeReverseKL) {
      var span = scratch.mutableSpan
      let value = Rows.divergence(
        .reverseKL, student: student, at: t * width, teacher: teacher.values.span,
        at: teacher.offset, scale: 0, gradient: &span)
      record("teacher_kl/reverse", sum: value, weight: 1)
    }
    let counts = Set(loss.objective.components.compactMap(\.support.count))
    for k in counts {
      let row = CoarseRow(
        support: .top(k, of: .student, rest: .tail), student: student, at: t * width,
        width: width, teacher: teacher)
      record("student_mass@\(k)", sum: row.studentMass, weight: 1)
      record("teacher_overlap@\(k)", sum: row.overlap, weight: 1)
    }
  }
}
