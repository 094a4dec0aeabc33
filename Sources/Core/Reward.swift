/// How good an answer is.
public struct Reward: Sendable, Hashable, Codable {
  /// What is to be maximised.
  public var total: Double

  /// The parts it was made of, by name, before weighting.
  public var terms: [String: Double]

  /// Whether the response could be read as an answer at all.
  public var parsed: Bool

  /// A judgement of one answer.
  public init(total: Double, terms: [String: Double], parsed: Bool) {
    self.total = total
    self.terms = terms
    self.parsed = parsed
  }
}

/// Says how good answers are.
///
/// Takes and returns whole batches.
public protocol RewardFunction: Sendable {
  /// Judges the answers to each prompt.
  ///
  /// - Returns: One reward an answer, in the order of `groups` and of their rollouts.
  func rewards(_ groups: [RolloutGroup]) async throws -> [[Reward]]

  /// What judging takes, in floating-point operations, for the ledger.
  func flops(of groups: [RolloutGroup]) throws -> Double
}

extension RewardFunction {
  /// None: comparing an answer with the right one takes no operations worth counting.
  public func flops(of groups: [RolloutGroup]) throws -> Double { 0 }
}

/// The task's own quality of an answer, 0 … 1, as its reward.
package struct QualityReward: RewardFunction {
  private let codec: AnswerCodec

  /// A reward for answers that are read by `codec`.
  package init(codec: AnswerCodec) { self.codec = codec }

  /// Judges the answers to each prompt.
  package func rewards(_ groups: [RolloutGroup]) async throws -> [[Reward]] {
    let (answers, qualities) = try await codec.judged(groups)
    return zip(answers, qualities).map { answers, qualities in
      zip(answers, qualities).map { answer, quality in
        Reward(total: quality, terms: ["quality": quality], parsed: answer != nil)
      }
    }
  }
}
