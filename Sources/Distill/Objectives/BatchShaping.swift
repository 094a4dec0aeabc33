internal import Core
internal import Student

/// Which part a group of a batch plays in a method that compares inputs.
package enum GroupRole: Sendable, Hashable {
  /// Answers to what the policy should learn from.
  case ordered
  /// Answers to a disordered input of the same question; the index is that of the ordered group.
  case disordered(of: Int)
  /// A second, independent draw of the ordered input.
  case placebo(of: Int)
  /// Answers that somebody else gave: the data, or the teacher.
  case given
}

/// Shapes the rewards of a batch and notes what was done.
struct BatchShaping {
  let objective: Objective
  let context: ObjectiveContext
  var batch: SignalBatch
  var metrics: [String: WeightedMean] = [:]
  var notes: [String] = []

  /// Roles of the groups; unless the context says otherwise all are ordered, or given where nobody sampled.
  var roles: [GroupRole] {
    guard context.roles.isEmpty else { return context.roles }
    return batch.groups.map { _ in objective.studentShare > 0 ? .ordered : .given }
  }

  /// Applies every rule in the order written.
  mutating func apply() throws(ObjectiveError) {
    guard roles.count == batch.groups.count else {
      throw .contextLacks(what: "one role for each of \(batch.groups.count) groups")
    }
    for (g, role) in roles.enumerated() where role == .given {
      for i in batch.groups[g].indices { batch.groups[g][i].isSampled = false }
    }
    for rule in objective.shaping {
      switch rule {
      case .overlong(let limit, let buffer, let penalty):
        addOverlongPenalty(limit, buffer, penalty)
      case .saliency(let rule):
        try compare("saliency", rule.term, rule.hasPlacebo, gates: rule.gates) {
          rule.rewards(base: $0, accuracy: $1, gates: $2)
        }
      case .temporalContrast(let rule):
        try compare(
          "temporal", rule.term, rule.hasPlacebo,
          gates: { accuracy, shuffled in
            let open = rule.gate(accuracy: accuracy, shuffled: shuffled)
            return accuracy.map { _ in open }
          },
          rewards: { rule.rewards(base: $0, accuracy: $1, gate: $2.first ?? 0) })
      }
    }
    observe()
  }

  /// Which groups count in the loss.
  func trained() throws(ObjectiveError) -> [Bool] {
    var result: [Bool] = []
    for (g, role) in roles.enumerated() {
      guard objective.mayTrain(role) else {
        result.append(false)
        continue
      }
      let counts = objective.groups == .all ? true : try hasSpread(g)
      result.append(counts)
    }
    return result
  }

  private func hasSpread(_ group: Int) throws(ObjectiveError) -> Bool {
    let rewards = try values(of: group, nil)
    return (rewards.max() ?? 0) > (rewards.min() ?? 0)
  }

  private mutating func addOverlongPenalty(_ limit: Int?, _ buffer: Int?, _ penalty: Double) {
    for g in batch.groups.indices {
      for i in batch.groups[g].indices {
        let response = batch.groups[g][i]
        // Without a limit only what was cut is too long: a codec may write every answer at full length.
        let added =
          limit.map {
            overlongPenalty(
              length: response.length, limit: $0, buffer: buffer ?? max(1, $0 / 5),
              penalty: penalty)
          } ?? (response.isCut ? -penalty : 0)
        batch.groups[g][i].reward?.total += added
      }
    }
  }

  /// Compares every ordered group with its disordered one and changes its rewards.
  private mutating func compare(
    _ name: String, _ term: String?, _ hasPlacebo: Bool,
    gates: ([Double], [Double]) -> [Double],
    rewards: ([Double], [Double], [Double]) -> [Double]
  ) throws(ObjectiveError) {
    var before: [[Double]] = []
    var after: [[Double]] = []
    for g in batch.groups.indices where roles[g] == .ordered {
      let accuracy = try values(of: g, term)
      guard let other = roles.firstIndex(of: .disordered(of: g)) else {
        throw .missing(.disorderedAnswers, batch.groups[g].first?.promptID ?? "group \(g)")
      }
      let open = gates(accuracy, try values(of: other, term))
      record("\(name)/gate_rate", mean(of: open))
      if hasPlacebo, let placebo = roles.firstIndex(of: .placebo(of: g)) {
        let again = try values(of: placebo, term)
        record("\(name)/placebo_gate_rate", mean(of: gates(accuracy, again)))
      }
      let base = try values(of: g, nil)
      let shaped = rewards(base, accuracy, open)
      for (i, reward) in shaped.enumerated() { batch.groups[g][i].reward?.total = reward }
      before.append(base)
      after.append(shaped)
    }
    noteChange(name, before, after)
  }

  /// Records what is left of the bonus after normalisation, and says so in words if that is nothing.
  private mutating func noteChange(_ name: String, _ before: [[Double]], _ after: [[Double]]) {
    let settings = objective.components.lazy.compactMap(\.rewardSignals.first).first
    guard let settings else { return }
    let change = effectiveChange(base: before, shaped: after, settings: settings)
    record("\(name)/effective_change", change, weight: Double(before.joined().count))
    // Of two different rewards any bonus makes two others: only a third can tell that nothing is left of it.
    let telling = before.indices.filter { before[$0] != after[$0] && Set(before[$0]).count > 2 }
    let left = effectiveChange(
      base: telling.map { before[$0] }, shaped: telling.map { after[$0] }, settings: settings)
    if !telling.isEmpty, left < 1e-3 {
      notes.append(
        """
        The \(name) bonus changed rewards but not advantages (mean |ΔA| below 0.001): normalising by the \
        group's deviation cancels it, and this run is GRPO. Take `advantage=accuracyOnly` with other \
        reward terms, `level=rollout`, or advantages that are not divided by the deviation.
        """)
    }
  }

  private func values(of group: Int, _ term: String?) throws(ObjectiveError) -> [Double] {
    var result: [Double] = []
    for response in batch.groups[group] { result.append(try response.reward(term: term)) }
    return result
  }

  /// Rewards of ordered groups: their mean, spread within groups, and the share of groups that teach nothing.
  private mutating func observe() {
    for (group, role) in zip(batch.groups, roles) where role == .ordered {
      let rewards = group.compactMap { $0.reward?.total }
      guard !rewards.isEmpty, rewards.count == group.count else { continue }
      record("reward", mean(of: rewards), weight: Double(rewards.count))
      guard rewards.count > 1 else { continue }
      record("reward_std", sampleDeviation(of: rewards))
      record("frac_reward_zero_std", rewards.max() == rewards.min() ? 1 : 0)
    }
  }

  private mutating func record(_ name: String, _ value: Double, weight: Double = 1) {
    let share = WeightedMean(sum: value * weight, weight: weight)
    metrics[name] = metrics[name].map { $0 + share } ?? share
  }
}

extension ResponseSignals {
  /// The reward, or one of its terms.
  func reward(term: String?) throws(ObjectiveError) -> Double {
    guard let reward else { throw .missing(.reward, promptID) }
    guard let term else { return reward.total }
    guard let value = reward.terms[term] else {
      throw .unknownName(kind: "reward term", name: term, candidates: reward.terms.keys.sorted())
    }
    return value
  }
}

extension Objective {
  /// Whether answers that play a part may count in the loss; the others are sampled to be compared with.
  func mayTrain(_ role: GroupRole) -> Bool {
    switch role {
    case .ordered, .given: true
    case .placebo: false
    case .disordered:
      shaping.contains {
        if case .saliency(let rule) = $0 { rule.trainsDisordered } else { false }
      }
    }
  }
}
