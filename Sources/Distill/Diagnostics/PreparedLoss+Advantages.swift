internal import Core

extension PreparedLoss {
  /// The advantages of the responses that train, one a token: those of the first policy-gradient component, or, where there
  /// is none, what the teacher would reinforce, `log q − log π_old`.
  ///
  /// - Returns: The advantages by response, and the share of tokens whose advantage was cut at a bound; `nil` where nothing
  ///   is reinforced.
  var reinforced: (advantages: [[Double]], clippedShare: Double)? {
    guard let place = objective.components.firstIndex(where: { $0.estimator == .policyGradient })
    else { return teachersAdvantages.map { ($0, 0) } }
    var cut = 0
    var count = 0
    var result: [[Double]] = []
    for (g, group) in batch.groups.enumerated() where trained[g] {
      for (i, response) in group.enumerated() {
        let plan = plans[g][i][place]
        result.append(
          response.behaviour.enumerated().map { plan.advantage($0, current: $1) })
        var free = plan
        (free.lowest, free.highest) = (-.infinity, .infinity)
        let all = response.behaviour.enumerated().map { free.advantage($0, current: $1) }
        cut += zip(all, result[result.count - 1]).count { $0 != $1 }
        count += all.count
      }
    }
    return (result, count == 0 ? 0 : Double(cut) / Double(count))
  }

  private var teachersAdvantages: [[Double]]? {
    let responses = zip(batch.groups, trained).filter(\.1).flatMap(\.0)
    let advantages = responses.compactMap { response in
      response.teacher.map { zip($0, response.behaviour).map { $0 - $1 } }
    }
    return advantages.isEmpty || responses.contains { !$0.isSampled } ? nil : advantages
  }
}

extension Objective {
  /// The estimator in use where it learns from a teacher by one sampled token, with what it should follow.
  var sampledEstimator: (estimator: GradientAudit.SampledEstimator, target: GradientAudit.Target)? {
    for component in components {
      switch (component.signals.first?.source, component.estimator) {
      case (.teacher, .policyGradient): return (.policyGradient, .reverseKL)
      case (.teacher, .logRatio(.k2)): return (.k2, .reverseKL)
      case (.teacher, .logRatio(.k3)): return (.k3, .forwardKL)
      default: continue
      }
    }
    return nil
  }
}
