/// KF-GRPO's bonus for answers that need their frames in order.
///
/// For a query with answers to ordered keyframes S and to a disordered hybrid Ŝ, with accuracies a_j and â_j:
/// `r_s = 1[c > ĉ]`, `Q_j = b_j + r_s·A(a_j)`, where b_j is the reward so far and A a group-normalised advantage. The rewards
/// Q are then normalised like any other.
///
/// With A the normalised advantage of b itself and one gate a group, Q is a positive affine map of b, so normalising by the
/// group's deviation returns b's advantages: the bonus is cancelled. `effectiveChange` measures it.
///
/// Source: ChronoForge-RL, arXiv:2509.15800, §3.3; every reading the text allows is an option.
package struct SaliencyRule: Sendable, Hashable {
  /// What c and ĉ are.
  package enum Level: String, Sendable, Hashable, CaseIterable {
    /// The groups' mean accuracies: one gate a group.
    case group
    /// The accuracies of answer j to S and of answer j to Ŝ: one gate an answer.
    case rollout
  }

  /// What A normalises.
  package enum Advantage: String, Sendable, Hashable, CaseIterable {
    /// The whole reward b.
    case total
    /// The accuracy alone.
    case accuracyOnly
  }

  /// What a tie c = ĉ counts as.
  package enum Ties: String, Sendable, Hashable, CaseIterable {
    /// Closed.
    case zero
    /// Half open.
    case half
    /// Open.
    case one

    var gate: Double { self == .zero ? 0 : self == .half ? 0.5 : 1 }
  }

  /// What c and ĉ are.
  package var level: Level
  /// What A normalises.
  package var advantage: Advantage
  /// What a tie counts as.
  package var ties: Ties
  /// The term of the reward that is the accuracy; `nil` is the total.
  package var term: String?
  /// The share of keyframes in the hybrid Ŝ, 0 … 1.
  package var hybridShare: Double
  /// Among how many neighbours of Ŝ frames change places, at least 2; among all of them where `nil`.
  package var block: Int?
  /// Whether the answers to Ŝ are trained on as well.
  package var trainsDisordered: Bool
  /// Whether a second, independent draw of S is compared as well, to see how often the gate opens by chance.
  package var hasPlacebo: Bool

  /// A reading of the method.
  package init(
    level: Level = .group, advantage: Advantage = .total, ties: Ties = .zero, term: String? = nil,
    hybridShare: Double = 0.5, block: Int? = nil, trainsDisordered: Bool = false,
    hasPlacebo: Bool = false
  ) {
    self.level = level
    self.advantage = advantage
    self.ties = ties
    self.term = term
    self.hybridShare = hybridShare
    self.block = block
    self.trainsDisordered = trainsDisordered
    self.hasPlacebo = hasPlacebo
  }

  /// r_s of each answer to S: 0, 1 or what a tie counts as.
  ///
  /// - Parameters:
  ///   - accuracy: a_j of the answers to S.
  ///   - disordered: â_j of the answers to Ŝ; as many where the level is `rollout`.
  /// - Returns: One gate an answer to S.
  package func gates(accuracy: [Double], disordered: [Double]) -> [Double] {
    func gate(_ ordered: Double, _ other: Double) -> Double {
      ordered > other ? 1 : ordered == other ? ties.gate : 0
    }
    switch level {
    case .group:
      let open = gate(mean(of: accuracy), mean(of: disordered))
      return accuracy.map { _ in open }
    case .rollout:
      return accuracy.indices.map { j in
        j < disordered.count ? gate(accuracy[j], disordered[j]) : 0
      }
    }
  }

  /// `Q_j = b_j + r_s·A(a_j)`.
  ///
  /// - Parameters:
  ///   - base: b_j.
  ///   - accuracy: a_j.
  ///   - gates: r_s of each answer, from `gates`.
  ///   - epsilon: ε of the normalisation in A.
  /// - Returns: Q, one reward an answer.
  package func rewards(
    base: [Double], accuracy: [Double], gates: [Double], epsilon: Double = 1e-4
  ) -> [Double] {
    let settings = RewardSignal(scale: .sampleStd, epsilon: epsilon)
    let normalised = RewardAdvantage(settings).normalised([
      advantage == .total ? base : accuracy
    ])[0]
    return base.indices.map { base[$0] + gates[$0] * normalised[$0] }
  }
}

/// T-GRPO's bonus: if the mean accuracy on ordered frames is at least μ times that on shuffled ones, right answers to the
/// ordered frames get `bonus`.
///
/// Source: Video-R1, arXiv:2503.21776, §3.
package struct TemporalContrastRule: Sendable, Hashable {
  /// μ.
  package var ratio: Double
  /// What a right answer gains.
  package var bonus: Double
  /// The accuracy from which an answer is right.
  package var right: Double
  /// The term of the reward that is the accuracy; `nil` is the total.
  package var term: String?
  /// Whether a second, independent draw of the ordered input is compared as well.
  package var hasPlacebo: Bool

  /// A rule.
  package init(
    ratio: Double = 0.8, bonus: Double = 0.3, right: Double = 0.5, term: String? = nil,
    hasPlacebo: Bool = false
  ) {
    self.ratio = ratio
    self.bonus = bonus
    self.right = right
    self.term = term
    self.hasPlacebo = hasPlacebo
  }

  /// 1 if the group earns the bonus, otherwise 0.
  package func gate(accuracy: [Double], shuffled: [Double]) -> Double {
    mean(of: accuracy) >= ratio * mean(of: shuffled) ? 1 : 0
  }

  /// The rewards with the bonus.
  ///
  /// - Parameters:
  ///   - base: The rewards so far.
  ///   - accuracy: The accuracy of each answer.
  ///   - gate: From `gate`.
  /// - Returns: One reward an answer.
  package func rewards(base: [Double], accuracy: [Double], gate: Double) -> [Double] {
    base.indices.map { base[$0] + (accuracy[$0] >= right ? gate * bonus : 0) }
  }
}

/// The mean |ΔA| that a change of rewards makes after normalisation: 0 where normalisation cancels it.
///
/// - Parameters:
///   - base: Rewards before, by group.
///   - shaped: Rewards after, by group.
///   - settings: How rewards become advantages.
/// - Returns: The mean over all answers.
package func effectiveChange(
  base: [[Double]], shaped: [[Double]], settings: RewardSignal
) -> Double {
  let estimator = RewardAdvantage(settings)
  let before = estimator.normalised(base).joined()
  let after = estimator.normalised(shaped).joined()
  return mean(of: zip(before, after).map { abs($1 - $0) })
}
