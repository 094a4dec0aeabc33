public import Core

/// How an interval is written as tokens, and read back.
public protocol WindowCodec: Sendable {
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

  /// The tokens that name times or stretches, where there is one for each: what a decoder can point at frames with.
  var timeTokens: TimeTokens? { get }
}

extension WindowCodec {
  /// None.
  public var timeTokens: TimeTokens? { nil }

  /// The grounding task, written by this codec in its own words.
  public var answers: AnswerCodec { AnswerCodec(GroundingTask(self), tokenizer: vocabulary) }
}
