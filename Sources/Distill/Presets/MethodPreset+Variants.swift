internal import Tensors

extension MethodPreset {
  /// On-policy distillation with one thing changed.
  static let variants: [MethodPreset] = [
    MethodPreset(
      "entropy-opd", "adds a forward KL where the teacher is undecided",
      source: "entropy-aware OPD; docs/objectives.md, Variants of distillation",
      gradient: "reverse KL, plus forward KL where H(q) > 0.8",
      Objective([
        ObjectiveComponent([.teacher], correction: .importanceRatio),
        divergence(
          .forwardKL, .top(16, of: .teacher, rest: .tail),
          weighting: [.entropyGate(.init(of: .teacher, above: 0.8))]),
      ])),
    MethodPreset(
      "extrapolated-opd", "goes beyond the teacher, away from the reference",
      source: "G-OPD; docs/objectives.md, Variants of distillation",
      gradient: "reverse KL to q^λ·π_b^(1−λ), λ 1.25",
      Objective([
        ObjectiveComponent(
          [Signal(.teacher(TeacherSignal(extrapolation: 1.25)))], correction: .importanceRatio)
      ])),
    MethodPreset(
      "trust-region-opd", "takes the sampled token where the teacher accepts it, else its best",
      source: "docs/objectives.md, Variants of distillation",
      gradient: "reverse KL on accepted tokens, forward KL on the others: a mixture",
      Objective([
        ObjectiveComponent(
          [.teacher], weighting: [.trustRegion(.inside)], correction: .importanceRatio),
        divergence(
          .forwardKL, .top(16, of: .teacher, rest: .tail), weighting: [.trustRegion(.outside)]),
      ])),
    MethodPreset(
      "importance-decayed-opd", "counts early disagreements more than late ones",
      source: "docs/objectives.md, Variants of distillation",
      gradient: "reverse KL, reweighted by position: biased",
      Objective([
        ObjectiveComponent(
          [.teacher], weighting: [.importanceDecay(gamma: 0.5)], correction: .importanceRatio)
      ])),
    MethodPreset(
      "prefix-opd", "stops listening where the teacher's margin drops for good",
      source: "prefix teaching; docs/objectives.md, Variants of distillation",
      gradient: "reverse KL at the kept prefixes",
      Objective([
        ObjectiveComponent(
          [.teacher], weighting: [.changePoint(ChangePointRule())], correction: .importanceRatio)
      ])),
    MethodPreset(
      "order-consistent-opd", "keeps right answers' advantages above wrong ones' by a margin",
      source: "Uni-OPD; docs/objectives.md, Variants of distillation",
      gradient: "reverse KL, plus expected correctness where the teacher errs",
      hints: TrainerHints(group: 4),
      Objective([
        ObjectiveComponent(
          [.teacher], weighting: [.orderConsistency(delta: 0.4, right: 0.5)],
          correction: .importanceRatio)
      ])),
    MethodPreset(
      "student-topk-opd", "weighs the advantage of each of the student's 16 best tokens",
      source: "docs/objectives.md, Variants of distillation",
      gradient: "reverse KL at k = V; below, only nearly so",
      Objective([
        ObjectiveComponent(
          [.teacher], support: .top(16, of: .student, rest: .renormalised),
          estimator: .vocabularyAdvantage)
      ])),
    MethodPreset(
      "opd-grpo", "adds half the teacher's advantage to the group's, after normalisation",
      source: "docs/objectives.md, The GRPO family", gradient: "expected reward and reverse KL",
      hints: .group,
      Objective([
        ObjectiveComponent(
          [.reward(.grpo), Signal(.teacher(TeacherSignal()), weight: 0.5)],
          correction: .ppoClip(low: 0.2, high: 0.2, dual: 3))
      ])),
  ]

  /// What every comparison should switch on once, to see what it is made of.
  static let controls: [MethodPreset] = [
    MethodPreset(
      "control-negative-advantage", "gives every token the advantage −1, without a teacher",
      source: "docs/objectives.md, Controls",
      gradient: "none in expectation for fresh samples: noise",
      Objective([ObjectiveComponent([Signal(.constant(-1))], correction: .importanceRatio)])),
    MethodPreset(
      "control-shuffled-advantages", "deals the teacher's advantages to tokens at random",
      source: "docs/objectives.md, Controls", gradient: "none in expectation: noise of OPD's size",
      Objective([
        ObjectiveComponent([.teacher], weighting: [.shuffled], correction: .importanceRatio)
      ])),
    MethodPreset(
      "control-random-reward", "GRPO with uniform random rewards",
      source: "docs/objectives.md, Controls",
      gradient: "none in expectation for fresh samples; clipping may bias it", hints: .group,
      Objective([
        ObjectiveComponent(
          [.reward(RewardSignal(scale: .sampleStd, isRandom: true))],
          correction: .ppoClip(low: 0.2, high: 0.2, dual: nil),
          reduction: .sequenceMeanTokenMean)
      ])),
    MethodPreset(
      "control-own-teacher", "takes the student itself for a teacher: nothing may move",
      source: "docs/objectives.md, Controls", gradient: "exactly 0",
      hints: TrainerHints(selfTeacher: .live, isPrivileged: false),
      Objective([divergence(.reverseKL, .full)])),
  ]
}
