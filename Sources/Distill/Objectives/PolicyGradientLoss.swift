/// What a policy-gradient loss is told of one response of T tokens.
public struct PolicyGradientInputs: Sendable {
  /// log π of each token now, nats.
  public var current: [Double]
  /// log π_old of each token, nats.
  public var behaviour: [Double]
  /// A of each token; a constant as far as gradients are concerned.
  public var advantages: [Double]
  /// What each token's loss is multiplied by.
  public var weights: [Double]

  /// Inputs, each with one value a token.
  public init(
    current: [Double], behaviour: [Double], advantages: [Double], weights: [Double]
  ) {
    self.current = current
    self.behaviour = behaviour
    self.advantages = advantages
    self.weights = weights
  }

  /// `ρ_t = exp(log π − log π_old)`.
  ///
  /// The exponent is kept within ±80, so that a response the student has abandoned gives a huge ratio, not ∞.
  public func ratio(_ t: Int) -> Double {
    exponentialOf(min(max(current[t] - behaviour[t], -80), 80))
  }
}

/// A policy-gradient loss of one response, with its derivative.
public struct PolicyGradientOutputs: Sendable, Hashable {
  /// `Σ_t weight_t·loss_t`.
  public var value: Double
  /// The derivative of `value` in log π of each token.
  public var slopes: [Double]
  /// How many tokens a lower bound on the ratio cut off.
  public var clippedLow: Int
  /// How many tokens an upper bound on the ratio cut off.
  public var clippedHigh: Int

  /// A loss with its derivative.
  public init(value: Double = 0, slopes: [Double], clippedLow: Int = 0, clippedHigh: Int = 0) {
    self.value = value
    self.slopes = slopes
    self.clippedLow = clippedLow
    self.clippedHigh = clippedHigh
  }
}

/// Turns advantages into a loss on the sampled tokens.
///
/// The seam for plug-ins: register a conforming value in `ObjectiveContext.policyGradientLosses` and name it in a
/// component's correction as `plugIn(name)`.
public protocol PolicyGradientLoss: Sendable {
  /// The loss of one response and its derivative in each token's log-probability.
  func loss(_ inputs: PolicyGradientInputs) -> PolicyGradientOutputs
}

extension Correction {
  /// The loss of one response, for the corrections the algebra knows; `nil` for a plug-in.
  func loss(_ inputs: PolicyGradientInputs) -> PolicyGradientOutputs? {
    switch self {
    case .none: inputs.perToken { a, logPi, _ in (-a * logPi, -a) }
    case .importanceRatio: inputs.perToken { a, _, ratio in (-ratio * a, -ratio * a) }
    case .ppoClip(let low, let high, let dual): inputs.clipped(low, high, dual)
    case .sequenceRatio(let low, let high): inputs.sequenceClipped(low, high)
    case .cispo(let high): inputs.cispo(high)
    case .plugIn: nil
    }
  }
}

extension PolicyGradientInputs {
  fileprivate func perToken(
    _ token: (_ advantage: Double, _ logPi: Double, _ ratio: Double) -> (Double, Double)
  ) -> PolicyGradientOutputs {
    var result = PolicyGradientOutputs(slopes: weights)
    for t in current.indices {
      let (value, slope) = token(advantages[t], current[t], ratio(t))
      result.value += weights[t] * value
      result.slopes[t] = weights[t] * slope
    }
    return result
  }

  /// PPO's `−min(ρA, clip(ρ)·A)`, with a second bound `c·A` where A < 0; a clipped token has no gradient.
  fileprivate func clipped(_ low: Double, _ high: Double, _ dual: Double?)
    -> PolicyGradientOutputs
  {
    var cut = (low: 0, high: 0)
    var result = perToken { a, _, ratio in
      let bounded = min(max(ratio, 1 - low), 1 + high)
      if let dual, a < 0, ratio > dual {
        cut.high += 1
        return (-dual * a, 0)
      }
      guard ratio * a <= bounded * a else {
        if a > 0 { cut.high += 1 } else { cut.low += 1 }
        return (-bounded * a, 0)
      }
      return (-ratio * a, -ratio * a)
    }
    (result.clippedLow, result.clippedHigh) = cut
    return result
  }

  /// `−min(sA, clip(s)·A)` with `s = exp(mean_t(log π − log π_old))`; every token moves s by 1/|y|.
  fileprivate func sequenceClipped(_ low: Double, _ high: Double) -> PolicyGradientOutputs {
    let drift = current.indices.reduce(0) { $0 + current[$1] - behaviour[$1] }
    let ratio = exponentialOf(min(max(drift / Double(current.count), -80), 80))
    let bounded = min(max(ratio, 1 - low), 1 + high)
    var result = PolicyGradientOutputs(slopes: weights)
    var slope = 0.0
    for t in current.indices {
      let a = advantages[t]
      if ratio * a <= bounded * a {
        result.value -= weights[t] * ratio * a
        slope -= weights[t] * ratio * a
      } else {
        result.value -= weights[t] * bounded * a
        if a > 0 { result.clippedHigh += 1 } else { result.clippedLow += 1 }
      }
    }
    result.slopes = current.map { _ in slope / Double(current.count) }
    return result
  }

  /// `−sg[min(ρ, 1+ε)]·A·log π`.
  fileprivate func cispo(_ high: Double) -> PolicyGradientOutputs {
    var cut = 0
    var result = perToken { a, logPi, ratio in
      let bounded = min(ratio, 1 + high)
      if ratio > bounded { cut += 1 }
      return (-bounded * a * logPi, -bounded * a)
    }
    result.clippedHigh = cut
    return result
  }
}
