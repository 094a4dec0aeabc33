internal import Core
internal import Tensors

/// What a run knows of itself when its objective is checked.
package struct ObjectiveSetting: Sendable, Hashable {
  /// G: answers a prompt.
  package var group: Int
  /// Whether the teacher is the student itself, with the same evidence.
  package var teacherIsStudent: Bool

  /// What a run knows of itself.
  package init(group: Int, teacherIsStudent: Bool = false) {
    self.group = group
    self.teacherIsStudent = teacherIsStudent
  }
}

extension Objective {
  /// Refuses what cannot learn, with the reason and the nearest objective that can.
  ///
  /// - Parameter setting: What the run knows of itself; `nil` checks the objective alone.
  /// - Throws: `ObjectiveError.cannotLearn`.
  package func validate(_ setting: ObjectiveSetting? = nil) throws(ObjectiveError) {
    guard components.contains(where: { $0.weight != 0 }) else {
      throw .cannotLearn(reason: "it has no component with a weight", nearest: "opd")
    }
    for component in components {
      try component.checkWeights()
      try component.checkEstimator()
      try component.checkSignals()
      try component.checkWeighting()
      try component.checkSource(rolloutSource, studentShare)
    }
    for rule in shaping { try rule.check() }
    try checkShare()
    guard let setting else { return }
    try check(setting)
  }

  private func checkShare() throws(ObjectiveError) {
    guard (0...1).contains(studentShare) else {
      throw .cannotLearn(
        reason: "a share of \(written(studentShare)) of the prompts is not between 0 and 1",
        nearest: "studentShare 0.5")
    }
    if rolloutSource == .student, studentShare != 1 {
      throw .cannotLearn(
        reason: "nobody answers the prompts that the student does not",
        nearest: "rolloutSource teacher, or rolloutSource demonstrations")
    }
    if rolloutSource != .student, !shaping.isEmpty || groups == .withSpread {
      throw .cannotLearn(
        reason: "rewards of answers that the student did not give say nothing about it",
        nearest: "rolloutSource student")
    }
  }

  private func check(_ setting: ObjectiveSetting) throws(ObjectiveError) {
    let needed = requirements.minimumGroup
    guard setting.group >= needed else {
      throw .cannotLearn(
        reason: "a group of \(setting.group) has no relative advantage",
        nearest: "the same with group \(max(needed, 4)), or reward(baseline=none, scale=batch)")
    }
    if setting.teacherIsStudent, requirements.teacherSupport != nil,
      !requirements.needsReward
    {
      throw .cannotLearn(
        reason: "the teacher is the student with the same evidence, so every divergence is 0",
        nearest:
          "a self-teacher that sees more: all frames where the student sees keyframes, or the answer"
      )
    }
  }
}

extension ObjectiveComponent {
  /// Estimators that fit neither support nor signal, or whose expected gradient is 0.
  func checkEstimator() throws(ObjectiveError) {
    switch estimator {
    case .policyGradient:
      guard support == .sampled else {
        throw .cannotLearn(
          reason: "a divergence over \(support) says nothing of the token that was sampled, and an "
            + "advantage that does not depend on the action has expected gradient 0",
          nearest: "estimator reverseKL with support \(support)")
      }
    case .logRatio(.k1):
      throw .cannotLearn(
        reason: "k1 as a loss has expected gradient 0, because E[∇log π] = 0",
        nearest: "estimator k2, or policyGradient with signal teacher")
    case .logRatio: break
    case .divergence(let kind): try check(kind)
    case .vocabularyAdvantage:
      guard let k = support.count, k > 1 else {
        throw .cannotLearn(
          reason: "weighting the advantages of one token gives it the weight 1 whatever happens",
          nearest: "support top(16, of=student, rest=renormalised)")
      }
    }
    if estimator != .policyGradient, correction != .none {
      throw .cannotLearn(
        reason: "'\(correction)' corrects advantages, and \(estimator) has none",
        nearest: "the same with correction none")
    }
  }

  func checkWeights() throws(ObjectiveError) {
    let weights = [weight] + signals.map(\.weight)
    guard let wrong = weights.first(where: { !NumberRange.any.contains($0) }) else { return }
    throw .cannotLearn(
      reason: "a weight of \(written(wrong)) is not finite, or further from 0 than "
        + "\(NumberRange.most)", nearest: "weight 1")
  }

