extension MethodPreset {
  private static let clip = Correction.ppoClip(low: 0.2, high: 0.2, dual: nil)

  /// GRPO's objective: clipped surrogate and `β·k3` to the reference, mean over tokens, then over answers.
  private static func grpo(shaping: [RewardShaping] = []) -> Objective {
    Objective(
      [
        ObjectiveComponent(
          [.reward(.grpo)], correction: clip, reduction: .sequenceMeanTokenMean),
        ObjectiveComponent(
          [.reference], estimator: .logRatio(.k3), reduction: .sequenceMeanTokenMean,
          weight: 0.04),
      ], shaping: shaping)
  }

  /// Reinforcement learning from the task's reward, relative to a group of answers.
  static let groupRelative: [MethodPreset] = [
    MethodPreset(
      "grpo", "reinforces answers better than their group, near a reference",
      source: "DeepSeekMath, arXiv:2402.03300, eq. 3-4",
      gradient: "expected reward, each prompt scaled by 1/std; forward KL to the reference",
      hints: .group, grpo()),
    MethodPreset(
      "dr-grpo", "GRPO without dividing by the deviation or by each answer's length",
      source: "Dr. GRPO, arXiv:2503.20783", gradient: "expected reward, exactly up to (G−1)/G",
      hints: .group,
      Objective([
        ObjectiveComponent(
          [.reward(RewardSignal())], correction: clip,
          reduction: .sequenceMeanTokenSumNorm(length: nil))
      ])),
    MethodPreset(
      "dapo", "GRPO with a higher upper clip, a token mean, and only groups with spread",
      source: "DAPO, arXiv:2503.14476", gradient: "expected reward, each prompt scaled by 1/std",
      hints: TrainerHints(group: 8, refills: 4),
      Objective(
        [
          ObjectiveComponent(
            [.reward(.grpo)], correction: .ppoClip(low: 0.2, high: 0.28, dual: nil))
        ], groups: .withSpread,
        shaping: [.overlong(limit: nil, buffer: nil, penalty: 1)])),
    MethodPreset(
      "gspo", "GRPO with one importance ratio an answer", source: "GSPO, arXiv:2507.18071, eq. 5-7",
      gradient: "expected reward, each prompt scaled by 1/std and each answer by 1/length",
      hints: .group,
      Objective([
        ObjectiveComponent(
          [.reward(.grpo)], correction: .sequenceRatio(low: 3e-4, high: 4e-4),
          reduction: .sequenceMeanTokenMean)
      ])),
    MethodPreset(
      "rloo", "REINFORCE with the mean of the group's other answers as baseline",
      source: "Ahmadian et al., arXiv:2402.14740", gradient: "expected reward, exactly",
      hints: .group,
      Objective([
        ObjectiveComponent(
          [.reward(RewardSignal(baseline: .leaveOneOut))], reduction: .sequenceMeanTokenSum)
      ])),
    MethodPreset(
      "reinforce++", "clipped surrogate with rewards whitened over the batch",
      source: "REINFORCE++, arXiv:2501.03262", gradient: "expected reward, scaled by 1/std",
      hints: .group,
      Objective([
        ObjectiveComponent(
          [.reward(RewardSignal(baseline: .none, scale: .batch))], correction: clip)
      ])),
    MethodPreset(
      "cispo", "REINFORCE with a capped importance weight, so that no token loses its gradient",
      source: "MiniMax-M1, arXiv:2506.13585, eq. 4-5",
      gradient: "expected reward, each prompt scaled by 1/std", hints: .group,
      Objective([ObjectiveComponent([.reward(.grpo)], correction: .cispo(high: 0.28))])),
    MethodPreset(
      "tw-grpo", "GRPO with more weight at positions where the group's answers disagree",
      source: "TW-GRPO, arXiv:2505.24718",
      gradient: "expected reward, reweighted by position: biased", hints: .group,
      Objective([
        ObjectiveComponent(
          [.reward(.grpo)], weighting: [.klWeighting(alpha: 1.7)], correction: clip)
      ])),
  ]

  /// Reinforcement learning that compares ordered with disordered frames.
  static let ordered: [MethodPreset] = [
    MethodPreset(
      "kf-grpo", "GRPO with a bonus where ordered keyframes beat a disordered hybrid",
      source: "ChronoForge-RL, arXiv:2509.15800, §3.3",
      gradient: "with these settings exactly GRPO's: normalisation cancels the bonus",
      hints: .group, grpo(shaping: [.saliency(SaliencyRule())])),
    MethodPreset(
      "kf-grpo-rollout", "KF-GRPO with a gate an answer and the accuracy's advantage alone",
      source: "ChronoForge-RL, arXiv:2509.15800, §3.3, the reading that is not cancelled",
      gradient: "expected reward with a bonus for order", hints: .group,
      grpo(shaping: [.saliency(SaliencyRule(level: .rollout, advantage: .accuracyOnly))])),
    MethodPreset(
      "t-grpo", "GRPO with a bonus for right answers of groups that profit from order",
      source: "Video-R1, arXiv:2503.21776", gradient: "expected reward with a bonus for order",
      hints: .group, grpo(shaping: [.temporalContrast(TemporalContrastRule())])),
  ]
}
