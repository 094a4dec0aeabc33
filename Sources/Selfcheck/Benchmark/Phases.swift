internal import Dispatch
internal import Distill
internal import Core
internal import Student
internal import Tensors

/// The parts of an on-policy step that are timed on their own.
package enum BenchmarkPhase: String, Sendable, CaseIterable, Codable {
  /// Sampling all answers.
  case rollout
  /// The teacher's whole distribution at every position of the answers.
  case teacher
  /// An update with the exact reverse KL divergence.
  case opdFull = "opd_full"
  /// An update with the sampled token's advantage.
  case opdSampled = "opd_sampled"
  /// An update with group-relative advantages, clipping and a penalty to a reference.
  case grpo
  /// Sampling, scoring the sampled tokens and an update.
  case step
  /// Sampling, the teacher's whole distributions and an update with the exact reverse KL divergence.
  case opdFullStep = "opd_full_step"
  /// Sampling, scoring by a frozen reference and an update with group-relative advantages.
  case grpoStep = "grpo_step"
  /// Temporal Apex Distillation over 256 videos of 768 frames × 16 tokens × 64 channels, 805 MB.
  case keyframes

  /// The parts of a step, and a step of the sampled tokens.
  package static let ofStep: [BenchmarkPhase] = [
    .rollout, .teacher, .opdFull, .opdSampled, .grpo, .step,
  ]
}

