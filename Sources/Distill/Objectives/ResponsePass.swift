internal import Core
internal import Student
internal import Tensors

/// The evaluation of one response: log-probabilities, then what needs the sampled tokens alone, then the rows.
struct ResponsePass<Scalar: Real> {
  let loss: PreparedLoss
  let response: ResponseSignals
  var plans: [ComponentPlan]
  let width: Int
  var report = LossReport()
  /// log π of each token now, nats.
  var current: [Double] = []
  /// What each component compares with the teacher: `current`, with the tokens that end a response as one.
  var compared: [[Double]] = []
  /// The student's entropy at each position, nats.
  var entropies: [Double] = []
  /// The derivative of the loss in log π of each token.
  var slopes: [Double]

  init(loss: PreparedLoss, response: ResponseSignals, plans: [ComponentPlan], width: Int) {
    self.loss = loss
    self.response = response
    self.plans = plans
    self.width = width
    slopes = [Double](repeating: 0, count: response.length)
  }

  /// Turns logits into log-probabilities and notes those of the response.
  mutating func normalise(_ logits: inout MutableSpan<Scalar>) throws {
    entropies = Rows.logSoftmax(&logits, width: width, temperature: loss.temperature)
    for (t, token) in response.tokens.enumerated() {
      current.append(Double(logits[t * width + token]))
    }
    compared = plans.map(\.stopTokens).map { stop in
      var values = current
      for (t, token) in response.tokens.enumerated() where stop.contains(token) {
        var mass: [Double] = []
        for other in stop { mass.append(Double(logits[t * width + other])) }
        values[t] = logSumExp(mass)
      }
      return values
    }
    for (t, value) in current.enumerated() where !(value.isFinite && entropies[t].isFinite) {
      throw ObjectiveError.notFinite(
        what: "student's log-probability", prompt: response.promptID, position: t)
    }
    try openGates()
    recordResponse()
  }

  /// What a component's token losses are multiplied by: its weight and its share of the batch.
  func unit(_ component: ObjectiveComponent) -> Double {
    component.weight
      * component.reduction.unit(
        length: response.length, tokens: loss.tokenCount, responses: loss.responseCount,
        limit: loss.limit)
  }

  /// Adds the components that look at the sampled tokens alone.
  mutating func addSampledComponents() {
    for (place, (component, plan)) in zip(loss.objective.components, plans).enumerated() {
      switch component.estimator {
      case .policyGradient: addPolicyGradient(component, plan, compared[place])
      case .logRatio(let function): addLogRatio(function, component, plan)
      case .divergence, .vocabularyAdvantage: break
      }
    }
  }

  private mutating func addPolicyGradient(
    _ component: ObjectiveComponent, _ plan: ComponentPlan, _ compared: [Double]
  ) {
    let unit = unit(component)
    let inputs = PolicyGradientInputs(
      current: current, behaviour: response.behaviour,
      advantages: current.indices.map { plan.advantage($0, current: compared[$0]) },
      weights: plan.weights.map { $0 * unit })
    let outputs = loss.policyGradient(component.correction, inputs)
    for t in slopes.indices { slopes[t] += outputs.slopes[t] }
    add(component, share: outputs.value)
    record(component, inputs, outputs)
  }

  private mutating func addLogRatio(
    _ function: Estimator.LogRatioLoss, _ component: ObjectiveComponent, _ plan: ComponentPlan
  ) {
    let isReference = component.signals.first?.source == .reference
    guard let target = isReference ? response.reference : response.teacher else { return }
    let unit = unit(component)
    var share = 0.0
    for t in current.indices {
      let d = min(max(current[t] - target[t], -80), 80)
      share += unit * plan.weights[t] * function.value(d)
      slopes[t] += unit * plan.weights[t] * function.slope(d)
    }
    add(component, share: share)
  }

  /// Adds a component's share of the loss.
  mutating func add(_ component: ObjectiveComponent, share: Double) {
    report.value += share
    let unit = unit(component)
    record(
      "loss/\(component.name)", sum: unit == 0 ? 0 : component.weight * share / unit,
      weight: Double(response.length))
  }

  /// The response's share of the loss.
  ///
  /// - Throws: `ObjectiveError.notFinite` where it is not finite.
  func finished() throws -> LossReport {
    guard report.value.isFinite else {
      throw ObjectiveError.notFinite(what: "loss", prompt: response.promptID, position: 0)
    }
    return report
  }

  /// Adds to a metric.
  mutating func record(_ name: String, sum: Double, weight: Double) {
    report.metrics[name, default: WeightedMean(sum: 0, weight: 0)].sum += sum
    report.metrics[name, default: WeightedMean(sum: 0, weight: 0)].weight += weight
  }
}

extension PreparedLoss {
  /// The policy-gradient loss of one response, whoever provides it.
  func policyGradient(
    _ correction: Correction, _ inputs: PolicyGradientInputs
  ) -> PolicyGradientOutputs {
    if let known = correction.loss(inputs) { return known }
    guard case .plugIn(let name) = correction, let loss = context.policyGradientLosses[name] else {
      preconditionFailure("Correction '\(correction)' was not checked when the loss was prepared.")
    }
    return loss.loss(inputs)
  }
}
