internal import Core
internal import Tensors

/// Settles one component for a whole batch: advantages first, then weightings in the order written.
struct ComponentPlanner {
  var component: ObjectiveComponent
  var batch: SignalBatch
  var context: ObjectiveContext

  /// One plan a response.
  func plans() throws -> [[ComponentPlan]] {
    var plans = try advantages().map { $0.map { ComponentPlan(advantages: $0) } }
    let share = component.signals.reduce(0.0) { $0 + currentShare($1) }
    for g in plans.indices {
      for i in plans[g].indices {
        plans[g][i].currentShare = share
        plans[g][i].stopTokens = component.teacherSignals.flatMap(\.stopTokens)
      }
    }
    try requireTarget()
    for weighting in component.weighting { try apply(weighting, to: &plans) }
    return plans
  }

  /// The sum of the signals' advantages; zeros where the component is not a policy gradient.
  private func advantages() throws -> [[[Double]]] {
    var total = batch.uniform(0)
    guard component.estimator == .policyGradient else { return total }
    for signal in component.signals {
      let part = try estimator(of: signal).advantages(of: batch)
      try check(part, signal)
      for (g, group) in part.enumerated() {
        for (i, values) in group.enumerated() {
          for t in values.indices { total[g][i][t] += signal.weight * values[t] }
        }
      }
    }
    return total
  }

  private func estimator(of signal: Signal) throws(ObjectiveError) -> any AdvantageEstimator {
    switch signal.source {
    case .teacher(let settings): return TeacherAdvantage(settings)
    case .reward(let settings): return RewardAdvantage(settings, seed: stream("random reward"))
    case .demonstrations: return ConstantAdvantage(1)
    case .constant(let value): return ConstantAdvantage(value)
    case .reference: return ConstantAdvantage(0)
    case .plugIn(let name):
      guard let estimator = context.advantageEstimators[name] else {
        throw .unknownName(
          kind: "advantage estimator", name: name,
          candidates: context.advantageEstimators.keys.sorted())
      }
      return estimator
    }
  }

  private func check(_ part: [[[Double]]], _ signal: Signal) throws(ObjectiveError) {
    for (group, values) in zip(batch.groups, part) {
      for (response, advantages) in zip(group, values) {
        guard advantages.count == response.length else {
          throw .plugInCount(
            name: signal.description, prompt: response.promptID, expected: response.length,
            received: advantages.count)
        }
        if let position = advantages.firstIndex(where: { !$0.isFinite }) {
          throw .notFinite(
            what: "advantage from \(signal)", prompt: response.promptID, position: position)
        }
      }
    }
  }

  private func currentShare(_ signal: Signal) -> Double {
    guard case .teacher(let settings) = signal.source, settings.base == .current else { return 0 }
    return signal.weight
  }

  /// Throws where a k-estimator or a divergence lacks what it compares with.
  private func requireTarget() throws(ObjectiveError) {
    guard component.estimator != .policyGradient else { return }
    for response in batch.groups.joined() {
      if component.isDense {
        // Whoever has the rows beside the student tells what this component asks of them.
        if component.isWholeDivergence, response.teacherBeside != nil { continue }
        let support = component.support.teacherSupport
        if support == .full, response.teacherRows == nil {
          throw .missing(.teacherRows, response.promptID)
        }
        if response.teacherRows == nil, response.teacherTop == nil {
          throw .missing(.teacherTop, response.promptID)
        }
      } else if target(response) == nil {
        throw .missing(
          component.signals.first?.source == .reference ? .reference : .teacher,
          response.promptID)
      }
    }
  }

  /// The log-probabilities a k-estimator compares with.
  private func target(_ response: ResponseSignals) -> [Double]? {
    component.signals.first?.source == .reference ? response.reference : response.teacher
  }

  /// A random stream of this component at this step.
  func stream(_ purpose: String) -> Seed {
    context.seed.derived("objective \(purpose)", context.step)
  }
}
