package import Core
internal import Student
package import Teacher
internal import Tensors

/// A teacher that is a policy: a larger network, the student of an earlier run, or the student itself with more evidence.
///
/// It stands here and not in `Teacher` because it is a student seen from the other side: the same decoder, the same packed
/// pass, no second copy of either.
package struct PolicyTeacher: TeacherScorer, AnswerPredictor {
  /// What the teacher may look at.
  package enum Evidence: String, Sendable, Codable, CaseIterable {
    /// Every frame of the video.
    case allFrames
    /// What the student sees.
    case sameAsStudent
    /// What the student sees, and a right answer at the end of the question.
    case answer
  }

  /// The policy.
  package let policy: any Policy
  /// What it looks at.
  package let evidence: Evidence
  /// Its own temperature.
  package let temperature: Double
  /// How answers are written.
  package let codec: AnswerCodec

  /// A teacher that is a policy.
  package init(
    _ policy: any Policy, codec: AnswerCodec, evidence: Evidence = .allFrames,
    temperature: Double = 1
  ) {
    self.policy = policy
    self.codec = codec
    self.evidence = evidence
    self.temperature = temperature
  }

  /// The digest of the policy's vocabulary.
  package var vocabularyFingerprint: String { policy.tokenizer.fingerprint }

  /// Everything: the policy is in this process.
  package var support: TeacherSupport { .full }

  /// Operations of one token on its own; what a prompt costs is shared by its answers.
  package var flopsPerToken: Double { policy.flopsPerToken }

  /// Scores every token of every response.
  package func score(
    _ requests: [ScoringRequest], support: TeacherSupport
  ) async throws -> [[TeacherScore]] {
    try await policy.score(groups(requests), support: support, temperature: temperature)
  }

  /// The same with the rows where they are; `nil` for a policy that is not on a student's engine.
  func scoreBeside(_ requests: [ScoringRequest]) async throws -> [[TeacherScore]]? {
    guard let policy = policy as? any PolicyBeside else { return nil }
    return try await policy.scoreBeside(groups(requests), temperature: temperature)
  }

  /// The policy's most likely answer to each prompt.
  package func predictions(
    for prompts: [Prompt], count: Int
  ) async throws -> [[ScoredAnswer]] {
    let groups = try await policy.sample(
      try prompts.map(seen), settings: .greedy(maximumLength: codec.maximumLength), seed: Seed(0))
    return groups.map { group in
      let rollout = group.rollouts[0]
      guard let answer = codec.decode(rollout.tokens, to: group.prompt) else { return [] }
      let confidence = Double(rollout.logProbabilities.reduce(0, +))
      return [ScoredAnswer(answer, confidence: confidence)]
    }
  }

  /// What greedy answers of the greatest length take.
  package func predictionFlops(for prompts: [Prompt]) -> Double {
    let longest = [Token](repeating: 0, count: codec.maximumLength)
    let groups = prompts.map { prompt in
      // A right answer that cannot be written stops the run where it is scored, and costs nothing here.
      let seen = (try? seen(prompt)) ?? prompt
      return RolloutGroup(
        prompt: seen, rollouts: rollouts(ScoringRequest(prompt: seen, responses: [longest])))
    }
    return policy.flops(of: groups, .sampling)
  }

  private func seen(_ prompt: Prompt) throws -> Prompt {
    switch evidence {
    case .allFrames: return prompt.withAllEvidence
    case .sameAsStudent: return prompt
    case .answer:
      guard let truth = prompt.truth.first else { return prompt }
      let answer = try codec.encode(truth, to: prompt)
      return prompt.hinting(truth, answer.filter { $0 != codec.tokenizer.end })
    }
  }

  private func groups(_ requests: [ScoringRequest]) throws -> [RolloutGroup] {
    try requests.map { request in
      RolloutGroup(prompt: try seen(request.prompt), rollouts: rollouts(request))
    }
  }

  private func rollouts(_ request: ScoringRequest) -> [Rollout] {
    request.responses.enumerated().map { slot, tokens in
      Rollout(
        promptID: request.prompt.id, slot: slot, tokens: tokens,
        logProbabilities: [Float](repeating: 0, count: tokens.count), finish: .stop)
    }
  }
}

extension Prompt {
  /// The same question with a right answer in view: a policy that writes its prompts as text puts the hint where it wants,
  /// any other finds the answer's words at the question's end.
  fileprivate func hinting(_ answer: any Answer, _ words: [Token]) -> Prompt {
    var copy = self
    copy.hint = answer
    copy.tokens += words
    return copy
  }
}
