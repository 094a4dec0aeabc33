public import Core

/// A prompt with responses that a teacher is to score.
public struct ScoringRequest: Sendable {
  /// The question; the teacher decides which of its frames it looks at.
  public var prompt: Prompt

  /// The responses to score, each at least one token long.
  public var responses: [[Token]]

  /// A request to score `responses` to `prompt`.
  public init(prompt: Prompt, responses: [[Token]]) {
    self.prompt = prompt
    self.responses = responses
  }
}

extension ScoringRequest {
  /// Throws if a response has a token that the vocabulary lacks.
  func refuseForeignTokens(vocabularySize: Int) throws(TeacherError) {
    for response in responses {
      guard let foreign = response.first(where: { !(0..<vocabularySize).contains($0) }) else {
        continue
      }
      throw .foreignToken(prompt: prompt.id, token: foreign, vocabulary: vocabularySize)
    }
  }
}

/// Says how likely *it* finds each token of somebody else's responses.
///
/// Takes whole batches. A teacher never pads, never drops a token and never guesses: what it cannot score it throws.
public protocol TeacherScorer: Sendable {
  /// The digest of the vocabulary it scores in; must equal the student's.
  var vocabularyFingerprint: String { get }

  /// How much of the next-token distribution it can give.
  var support: TeacherSupport { get }

  /// Floating-point operations of one scored response token, for the ledger; 0 for a table.
  var flopsPerToken: Double { get }

  /// Scores every token of every response.
  ///
  /// - Parameters:
  ///   - requests: Prompts with responses.
  ///   - support: How much is needed; the teacher's own `support` covers it.
  /// - Returns: One score a response, in the order of `requests` and of their responses; log-probabilities in nats at
  ///   the teacher's own temperature.
  /// - Throws: An `ExplainedError` where a response cannot be scored.
  func score(
    _ requests: [ScoringRequest], support: TeacherSupport
  ) async throws -> [[TeacherScore]]
}
