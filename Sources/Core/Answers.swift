/// How an interval is written as tokens, and read back.
public protocol AnswerCodec: Sendable {
  /// The vocabulary in which answers are written.
  var vocabulary: Vocabulary { get }

  /// The most tokens an answer can have, the end token included.
  var maximumLength: Int { get }

  /// The tokens of an answer, the end token last.
  ///
  /// - Parameters:
  ///   - interval: The answer in seconds; it is rounded to what can be written.
  ///   - duration: The length of the video in seconds.
  /// - Returns: The tokens, the end token last.
  func encode(_ interval: Interval, duration: Double) -> [Token]

  /// The interval that a response says, or `nil` if it says none. It may be improper (start ≥ end).
  func decode(_ tokens: [Token], duration: Double) -> Interval?

  /// Every interval that can be written for a video of this length: the answer grid, each once, start < end.
  func grid(duration: Double) -> [Interval]
}

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
}

/// Answers questions directly: what a curriculum asks of a teacher before it trusts its word on a prompt.
public protocol IntervalPredictor: Sendable {
  /// The best `count` answers to each prompt, best first; fewer where there are no more.
  func predictions(for prompts: [Prompt], count: Int) async throws -> [[ScoredInterval]]

  /// Floating-point operations of answering these prompts; a table or an oracle takes none.
  func predictionFlops(for prompts: [Prompt]) -> Double
}

extension IntervalPredictor {
  /// None: looking an answer up takes no operations worth counting.
  public func predictionFlops(for prompts: [Prompt]) -> Double { 0 }
}
