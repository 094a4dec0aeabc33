package import Student

/// What an objective asks of whoever is trained.
package struct LearnerNeeds: Sendable, Hashable {
  /// Whether it looks at the student's whole distribution, so that log-probabilities of some tokens do not suffice.
  package var needsLogits = false
  /// Tokens of a position whose log-probabilities it reads.
  package var targets = 1
  /// How many of its own most likely tokens the student must name.
  package var likeliest = 0

  /// What the terms of an objective ask.
  init(_ components: [ObjectiveComponent]) {
    for component in components { add(component) }
  }

  private mutating func add(_ component: ObjectiveComponent) {
    targets += component.teacherSignals.reduce(0) { $0 + $1.stopTokens.count }
    for case .entropyGate(let gate) in component.weighting where gate.owner == .student {
      needsLogits = true
    }
    guard component.isDense else { return }
    guard case .top(let k, let owner, _) = component.support else {
      needsLogits = true
      return
    }
    targets += owner == .union ? 2 * k : k
    if owner != .teacher { likeliest = max(likeliest, k) }
  }

  /// Whether a student that is able to do so much can be trained.
  package func areMet(by abilities: LearnerAbilities) -> Bool {
    if abilities.logits { return true }
    return !needsLogits && abilities.targets >= targets && abilities.likeliest >= likeliest
  }

  /// In words.
  var words: String {
    if needsLogits { return "its logits over the vocabulary" }
    let named = likeliest > 0 ? " and its own \(likeliest) most likely tokens" : ""
    return "slopes of \(targets) token\(targets == 1 ? "" : "s") a position" + named
  }
}

extension MethodPreset {
  /// The method most like an objective that such a student can be trained by; controls are none.
  ///
  /// - Parameters:
  ///   - objective: What was asked for.
  ///   - abilities: What the student can do.
  /// - Returns: The first of those that share most with it: whose answers are learnt from, rewards, a reference, distributions
  ///   and the signals it listens to; `nil` where the student cannot be trained at all.
  static func nearest(
    to objective: Objective, for abilities: LearnerAbilities
  ) -> MethodPreset? {
    let possible = all.filter {
      !$0.name.hasPrefix("control-") && $0.objective.requirements.learner.areMet(by: abilities)
    }
    let ranked = possible.map { ($0, $0.objective.likeness(to: objective)) }
    guard let best = ranked.map(\.1).max() else { return nil }
    return ranked.first { $0.1 == best }?.0
  }
}

extension Objective {
  fileprivate func likeness(to other: Objective) -> Int {
    let (mine, theirs) = (requirements, other.requirements)
    func isTeachers(_ needs: ObjectiveRequirements) -> Bool { needs.teacherSupport != nil }
    let agreements = [
      rolloutSource == other.rolloutSource, isTeachers(mine) == isTeachers(theirs),
      mine.needsReward == theirs.needsReward, mine.needsReference == theirs.needsReference,
      mine.disorderedInput == theirs.disorderedInput, shaping.isEmpty == other.shaping.isEmpty,
      components.count == other.components.count,
      components.contains(where: \.isDense) == other.components.contains(where: \.isDense),
      components.first?.estimator == other.components.first?.estimator,
    ]
    return agreements.count { $0 }
  }
}