  private func check(_ kind: RowDivergence) throws(ObjectiveError) {
    if support == .sampled {
      throw .cannotLearn(
        reason: "a divergence cannot be computed from the sampled token alone",
        nearest: "support top(16, of=teacher, rest=tail), or estimator k2")
    }
    if case .top(1, _, .renormalised) = support {
      throw .cannotLearn(
        reason: "one renormalised token has probability 1 on both sides",
        nearest: "support top(1, of=teacher, rest=tail)")
    }
    guard case .jensenShannon(let beta, let normalised) = kind else { return }
    guard (0...1).contains(beta) else {
      throw .cannotLearn(
        reason: "β \(written(beta)) does not lie between 0 and 1", nearest: "jsd(0.5)")
    }
    if !normalised, beta == 0 || beta == 1 {
      throw .cannotLearn(
        reason: "the Jensen-Shannon divergence is 0 everywhere at β \(written(beta))",
        nearest: beta == 0 ? "forwardKL" : "reverseKL")
    }
  }

  /// Signals that do not fit the estimator, or cannot be told from a constant.
  func checkSignals() throws(ObjectiveError) {
    guard let first = signals.first else {
      throw .cannotLearn(reason: "'\(name)' has no signal", nearest: "signals [teacher]")
    }
    if estimator == .policyGradient {
      if signals.contains(where: { $0.source == .reference }) {
        throw .cannotLearn(
          reason: "a reference gives no advantage",
          nearest: "a component with signal reference and estimator k3")
      }
      if signals.allSatisfy({ $0.weight == 0 || $0.source == .constant(0) }) {
        throw .cannotLearn(reason: "every advantage is 0", nearest: "signals [teacher]")
      }
      if teacherSignals.contains(where: { !$0.stopTokens.isEmpty && $0.base == .behaviour }) {
        throw .cannotLearn(
          reason: "the probability of all stop tokens at sampling was not kept",
          nearest: "teacher(base=current, stop=…)")
      }
      if teacherSignals.contains(where: { $0.discount != 0 && $0.base == .current }) {
        throw .cannotLearn(
          reason: "a discounted sum needs every token's advantage before training starts",
          nearest: "teacher(base=behaviour, discount=…)")
      }
      return
    }
    guard signals.count == 1, first.weight == 1 else {
      throw .cannotLearn(
        reason: "\(estimator) compares with one distribution, and several signals are given",
        nearest: "one component a signal, with a weight each")
    }
    switch first.source {
    case .teacher(let settings) where settings == TeacherSignal(): break
    case .reference where !isDense: break
    case .reference:
      throw .cannotLearn(
        reason: "the reference scores sampled tokens only", nearest: "estimator k3")
    default:
      throw .cannotLearn(
        reason: "\(estimator) needs a distribution, and '\(first)' is none",
        nearest: "signals [teacher]")
    }
  }

  /// Weightings that erase the signal.
  func checkWeighting() throws(ObjectiveError) {
    let hasTeacher = !teacherSignals.isEmpty
    for weighting in weighting {
      switch weighting {
      case .whiten where hasTeacher:
        throw .cannotLearn(
          reason: "whitening over the batch takes away the teacher's mean, which is the signal",
          nearest: "clip(5), or whitening the reward alone: reward(baseline=none, scale=batch)")
      case .clip(let bound) where bound <= 0:
        throw .cannotLearn(reason: "clip(\(written(bound))) leaves 0", nearest: "clip(5)")
      case .window(let from, let to) where from >= to:
        throw .cannotLearn(
          reason: "no position is at or after \(from) and before \(to)",
          nearest: "window(from=\(to), to=\(from + 1))")
      case .clip, .floor, .orderConsistency, .shuffled, .whiten:
        guard estimator == .policyGradient else {
          throw .cannotLearn(
            reason: "'\(weighting)' changes advantages, and \(estimator) has none",
            nearest: "the same without it")
        }
      default: break
      }
    }
  }

  /// Signals that need to know how likely a response was, about responses nobody sampled.
  func checkSource(
    _ source: Objective.RolloutSource, _ studentShare: Double
  ) throws(ObjectiveError) {
    if studentShare > 0, signals.contains(where: { $0.source == .demonstrations }) {
      throw .cannotLearn(
        reason: "imitating one's own samples has expected gradient 0",
        nearest: "rolloutSource demonstrations (sft)")
    }
    guard source != .student else { return }
    let needsBehaviour =
      correction != .none || teacherSignals.contains { $0.base == .behaviour && !isDense }
    if estimator == .policyGradient, needsBehaviour {
      throw .cannotLearn(
        reason: "answers that the student did not sample have no probability at sampling",
        nearest: "signals [demonstrations], or estimator forwardKL with support full")
    }
  }
}
