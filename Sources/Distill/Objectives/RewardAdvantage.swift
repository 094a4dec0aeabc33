package import Core

/// The group-relative advantages of the GRPO family: one a response, the same at each of its tokens.
///
/// | baseline, scale | advantage |
/// |---|---|
/// | groupMean, sampleStd | `(r − mean)/(std + ε)`: GRPO |
/// | groupMean, none | `r − mean`: Dr. GRPO |
/// | leaveOneOut, none | `G/(G−1)·(r − mean)`: RLOO |
/// | none, batch | `(r − batch mean)/(batch std + ε)`: REINFORCE++ |
package struct RewardAdvantage: AdvantageEstimator {
  /// The settings.
  package var settings: RewardSignal

  /// Where random rewards are drawn from, if the settings ask for them.
  package var seed: Seed

  /// An estimator with settings.
  package init(_ settings: RewardSignal, seed: Seed = Seed(0)) {
    self.settings = settings
    self.seed = seed
  }

  /// The advantages of a batch.
  package func advantages(of batch: SignalBatch) throws -> [[[Double]]] {
    var dice = seed.generator()
    let rewards = try batch.groups.map { group in
      try group.map { settings.isRandom ? dice.uniform() : try $0.reward(term: settings.term) }
    }
    for (group, values) in zip(batch.groups, rewards)
    where settings.isGroupRelative && values.count == 1 {
      throw ObjectiveError.groupTooSmall(
        prompt: group[0].promptID, answers: values.count, needed: 2)
    }
    let perResponse = normalised(rewards)
    return zip(batch.groups, perResponse).map { group, values in
      zip(group, values).map { [Double](repeating: $1, count: $0.length) }
    }
  }

  /// The advantages of rewards by group.
  package func normalised(_ rewards: [[Double]]) -> [[Double]] {
    guard settings.scale == .batch else {
      return rewards.map { relative($0) }
    }
    let centred = rewards.map { group in
      settings.baseline == .none ? group : relative(group)
    }
    let all = centred.flatMap { $0 }
    let mean = mean(of: all)
    let divisor = sampleDeviation(of: all) + settings.epsilon
    return centred.map { $0.map { ($0 - mean) / divisor } }
  }

  private func relative(_ rewards: [Double]) -> [Double] {
    let count = Double(rewards.count)
    let baseline = settings.baseline == .none ? 0 : mean(of: rewards)
    let factor = settings.baseline == .leaveOneOut ? count / max(count - 1, 1) : 1
    let divisor =
      settings.scale == .sampleStd ? sampleDeviation(of: rewards) + settings.epsilon : 1
    return rewards.map { factor * ($0 - baseline) / divisor }
  }

}

/// The mean, 0 of nothing.
func mean(of values: [Double]) -> Double {
  values.isEmpty ? 0 : values.reduce(0, +) / Double(values.count)
}

/// The standard deviation with n − 1, 0 of fewer than two values.
func sampleDeviation(of values: [Double]) -> Double {
  guard values.count > 1 else { return 0 }
  let centre = mean(of: values)
  let squares = values.reduce(0) { $0 + ($1 - centre) * ($1 - centre) }
  return (squares / Double(values.count - 1)).squareRoot()
}
