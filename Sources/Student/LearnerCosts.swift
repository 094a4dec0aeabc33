/// What a learner elsewhere has cost, by what its tokens were for.
public struct LearnerCosts: Sendable, Hashable, Codable {
  /// Requests that were answered.
  public var requests = 0
  /// Tokens of prompts that were read before sampling.
  public var promptTokens = 0
  /// Tokens that were sampled, evaluations included.
  public var sampledTokens = 0
  /// Tokens of one forward pass, prompts included, once a target of a position.
  public var scoredTokens = 0
  /// Tokens of forward and backward passes, counted likewise.
  public var trainedTokens = 0
  /// What that cost at the configured prices.
  public var price = 0.0

  /// Nothing yet.
  public init() {}

  /// Both together.
  public static func + (first: LearnerCosts, second: LearnerCosts) -> LearnerCosts {
    var sum = first
    sum.requests += second.requests
    sum.promptTokens += second.promptTokens
    sum.sampledTokens += second.sampledTokens
    sum.scoredTokens += second.scoredTokens
    sum.trainedTokens += second.trainedTokens
    sum.price += second.price
    return sum
  }
}
