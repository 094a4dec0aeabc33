/// One answer that a policy sampled, with how likely it was when sampled.
public struct Rollout: Sendable, Hashable, Codable {
  /// Why sampling stopped.
  public enum Finish: String, Sendable, Codable {
    /// The end token was drawn; it is the last of `tokens`.
    case stop
    /// The length limit was reached first.
    case length
  }

  /// The prompt that was answered.
  public let promptID: String

  /// Which of the prompt's answers this is: 0 ..< G.
  public let slot: Int

  /// The response, T tokens, the end token included where it was drawn; never empty.
  public let tokens: [Token]

  /// log π_old of each token at the sampling temperature, nats, T of them.
  public let logProbabilities: [Float]

  /// Why sampling stopped.
  public let finish: Finish

  /// One sampled answer.
  ///
  /// - Precondition: As many log-probabilities as tokens, and at least one.
  public init(
    promptID: String, slot: Int, tokens: [Token], logProbabilities: [Float], finish: Finish
  ) {
    precondition(
      tokens.count == logProbabilities.count && !tokens.isEmpty,
      "\(tokens.count) tokens with \(logProbabilities.count) log-probabilities.")
    self.promptID = promptID
    self.slot = slot
    self.tokens = tokens
    self.logProbabilities = logProbabilities
    self.finish = finish
  }
}

/// A prompt with the answers sampled for it: the group of group-relative methods, and what a prefix tree packs.
public struct RolloutGroup: Sendable {
  /// The question.
  public var prompt: Prompt

  /// Its answers by slot.
  public var rollouts: [Rollout]

  /// A prompt with its answers.
  public init(prompt: Prompt, rollouts: [Rollout]) {
    self.prompt = prompt
    self.rollouts = rollouts
  }
}

/// A rollout with everything that was said about it.
///
/// What nobody said is `nil`, never 0.
package struct ScoredRollout: Sendable {
  /// The answer.
  package var rollout: Rollout

  /// What the teacher thinks of each token.
  package var teacher: TeacherScore?

  /// log π_ref of each token, nats, T of them.
  package var reference: [Float]?

  /// The task reward.
  package var reward: Reward?

  /// An answer about which nothing has been said yet.
  package init(
    _ rollout: Rollout, teacher: TeacherScore? = nil, reference: [Float]? = nil,
    reward: Reward? = nil
  ) {
    self.rollout = rollout
    self.teacher = teacher
    self.reference = reference
    self.reward = reward
  }
}

/// A prompt with its scored answers.
package struct ScoredGroup: Sendable {
  /// The question.
  package var prompt: Prompt

  /// Its answers by slot.
  package var rollouts: [ScoredRollout]

  /// A prompt with its scored answers.
  package init(prompt: Prompt, rollouts: [ScoredRollout]) {
    self.prompt = prompt
    self.rollouts = rollouts
  }
}
