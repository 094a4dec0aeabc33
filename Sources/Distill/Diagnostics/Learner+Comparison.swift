package import Core
package import Student
package import Teacher

extension Learner {
  /// How far the student is from a teacher on its own answers, exactly: whole distributions at every position.
  ///
  /// A student's engine that has the teacher too tells the two divergences and no more.
  ///
  /// - Parameters:
  ///   - teacher: A teacher that knows whole distributions.
  ///   - prompts: The questions.
  ///   - settings: How answers are sampled; the temperature divides the student's logits here too.
  ///   - k: k of overlap and of masses.
  ///   - seed: The stream of the answers.
  /// - Returns: Means over tokens by metric name (`teacher_kl/reverse`, `teacher_kl/forward`, …), and the floating-point
  ///   operations it took.
  /// - Throws: What student or teacher throw; `TrainingError.support` where the teacher knows less.
  /// - Complexity: Sampling, and a forward pass.
  package func comparison(
    with teacher: any TeacherScorer, on prompts: [Prompt], settings: SamplingSettings, k: Int = 16,
    seed: Seed
  ) async throws -> (metrics: [String: WeightedMean], flops: Double) {
    guard teacher.support == .full else {
      throw TrainingError.support(needed: .full, given: teacher.support)
    }
    let groups = try await sample(prompts, settings: settings, seed: seed)
    let requests = groups.map(ScoringRequest.init)
    let beside =
      abilities.divergences ? try await (teacher as? SelfTeacher)?.scoreBeside(requests) : nil
    let scores =
      if let beside { beside } else { try await teacher.score(requests, support: .full) }
    var scored = groups.map { group in
      ScoredGroup(prompt: group.prompt, rollouts: group.rollouts.map { ScoredRollout($0) })
    }
    scored.assign(scores) { $0.teacher = $1 }
    let probe = DistributionProbe(
      responses: try SignalBatch(scored).groups, temperature: settings.temperature, k: k,
      end: tokenizer.end, audited: nil, chunkBytes: 64 << 20)
    let report = try await read(groups, probe)
    let passes = beside == nil ? 1.0 : 2
    let cost =
      flops(of: groups, .sampling) + flops(of: groups, .forward)
      + passes * teacher.flopsPerToken * Double(groups.tokenCount)
    return (report.metrics, cost)
  }
}
