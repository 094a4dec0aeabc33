public import Rollouts
internal import Student

extension Objective {
  /// Settles everything that needs the whole batch.
  ///
  /// - Parameters:
  ///   - groups: The batch: prompts with scored responses.
  ///   - temperature: τ of the student's logits; the one it sampled at.
  ///   - context: The step, its seed, plug-ins.
  /// - Returns: A loss that can be evaluated a response at a time, in any order and on any thread.
  /// - Throws: `ObjectiveError` where a signal is missing, misshapen or not finite.
  public func prepare(
    groups: [ScoredGroup], temperature: Double, context: ObjectiveContext = ObjectiveContext()
  ) throws -> PreparedLoss {
    try prepare(
      batch: SignalBatch(groups), temperature: temperature, context: context)
  }

  /// The same, from signals that are already in `Double`.
  public func prepare(
    batch: SignalBatch, temperature: Double, context: ObjectiveContext = ObjectiveContext()
  ) throws -> PreparedLoss {
    var batch = batch
    var report = BatchReport()
    try shape(&batch, context, &report)
    let trained = trainedGroups(batch)
    report.observe(batch)
    var plans: [[[ComponentPlan]]] = batch.groups.map { $0.map { _ in [] } }
    for (place, component) in components.enumerated() {
      let planner = ComponentPlanner(
        component: component, place: place, batch: batch, context: context)
      for (g, group) in try planner.plans().enumerated() {
        for (i, plan) in group.enumerated() { plans[g][i].append(plan) }
      }
    }
    return PreparedLoss(
      objective: self, batch: batch, plans: plans, trained: trained, temperature: temperature,
      context: context, metrics: report.metrics)
  }

  private func shape(
    _ batch: inout SignalBatch, _ context: ObjectiveContext, _ report: inout BatchReport
  ) throws {
    for rule in shaping {
      switch rule {
      case .overlong(let limit, let buffer, let penalty):
        for g in batch.groups.indices {
          for i in batch.groups[g].indices {
            let length = batch.groups[g][i].length
            batch.groups[g][i].reward?.total += overlongPenalty(
              length: length, limit: limit, buffer: buffer, penalty: penalty)
          }
        }
      }
    }
  }

  private func trainedGroups(_ batch: SignalBatch) -> [Bool] {
    batch.groups.map { group in
      guard groups == .withSpread else { return true }
      let rewards = group.compactMap { $0.reward?.total }
      return (rewards.max() ?? 0) > (rewards.min() ?? 0)
    }
  }
}

/// Metrics of a batch as a whole.
struct BatchReport {
  var metrics: [String: WeightedMean] = [:]

  mutating func record(_ name: String, _ value: Double, weight: Double = 1) {
    metrics[name, default: WeightedMean(sum: 0, weight: 0)].sum += value * weight
    metrics[name, default: WeightedMean(sum: 0, weight: 0)].weight += weight
  }

  /// Rewards: their mean, spread within groups, and the share of groups that teach nothing.
  mutating func observe(_ batch: SignalBatch) {
    for group in batch.groups {
      let rewards = group.compactMap { $0.reward?.total }
      guard !rewards.isEmpty, rewards.count == group.count else { continue }
      for reward in rewards { record("reward", reward) }
      guard rewards.count > 1 else { continue }
      record("reward_std", sampleDeviation(of: rewards))
      record("frac_reward_zero_std", rewards.max() == rewards.min() ? 1 : 0)
    }
  }
}
