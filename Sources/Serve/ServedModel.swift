package import Core
package import Networks
package import Student
package import Tokenizers

/// A language model that is asked over HTTP: it reads and writes tokens, and knows how likely it finds each.
package struct ServedModel: Sendable {
  /// What clients call it.
  package let name: String
  /// A digest of its weights and tokenizer, so that clients may remember its words.
  package let fingerprint: String
  /// The most tokens of a prompt and its answer together.
  package let positions: Int
  /// Floating-point operations that its training took; 0 where nobody knows.
  package let trainingFlops: Double
  /// How conversations become texts; `nil` for a model that knows none.
  package let template: PromptTemplate?
  /// Who looks at pictures; `nil` for a model that sees none.
  package let reader: PictureReader?
  let policy: DecoderPolicy
  private let reading: @Sendable (String) throws -> [Token]

  /// A model.
  ///
  /// - Parameters:
  ///   - name: What clients call it.
  ///   - policy: Its weights; it reads a prompt's tokens as they are.
  ///   - fingerprint: A digest of its weights.
  ///   - positions: The most tokens of a prompt and its answer together.
  ///   - trainingFlops: Floating-point operations that its training took.
  ///   - template: How conversations become texts.
  ///   - reader: Who looks at pictures and writes conversations in which they are shown; its weights are the policy's.
  ///   - reading: A text as tokens; as the tokenizer reads it if left out.
  package init(
    _ name: String, _ policy: DecoderPolicy, fingerprint: String, positions: Int,
    trainingFlops: Double = 0, template: PromptTemplate? = nil, reader: PictureReader? = nil,
    reading: (@Sendable (String) throws -> [Token])? = nil
  ) {
    self.name = name
    self.policy = policy
    let tokenizer = policy.tokenizer
    self.fingerprint = "opd-" + ContentHash.of([fingerprint, tokenizer.fingerprint]).prefix(16)
    self.positions = positions
    self.trainingFlops = trainingFlops
    self.template = template
    self.reader = reader
    self.reading = reading ?? { try tokenizer.encode($0) }
  }

  /// What a token costs, in floating-point operations: for the ledger of a run whose teacher it is.
  package var flopsPerToken: Double { policy.flopsPerToken }

  var tokenizer: any Tokenizer { policy.tokenizer }

  /// Whether it takes part in conversations.
  var converses: Bool { template != nil || reader != nil }

  /// A text as tokens.
  ///
  /// - Throws: `ExplainedError` for text that cannot be written in the model's tokens.
  func tokens(of text: String) throws -> [Token] { try reading(text) }

  /// Tokens as the model is asked with them.
  static func prompt(_ tokens: [Token]) -> Prompt {
    Prompt(id: "request", video: "request", query: "", tokens: tokens, evidence: .none, truth: [])
  }
}
