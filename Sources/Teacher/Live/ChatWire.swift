#if LiveTeachers
import Foundation

/// A question with pictures, and as much of its answer as is given.
struct ChatTurn: Sendable, Hashable {
  /// What the user's turn is made of, in order.
  enum Part: Sendable, Hashable {
    case text(String)
    /// A picture by a `data:` address.
    case picture(String)
  }

  var parts: [Part]
  /// What the answer says so far.
  var answer = ""
  /// The server's tokens of the answer, where they are known: it may write a text in others.
  var tokens: [Int] = []
  /// How the end of the answer is written, where it has ended; the server's template writes it.
  var end: ServerToken?

  /// The same with other pictures.
  func seeing(_ picture: String) -> ChatTurn {
    var turn = self
    turn.parts = parts.map { if case .picture = $0 { .picture(picture) } else { $0 } }
    return turn
  }

  /// A JPEG file as an address.
  static func address(ofJPEG bytes: [UInt8]) -> String {
    "data:image/jpeg;base64," + Data(bytes).base64EncodedString()
  }

  /// A grey PNG file of 64 x 64 pixels.
  static let grey =
    "data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAEAAAABACAAAAACPAi4CAAAAK0lEQVR42u3MMREAAAgEoNfkRjeEmwcBqMlNRyAQCAQCgUAgEAgEAsHzYAFAdAEArKmlZAAAAABJRU5ErkJggg=="
}

/// What is sent to `/v1/chat/completions`: vLLM's names for what OpenAI has none for.
struct ChatRequest: Encodable, Sendable {
  var model: String
  var turn: ChatTurn
  var maxTokens: Int
  var temperature: Double
  /// How many of the likeliest tokens are wanted with each token that is written; none at all if `nil`.
  var topLogprobs: Int?
  var promptLogprobs: Int?
  /// Tokens by their numbers.
  var numbered: Bool

  func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: Key.self)
    try container.encode(model, forKey: "model")
    let isOpen = turn.answer.isEmpty && turn.end == nil
    try container.encode(
      [Message(role: "user", content: .parts(turn.parts))]
        + (isOpen ? [] : [Message(role: "assistant", content: .text(turn.answer))]),
      forKey: "messages")
    // The template opens the answer, the answer is gone on with, or the template closes it.
    try container.encode(isOpen, forKey: "add_generation_prompt")
    try container.encode(!isOpen && turn.end == nil, forKey: "continue_final_message")
    try container.encode(maxTokens, forKey: "max_tokens")
    try container.encode(temperature, forKey: "temperature")
    try container.encode(topLogprobs != nil, forKey: "logprobs")
    try container.encodeIfPresent(topLogprobs, forKey: "top_logprobs")
    try container.encodeIfPresent(promptLogprobs, forKey: "prompt_logprobs")
    try container.encode(promptLogprobs != nil, forKey: "return_token_ids")
    try container.encode(numbered, forKey: "return_tokens_as_token_ids")
    try container.encode(false, forKey: "stream")
  }

  private struct Key: CodingKey, ExpressibleByStringLiteral {
    let stringValue: String
    let intValue: Int? = nil
    init(stringLiteral value: String) { stringValue = value }
    init(stringValue value: String) { stringValue = value }
    init?(intValue: Int) { nil }
  }

  private struct Message: Encodable {
    enum Content: Encodable {
      case text(String)
      case parts([ChatTurn.Part])

      func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        switch self {
        case .text(let text): try container.encode(text)
        case .parts(let parts): try container.encode(parts.map(Part.init))
        }
      }
    }

    struct Part: Encodable {
      struct Address: Encodable { var url: String }
      var type: String
      var text: String?
      var image_url: Address?

      init(_ part: ChatTurn.Part) {
        switch part {
        case .text(let text): (type, self.text) = ("text", text)
        case .picture(let url): (type, image_url) = ("image_url", Address(url: url))
        }
      }
    }

    var role: String
    var content: Content
  }
}

/// What comes back.
struct ChatAnswer: Decodable, Sendable {
  struct Choice: Decodable, Sendable {
    struct Logprobs: Decodable, Sendable { var content: [Written]? }
    var logprobs: Logprobs?
  }

  struct Written: Decodable, Sendable {
    struct Alternative: Decodable, Sendable {
      var token: String
      var logprob: Double?
    }

    var token: String
    var logprob: Double?
    /// The token's text.
    var bytes: [UInt8]?
    var topLogprobs: [Alternative]?

    enum CodingKeys: String, CodingKey {
      case token, logprob, bytes
      case topLogprobs = "top_logprobs"
    }
  }

  var choices: [Choice]
  var usage: CompletionsAnswer.Usage?
  var systemFingerprint: String?
  var promptTokenIDs: [Int]?
  var promptLogprobs: [[String: CompletionsAnswer.PromptLogprob]?]?

  enum CodingKeys: String, CodingKey {
    case choices, usage
    case systemFingerprint = "system_fingerprint"
    case promptTokenIDs = "prompt_token_ids"
    case promptLogprobs = "prompt_logprobs"
  }
}
#endif
