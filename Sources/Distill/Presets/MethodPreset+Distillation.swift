internal import Tensors

extension MethodPreset {
  /// On-policy distillation: one answer a prompt, the teacher's word on each of its tokens.
  static let distillation: [MethodPreset] = [
    MethodPreset(
      "opd", "reinforces tokens the teacher prefers to the student that sampled them",
      source: "Video-OPD, arXiv:2602.02994, eq. 5-6",
      gradient: "reverse KL at each prefix, from one sample",
      Objective([ObjectiveComponent([.teacher], correction: .importanceRatio)])),
    MethodPreset(
      "opd-full", "minimises the exact reverse KL over the vocabulary on the student's samples",
      source: "MiniLLM, arXiv:2306.08543; docs/objectives.md, Exact divergences",
      gradient: "reverse KL at each prefix, exactly",
      Objective([divergence(.reverseKL, .full)])),
    MethodPreset(
      "opd-topk", "minimises the reverse KL over the student's 16 best tokens and a tail bucket",
      source: "docs/objectives.md, Exact divergences",
      gradient: "reverse KL of the coarser distributions",
      Objective([divergence(.reverseKL, .top(16, of: .student, rest: .tail))])),
    MethodPreset(
      "gkd", "minimises the Jensen-Shannon divergence, β 0.5, half on the student's own answers",
      source: "GKD, arXiv:2306.13649, eq. 1, λ 0.5",
      gradient: "JSD at prefixes of student and teacher, exactly",
      Objective(
        [divergence(.jensenShannon(beta: 0.5, normalised: false), .full)],
        rolloutSource: .teacher, studentShare: 0.5)),
    MethodPreset(
      "self-distillation", "learns from the student itself when it sees all the frames",
      source: "docs/objectives.md, Variants of distillation",
      gradient: "reverse KL to the privileged student",
      hints: TrainerHints(selfTeacher: .frozen),
      Objective([ObjectiveComponent([.teacher], correction: .importanceRatio)])),
  ]

  /// Learning from somebody else's answers.
  static let offPolicy: [MethodPreset] = [
    MethodPreset(
      "sft", "imitates the right answers of the data",
      source: "maximum likelihood", gradient: "forward KL from the data",
      Objective(
        [ObjectiveComponent([.demonstrations])], rolloutSource: .demonstrations)),
    MethodPreset(
      "off-policy-kd", "matches the teacher's distribution on the teacher's own answers",
      source: "Hinton et al., arXiv:1503.02531",
      gradient: "forward KL at the prefixes of the teacher's answers: the sequence's forward KL",
      Objective([divergence(.forwardKL, .full)], rolloutSource: .teacher)),
  ]

  /// A divergence from the teacher, mean over tokens.
  static func divergence(
    _ kind: RowDivergence, _ support: VocabularySupport, weighting: [TokenWeighting] = []
  ) -> ObjectiveComponent {
    ObjectiveComponent(
      [.teacher], support: support, estimator: .divergence(kind), weighting: weighting)
  }
}
