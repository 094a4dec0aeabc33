/// What can be said to a prompt: each task brings its own type, such as a stretch of time or one of several options.
///
/// Its coded form is what logs hold.
public protocol Answer: Sendable, Hashable, Codable {
  /// The answer for people.
  var text: String { get }
}

extension Answer {
  /// Whether another answer says the same; never, of another type.
  public func isEqual(to other: any Answer) -> Bool { (other as? Self) == self }
}

/// An answer with the confidence of whoever gave it.
public struct ScoredAnswer: Sendable {
  /// What was answered.
  public var answer: any Answer

  /// How sure they are; larger is surer.
  public var confidence: Double

  /// An answer with a confidence.
  public init(_ answer: any Answer, confidence: Double) {
    self.answer = answer
    self.confidence = confidence
  }
}

/// Answers questions directly: what a curriculum asks of a teacher before it trusts its word on a prompt.
public protocol AnswerPredictor: Sendable {
  /// The best `count` answers to each prompt, best first; fewer where there are no more.
  func predictions(for prompts: [Prompt], count: Int) async throws -> [[ScoredAnswer]]

  /// Floating-point operations of answering these prompts; a table or an oracle takes none.
  func predictionFlops(for prompts: [Prompt]) -> Double
}

extension AnswerPredictor {
  /// None: looking an answer up takes no operations worth counting.
  public func predictionFlops(for prompts: [Prompt]) -> Double { 0 }
}
