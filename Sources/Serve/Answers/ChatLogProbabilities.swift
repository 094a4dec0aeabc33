internal import Core
internal import Tokenizers

/// Log-probabilities of an answer in a conversation, one entry a token, the one that ends it included.
struct ChatLogProbabilities: Encodable {
  /// A token with its log-probability.
  struct Entry: Encodable {
    var token: String
    var logprob: Float
    /// Its bytes, which may be a part of a character.
    var bytes: [UInt8]
  }

  /// A token that was drawn, and those that were likeliest in its place.
  struct Position: Encodable {
    var token: String
    var logprob: Float
    var bytes: [UInt8]
    var top_logprobs: [Entry]
  }

  var content: [Position]

  /// What the model says of an answer; `nil` where nobody asked.
  init?(of answer: GeneratedAnswer, _ request: GenerationRequest, _ model: ServedModel) {
    guard request.likeliest != nil else { return nil }
    let score = answer.score
    content = answer.tokens.enumerated().map { index, token in
      let own = Entry(token, score?.sampled[index] ?? -.infinity, model.tokenizer)
      let top = score?.top.map { $0[index] } ?? []
      return Position(
        token: own.token, logprob: own.logprob, bytes: own.bytes,
        top_logprobs: top.map { Entry($0.token, $0.logProbability, model.tokenizer) })
    }
  }
}

extension ChatLogProbabilities.Entry {
  /// A token; what is no number in JSON is written as OpenAI writes what is very unlikely.
  init(_ token: Token, _ logProbability: Float, _ tokenizer: any Tokenizer) {
    self.token = tokenizer.word(token)
    logprob = logProbability.isFinite ? logProbability : -9999
    let pairs = tokenizer as? BytePairTokenizer
    bytes = pairs.map { Array($0.bytes(of: token)) } ?? Array(self.token.utf8)
  }
}
