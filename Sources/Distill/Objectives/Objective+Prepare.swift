package import Core
internal import Student

extension Objective {
  /// Settles everything that needs the whole batch.
  ///
  /// - Parameters:
  ///   - groups: The batch: prompts with scored responses.
  ///   - temperature: τ of the student's logits; the one it sampled at.
  ///   - context: The step, its seed, roles of groups, plug-ins.
  /// - Returns: A loss that can be evaluated a response at a time, in any order and on any thread.
  /// - Throws: `ObjectiveError` where a signal is missing, misshapen or not finite.
  package func prepare(
    groups: [ScoredGroup], temperature: Double, context: ObjectiveContext = ObjectiveContext()
  ) throws -> PreparedLoss {
    try prepare(
      batch: SignalBatch(groups), temperature: temperature, context: context)
  }

  /// The same, from signals that are already in `Double`.
  package func prepare(
    batch: SignalBatch, temperature: Double, context: ObjectiveContext = ObjectiveContext()
  ) throws -> PreparedLoss {
    var shaping = BatchShaping(objective: self, context: context, batch: batch)
    try shaping.apply()
    let trained = try shaping.trained()
    let counted = trained.indices.filter { trained[$0] }
    let active = SignalBatch(groups: counted.map { shaping.batch.groups[$0] })
    var plans: [[[ComponentPlan]]] = shaping.batch.groups.map { $0.map { _ in [] } }
    for component in components {
      try requirePlugIn(component.correction, context)
      let planner = ComponentPlanner(component: component, batch: active, context: context)
      for (g, group) in zip(counted, try planner.plans()) {
        for (i, plan) in group.enumerated() { plans[g][i].append(plan) }
      }
    }
    return PreparedLoss(
      objective: self, batch: shaping.batch, plans: plans, trained: trained,
      temperature: temperature, context: context, metrics: shaping.metrics,
      notes: shaping.notes)
  }

  /// A context whose estimators know a batch: those that have to ask somebody else have asked.
  ///
  /// - Parameters:
  ///   - groups: The batch, as `prepare` will be given it.
  ///   - context: The step, its seed, roles of groups, plug-ins.
  /// - Returns: The context for `prepare`.
  /// - Throws: `ObjectiveError`, or what a plug-in throws.
  package func asked(
    about groups: [ScoredGroup], context: ObjectiveContext
  ) async throws -> ObjectiveContext {
    guard !context.advantageEstimators.isEmpty else { return context }
    var shaping = BatchShaping(
      objective: self, context: context, batch: try SignalBatch(groups))
    try shaping.apply()
    let trained = try shaping.trained()
    let active = SignalBatch(
      groups: trained.indices.filter { trained[$0] }.map { shaping.batch.groups[$0] })
    var result = context
    for (name, estimator) in context.advantageEstimators {
      result.advantageEstimators[name] = try await estimator.asked(about: active)
    }
    return result
  }

  /// Which groups of a batch would count in the loss: those that train, with spread where the objective asks for it.
  ///
  /// - Throws: `ObjectiveError` where a reward that decides is missing.
  package func trainedGroups(
    _ groups: [ScoredGroup], context: ObjectiveContext
  ) throws(ObjectiveError) -> [Bool] {
    var shaping = BatchShaping(
      objective: self, context: context, batch: try SignalBatch(groups))
    try shaping.apply()
    return try shaping.trained()
  }

  private func requirePlugIn(
    _ correction: Correction, _ context: ObjectiveContext
  ) throws(ObjectiveError) {
    guard case .plugIn(let name) = correction, context.policyGradientLosses[name] == nil else {
      return
    }
    throw .unknownName(
      kind: "policy-gradient loss", name: name,
      candidates: context.policyGradientLosses.keys.sorted())
  }
}
