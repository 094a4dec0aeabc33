/// What one component will do with one response, settled before training starts.
struct ComponentPlan: Sendable {
  /// A of each token, less the part that depends on the student as it is then.
  var advantages: [Double]
  /// The advantage at evaluation is `advantages[t] − currentShare·log π(y_t)`.
  var currentShare = 0.0
  /// Tokens whose probabilities are added up before they are compared with the teacher's.
  var stopTokens: [Int] = []
  /// Bounds on the advantage.
  var lowest = -Double.infinity
  var highest = Double.infinity
  /// What each token's loss is multiplied by, before reduction.
  var weights: [Double]
  /// Entropy gates, applied when rows are at hand.
  var gates: [TokenWeighting.EntropyGate] = []

  /// A plan for a response, before any weighting.
  init(advantages: [Double]) {
    self.advantages = advantages
    weights = [Double](repeating: 1, count: advantages.count)
  }

  /// The advantage of a token, given its log-probability now.
  func advantage(_ t: Int, current: Double) -> Double {
    min(max(advantages[t] - currentShare * current, lowest), highest)
  }
}
