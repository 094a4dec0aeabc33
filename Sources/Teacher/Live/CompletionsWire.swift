#if LiveTeachers
import Foundation

/// What is sent to `/v1/completions`.
struct CompletionsRequest: Encodable, Sendable {
  /// Text, or tokens of the server.
  enum Input: Encodable, Sendable, Hashable {
    case text(String)
    case tokens([Int])
    /// A conversation with pictures, which goes to another address.
    case chat(ChatTurn)

    func encode(to encoder: any Encoder) throws {
      var container = encoder.singleValueContainer()
      switch self {
      case .text(let text): try container.encode(text)
      case .tokens(let tokens): try container.encode(tokens)
      case .chat(let turn): preconditionFailure("'\(turn.answer)' is no input of a completion.")
      }
    }
  }

  var model: String
  var prompt: Input
  var maxTokens: Int
  var temperature: Double
  var logprobs: Int?
  var promptLogprobs: Int?
  var echo: Bool?

  /// vLLM then writes tokens as `token_id:17`; others ignore it.
  var returnTokensAsTokenIDs: Bool
  var stream = false

  enum CodingKeys: String, CodingKey {
    case model, prompt, temperature, logprobs, echo, stream
    case maxTokens = "max_tokens"
    case promptLogprobs = "prompt_logprobs"
    case returnTokensAsTokenIDs = "return_tokens_as_token_ids"
  }
}

extension CompletionsRequest.Input {
  /// Whether it is tokens.
  var isTokens: Bool {
    if case .tokens = self { return true }
    return false
  }

  /// The conversation, if it is one.
  var turn: ChatTurn? {
    if case .chat(let turn) = self { return turn }
    return nil
  }

  /// How many tokens it has; `nil` for a text and for a conversation.
  var count: Int? {
    if case .tokens(let tokens) = self { return tokens.count }
    return nil
  }
}

/// What comes back.
struct CompletionsAnswer: Decodable, Sendable {
  struct Choice: Decodable, Sendable {
    var text: String?
    var logprobs: Logprobs?
    var promptLogprobs: [[String: PromptLogprob]?]?

    enum CodingKeys: String, CodingKey {
      case text, logprobs
      case promptLogprobs = "prompt_logprobs"
    }
  }

  struct Logprobs: Decodable, Sendable {
    var tokens: [String]?
    var tokenLogprobs: [Double?]?
    var topLogprobs: [[String: Double?]?]?

    enum CodingKeys: String, CodingKey {
      case tokens
      case tokenLogprobs = "token_logprobs"
      case topLogprobs = "top_logprobs"
    }
  }

  struct PromptLogprob: Decodable, Sendable {
    var logprob: Double?
    var decodedToken: String?

    enum CodingKeys: String, CodingKey {
      case logprob
      case decodedToken = "decoded_token"
    }
  }

  struct Usage: Decodable, Sendable {
    var promptTokens: Int?
    var completionTokens: Int?

    enum CodingKeys: String, CodingKey {
      case promptTokens = "prompt_tokens"
      case completionTokens = "completion_tokens"
    }
  }

  /// More tokens than any request has; sums of a million such counts are far from overflowing.
  static let mostTokens = 1 << 31

  var choices: [Choice]
  var usage: Usage?
  var systemFingerprint: String?

  enum CodingKeys: String, CodingKey {
    case choices, usage
    case systemFingerprint = "system_fingerprint"
  }
}

/// A token as a server names it.
enum ServerToken: Hashable, Sendable, CustomStringConvertible {
  case id(Int)
  case text(String)

  /// Reads `token_id:17` as a number, anything else as text.
  init(_ name: String) {
    let prefix = "token_id:"
    if name.hasPrefix(prefix), let id = Int(name.dropFirst(prefix.count)) {
      self = .id(id)
    } else {
      self = .text(name)
    }
  }

  var description: String {
    switch self {
    case .id(let id): "\(id)"
    case .text(let text): text
    }
  }
}

/// What a server says of one token it was sent or generated.
struct ServerScore: Sendable, Hashable {
  /// Which token it says it scored.
  var token: ServerToken

  /// How the server reads it, if it says so.
  var text: String?

  /// Its log-probability, nats; `nil` where there is none, as for the first token.
  var logProbability: Double?

  /// The likeliest tokens at its position, likeliest first.
  var top: [Alternative]

  /// A token with its log-probability.
  struct Alternative: Sendable, Hashable {
    var token: ServerToken
    var logProbability: Double
  }
}
#endif