/// Runs phases over and over on one workload.
package struct BenchmarkRunner: Sendable {
  /// What the phases work on.
  package private(set) var workload: Workload

  private var updates = 0
  private var keyframes: KeyframeWorkload?
  private var reference: DecoderPolicy?
  private let groups: [RolloutGroup]
  private var scored: [ScoredGroup]?

  /// A runner with answers at hand.
  package init(_ workload: Workload) throws {
    self.workload = workload
    groups = try workload.student.sample(
      workload.prompts, settings: workload.sampling, seed: Seed(1))
  }

  /// Answers with what teacher and reference say of them, as far as it is there, and a random reward.
  private static func scored(
    _ groups: [RolloutGroup], teacher: [[TeacherScore]]? = nil, reference: [[[Float]]]? = nil
  ) -> [ScoredGroup] {
    var generator = Seed(2).generator()
    return groups.enumerated().map { g, group in
      let rollouts = group.rollouts.enumerated().map { i, rollout in
        ScoredRollout(
          rollout, teacher: teacher?[g][i],
          reference: reference?[g][i],
          reward: Reward(total: generator.uniform(), terms: [:], parsed: true))
      }
      return ScoredGroup(prompt: group.prompt, rollouts: rollouts)
    }
  }

  /// The objective of an update phase.
  static func objective(_ phase: BenchmarkPhase) -> Objective {
    switch phase {
    case .opdFull, .opdFullStep:
      Objective([
        ObjectiveComponent(
          name: "opd-full", [.teacher], support: .full, estimator: .divergence(.reverseKL))
      ])
    case .grpo, .grpoStep:
      Objective([
        ObjectiveComponent(
          name: "grpo", [.reward(.grpo)], estimator: .policyGradient,
          correction: .ppoClip(low: 0.2, high: 0.2, dual: nil)),
        ObjectiveComponent(
          name: "kl", [.reference], estimator: .logRatio(.k3), weight: 0.04),
      ])
    default:
      Objective([
        ObjectiveComponent(
          name: "opd", [.teacher], estimator: .policyGradient,
          correction: .importanceRatio)
      ])
    }
  }

  /// Runs a phase once.
  ///
  /// - Returns: Milliseconds.
  package mutating func run(_ phase: BenchmarkPhase) throws -> Double {
    let keyframes = try phase == .keyframes ? prepareKeyframes() : nil
    let scored = try [.opdFull, .opdSampled, .grpo].contains(phase) ? prepareScores() : []
    let start = DispatchTime.now()
    switch phase {
    case .keyframes: try keyframes?.run()
    case .rollout: _ = try freshAnswers()
    case .teacher:
      _ = try workload.teacher.vocabularyRows(groups, temperature: 1)
    case .opdFull, .opdSampled, .grpo:
      try update(Self.objective(phase), scored)
    case .step:
      let fresh = try freshAnswers()
      let scores = try workload.teacher.logProbabilities(fresh, temperature: 1)
      let scored = zip(fresh, scores).map { group, scores in
        ScoredGroup(
          prompt: group.prompt,
          rollouts: zip(group.rollouts, scores).map {
            ScoredRollout($0, teacher: TeacherScore(sampled: $1))
          })
      }
      try update(Self.objective(.step), scored)
    case .opdFullStep:
      let fresh = try freshAnswers()
      let scores = try workload.teacher.score(fresh, support: .full, temperature: 1)
      try update(Self.objective(phase), Self.scored(fresh, teacher: scores))
    case .grpoStep:
      let fresh = try freshAnswers()
      let scores = try frozen().logProbabilities(fresh, temperature: 1)
      try update(Self.objective(phase), Self.scored(fresh, reference: scores))
    }
    return Double(DispatchTime.now().uptimeNanoseconds - start.uptimeNanoseconds) * 1e-6
  }

  private func freshAnswers() throws -> [RolloutGroup] {
    try workload.student.sample(workload.prompts, settings: workload.sampling, seed: Seed(3))
  }

  /// The student as it was when it was first asked for.
  private mutating func frozen() -> DecoderPolicy {
    let made = reference ?? workload.student.frozen()
    reference = made
    return made
  }

  /// The videos, made when they are first asked for: most benchmarks do without their 805 MB.
  private mutating func prepareKeyframes() throws -> KeyframeWorkload {
    let made = try keyframes ?? KeyframeWorkload(seed: Seed(4))
    keyframes = made
    return made
  }

  /// The answers with all that is said of them, when they are first asked for: a whole step makes its own.
  private mutating func prepareScores() throws -> [ScoredGroup] {
    let made =
      try scored
      ?? Self.scored(
        groups, teacher: workload.teacher.score(groups, support: .full, temperature: 1),
        reference: groups.map { $0.rollouts.map(\.logProbabilities) })
    scored = made
    return made
  }

  private mutating func update(_ objective: Objective, _ scored: [ScoredGroup]) throws {
    let loss = try objective.prepare(groups: scored, temperature: 1)
    let groups = scored.map { group in
      RolloutGroup(prompt: group.prompt, rollouts: group.rollouts.map(\.rollout))
    }
    _ = try workload.student.accumulate(groups, loss)
    updates += 1
    _ = workload.student.update(
      UpdateStep(
        number: updates, learningRate: 1e-4,
        optimizer: OptimizerSettings(beta2: 0.999, weightDecay: 0.01, clipNorm: nil)))
  }

  /// Floating-point operations of a phase.
  package func flops(_ phase: BenchmarkPhase) -> Double {
    let training = workload.student.flops(of: groups, .training)
    let sampling = workload.student.flops(of: groups, .sampling)
    let teacher = workload.teacher.flops(of: groups, .forward)
    return switch phase {
    case .keyframes: keyframes?.flops ?? 0
    case .rollout: sampling
    case .teacher: teacher
    case .opdFull, .opdSampled, .grpo: training
    case .step, .opdFullStep: sampling + teacher + training
    case .grpoStep: sampling + workload.student.flops(of: groups, .forward) + training
    }
  }

  /// Bytes of features that a phase reads from memory; `nil` where it is not memory that limits it.
  func bytesRead(_ phase: BenchmarkPhase) -> Double? {
    phase == .keyframes ? keyframes?.bytes : nil
  }

  /// Bytes of the passes' memory, and how often it had to grow since the runner was made.
  package var memory: (bytes: Int, allocations: Int) { TapePool.memory }
}
