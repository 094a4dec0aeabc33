/// One update, as the trainer asks for it.
public struct UpdateStep: Sendable, Hashable, Codable {
  /// Which update of the stage it is, from 1: what a learner elsewhere tells a repetition by.
  public var number: Int
  /// η.
  public var learningRate: Double
  /// The constants of the optimizer.
  public var optimizer: OptimizerSettings
  /// The share of the new weights in their moving average, 0 … 1; `nil` keeps no average.
  public var averageShare: Double?

  /// An update.
  public init(
    number: Int, learningRate: Double, optimizer: OptimizerSettings = OptimizerSettings(),
    averageShare: Double? = nil
  ) {
    self.number = number
    self.learningRate = learningRate
    self.optimizer = optimizer
    self.averageShare = averageShare
  }
}

/// The constants of AdamW.
///
/// Source: Loshchilov & Hutter, arXiv:1711.05101.
public struct OptimizerSettings: Sendable, Hashable, Codable {
  /// β₁.
  public var beta1: Double
  /// β₂.
  public var beta2: Double
  /// ε, added to √v̂.
  public var epsilon: Double
  /// λ, per unit of learning rate.
  public var weightDecay: Double
  /// The largest global norm of a gradient; longer ones are scaled down to it.
  ///
  /// `nil` never clips.
  public var clipNorm: Double?

  /// The constants of the method.
  public init(
    beta1: Double = 0.9, beta2: Double = 0.95, epsilon: Double = 1e-8, weightDecay: Double = 0,
    clipNorm: Double? = 1
  ) {
    self.beta1 = beta1
    self.beta2 = beta2
    self.epsilon = epsilon
    self.weightDecay = weightDecay
    self.clipNorm = clipNorm
  }
}

/// What an update did.
public struct UpdateReport: Sendable, Hashable, Codable {
  /// The gradient's global norm before clipping; `nil` where a learner elsewhere does not say.
  public var norm: Double?
  /// Whether the weights moved; they do not where the gradient is not finite.
  public var isApplied: Bool

  /// What an update did.
  public init(norm: Double?, isApplied: Bool) {
    self.norm = norm
    self.isApplied = isApplied
  }

  /// Whether the gradient was a number.
  public var isFinite: Bool { norm?.isFinite ?? isApplied }
}
