internal import Core
package import Student
package import Tensors

/// An objective settled for one batch: evaluates a response at a time, in any order, on any thread.
///
/// Its value and its gradient do not depend on how the batch is cut: every count is the whole batch's.
package struct PreparedLoss: ResponseLoss {
  let objective: Objective
  let batch: SignalBatch
  let plans: [[[ComponentPlan]]]
  /// τ.
  package let temperature: Double
  let context: ObjectiveContext
  let limit: Int

  /// Which groups count; the others have loss 0 and gradient 0 and may be left out of training.
  package let trained: [Bool]

  /// N: the response tokens that count.
  package let tokenCount: Int

  /// S: the responses that count.
  package let responseCount: Int

  /// Metrics of the batch as a whole, known before training: rewards, their spread, gates.
  package let metrics: [String: WeightedMean]

  /// What a person should be told once about this batch, in words.
  package let notes: [String]

  init(
    objective: Objective, batch: SignalBatch, plans: [[[ComponentPlan]]], trained: [Bool],
    temperature: Double, context: ObjectiveContext, metrics: [String: WeightedMean],
    notes: [String]
  ) {
    self.objective = objective
    self.batch = batch
    self.plans = plans
    self.trained = trained
    self.temperature = temperature
    self.context = context
    self.metrics = metrics
    self.notes = notes
    limit = context.limit(of: batch)
    let counted = zip(batch.groups, trained).filter(\.1).flatMap(\.0)
    tokenCount = counted.reduce(0) { $0 + $1.length }
    responseCount = counted.count
  }

  /// The same loss on some of the groups, normalised by their own counts: a mini-batch of an inner step.
  ///
  /// - Parameter groups: Indices into the batch; they become 0, 1, … in this order.
  /// - Returns: A loss of those groups.
  package func restricted(to groups: [Int]) -> PreparedLoss {
    PreparedLoss(
      objective: objective, batch: SignalBatch(groups: groups.map { batch.groups[$0] }),
      plans: groups.map { plans[$0] }, trained: groups.map { trained[$0] },
      temperature: temperature, context: pinned, metrics: metrics, notes: notes)
  }

  /// The same loss with one component alone, for its share of the gradient.
  package func isolating(component: Int) -> PreparedLoss {
    var alone = objective
    alone.components = [objective.components[component]]
    return PreparedLoss(
      objective: alone, batch: batch,
      plans: plans.map { $0.map { $0.isEmpty ? [] : [$0[component]] } }, trained: trained,
      temperature: temperature, context: pinned, metrics: [:], notes: [])
  }

  /// The names of the components, in order.
  package var componentNames: [String] { objective.components.map(\.name) }

  private var pinned: ObjectiveContext {
    var copy = context
    copy.maximumLength = limit
    return copy
  }

  /// Evaluates one response; see `ResponseLoss`.
  ///
  /// - Throws: `ObjectiveError.notFinite` where a logit or the loss is not finite.
  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  package func evaluate<Scalar: Real>(
    group: Int, slot: Int, logits: inout MutableSpan<Scalar>
  ) throws -> LossReport {
    guard trained[group] else {
      for index in 0..<logits.count { logits[index] = 0 }
      return LossReport()
    }
    let response = batch.groups[group][slot]
    if response.teacherBeside != nil {
      throw ObjectiveError.missing(.teacherRows, response.promptID)
    }
    precondition(
      logits.count.isMultiple(of: response.length),
      "\(logits.count) logits are not rows for \(response.length) tokens.")
    var pass = ResponsePass<Scalar>(
      loss: self, response: response, plans: plans[group][slot],
      width: logits.count / response.length)
    try pass.normalise(&logits)
    pass.addSampledComponents()
    try pass.writeGradient(&logits)
    return try pass.finished()
  }
}
