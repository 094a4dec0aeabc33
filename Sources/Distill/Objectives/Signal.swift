/// What an objective listens to, with a weight.
///
/// Several signals of one policy-gradient component are added up before clipping, each after its own normalisation, so
/// that a teacher's term is never whitened away by the group's.
package struct Signal: Sendable, Hashable {
  /// Where the signal comes from.
  package enum Source: Sendable, Hashable {
    /// The teacher's log-probabilities.
    case teacher(TeacherSignal)
    /// The task reward.
    case reward(RewardSignal)
    /// A frozen reference policy's log-probabilities, for k1, k2 and k3.
    case reference
    /// The response itself is to be imitated: advantage 1 at every token.
    case demonstrations
    /// The same advantage at every token: a control.
    case constant(Double)
    /// An `AdvantageEstimator` that the caller registered under a name.
    case plugIn(String)
  }

  /// Where the signal comes from.
  package var source: Source

  /// What its advantages are multiplied by.
  package var weight: Double

  /// A signal with a weight.
  package init(_ source: Source, weight: Double = 1) {
    self.source = source
    self.weight = weight
  }

  /// `A_t = log q(y_t|s_t) − log π_old(y_t|s_t)`: on-policy distillation.
  package static let teacher = Signal(.teacher(TeacherSignal()))

  /// A frozen reference policy.
  package static let reference = Signal(.reference)

  /// Imitation of the given responses.
  package static let demonstrations = Signal(.demonstrations)

  /// The task reward against the group's mean.
  package static func reward(_ settings: RewardSignal, weight: Double = 1) -> Signal {
    Signal(.reward(settings), weight: weight)
  }
}

/// How a teacher's log-probabilities become advantages.
///
/// `A_t = λ(log q − log π_b) − (log π_s − log π_b)`, where π_s is the `base` and π_b the reference; λ = 1 is
/// `log q − log π_s` and needs no reference. Then `A'_t = Σ_{t' ≥ t} γ^{t'−t} A_{t'}`.
///
/// Source: Video-OPD, arXiv:2602.02994, eq. 5; G-OPD for λ.
package struct TeacherSignal: Sendable, Hashable {
  /// Whose log-probability the teacher's is compared with.
  package enum Base: String, Sendable, Hashable, CaseIterable {
    /// The student that sampled.
    case behaviour
    /// The student now; differs from the second inner step on.
    case current
  }

  /// Whose log-probability the teacher's is compared with.
  package var base: Base
  /// λ: 1 imitates the teacher, more goes beyond it, away from the reference.
  package var extrapolation: Double
  /// γ: 0 is unbiased for each token's divergence, 1 for the sequence's at far larger variance.
  package var discount: Double
  /// Tokens that all end a response: their probability is added up on both sides before they are compared.
  package var stopTokens: [Int]

  /// Settings of the teacher's advantage.
  package init(
    base: Base = .behaviour, extrapolation: Double = 1, discount: Double = 0,
    stopTokens: [Int] = []
  ) {
    self.base = base
    self.extrapolation = extrapolation
    self.discount = discount
    self.stopTokens = stopTokens
  }
}

/// How the rewards of a group become advantages, one a response, the same at each of its tokens.
package struct RewardSignal: Sendable, Hashable {
  /// What is subtracted.
  package enum Baseline: String, Sendable, Hashable, CaseIterable {
    /// Nothing.
    case none
    /// The group's mean: `r − mean`.
    case groupMean
    /// The mean of the others: `G/(G−1)·(r − mean)`.
    case leaveOneOut
  }

  /// What it is divided by.
  package enum Scale: String, Sendable, Hashable, CaseIterable {
    /// Nothing.
    case none
    /// The group's sample standard deviation plus ε.
    case sampleStd
    /// The standard deviation over the whole batch plus ε, after subtracting the batch's mean.
    case batch
  }

  /// What is subtracted.
  package var baseline: Baseline
  /// What it is divided by.
  package var scale: Scale
  /// ε, added to the divisor.
  package var epsilon: Double
  /// The reward's term to use; `nil` is the total.
  package var term: String?
  /// Whether rewards are replaced by uniform random numbers: a control.
  package var isRandom: Bool

  /// Settings of the reward's advantage.
  package init(
    baseline: Baseline = .groupMean, scale: Scale = .none, epsilon: Double = 1e-4,
    term: String? = nil, isRandom: Bool = false
  ) {
    self.baseline = baseline
    self.scale = scale
    self.epsilon = epsilon
    self.term = term
    self.isRandom = isRandom
  }

  /// `(r − mean)/(std + 1e-4)`, sample standard deviation: GRPO.
  package static let grpo = RewardSignal(scale: .sampleStd)

  /// Whether a group of one would have no advantage.
  var isGroupRelative: Bool { baseline != .none || scale == .sampleStd }
}
