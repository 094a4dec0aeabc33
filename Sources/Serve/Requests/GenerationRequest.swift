internal import Core
internal import Networks
internal import Tokenizers

/// What a client asks of a model, whichever way it said so.
struct GenerationRequest: Sendable, Hashable {
  /// What has been said, one or more of them; none is empty.
  var prompts: [[Token]]
  /// Answers to each.
  var choices = 1
  /// How answers are drawn.
  var temperature = 1.0
  /// Which tokens may be drawn; all if `nil`.
  var filter: SamplingFilter?
  /// The most tokens of an answer; 0 for none.
  var maximum: Int
  /// From which answers are drawn.
  var seed = Seed(0)
  /// Texts at which answers end; they are no part of them.
  var stops: [String] = []
  /// Whether the prompt is said again before the answer.
  var echoes = false
  /// The likeliest tokens wanted at each position; `nil` for no log-probabilities.
  var likeliest: Int?
  /// How many tokens of an echoed prompt were the question, where the client says so.
  var context: Int?
  /// Whether tokens are called by their numbers, `token_id:17`.
  var namesNumbers = false
  /// Whether answers are sent piece by piece as they grow, and whether a last piece counts their tokens.
  var stream: Stream?
  /// A conversation whose pictures have not been looked at yet.
  var conversation: [ShownTurn] = []
  /// The only prompt with the rows of its pictures.
  var rows: PromptRows?

  /// How answers are sent piece by piece.
  struct Stream: Sendable, Hashable {
    /// Whether the last piece says how many tokens were read and written.
    var countsTokens: Bool
  }

  /// The sampling keys that both kinds of requests share.
  static let shared = [
    "model", "temperature", "top_k", "top_p", "min_p", "seed", "stop", "n", "stream",
    "stream_options",
  ]

  /// Takes the keys that both kinds of requests share.
  mutating func take(_ fields: inout RequestFields) throws {
    temperature = try fields.number("temperature", 0...2) ?? 1
    // Below, logits divided by it may be no numbers any more.
    guard temperature == 0 || temperature >= 0.01 else {
      throw ServiceRefusal(
        key: "temperature", "'temperature' is \(temperature).", "Send 0, or 0.01 to 2.")
    }
    filter = try Self.filter(&fields)
    seed = Seed(UInt64(try fields.integer("seed", 0...Int.max) ?? 0))
    stops = try fields.stops()
    choices = try fields.integer("n", 1...16) ?? 1
    fields.passOver(
      "user", "metadata", "store", "service_tier", "safety_identifier", "prompt_cache_key")
    stream = try Stream(&fields)
    try fields.requireNeutral([
      "frequency_penalty": { $0.number == 0 }, "presence_penalty": { $0.number == 0 },
      "logit_bias": { $0.isEmpty },
    ])
  }

  /// The keys that leave tokens out; vLLM's and OpenAI's ways to leave out none are none.
  private static func filter(_ fields: inout RequestFields) throws -> SamplingFilter? {
    let most = try fields.integer("top_k", -1...Int.max) ?? 0
    let share = try fields.number("top_p", 0...1) ?? 1
    let least = try fields.number("min_p", 0...1) ?? 0
    return SamplingFilter(
      topK: most > 0 ? most : nil, topP: share < 1 ? share : nil, minP: least > 0 ? least : nil)
  }

  /// Refuses what the model has no positions for, and tokens that it does not have.
  func check(for model: ServedModel) throws {
    guard prompts.count * choices <= ServiceLimits.choices else {
      throw ServiceRefusal(
        key: "n", "The request asks for \(prompts.count * choices) answers.",
        "Ask for at most \(ServiceLimits.choices) at a time.")
    }
    for prompt in prompts {
      guard !prompt.isEmpty else {
        throw ServiceRefusal(key: "prompt", "A prompt is empty.", "Begin it with a token.")
      }
      if let token = prompt.first(where: { !model.tokenizer.contains($0) }) {
        throw ServiceRefusal(
          key: "prompt", "The model has no token \(token).",
          "Its tokens are 0 to \(model.tokenizer.count - 1).")
      }
      guard prompt.count + maximum <= model.positions else {
        throw ServiceRefusal(
          key: "prompt",
          "A prompt of \(prompt.count) tokens and an answer of \(maximum) do not fit.",
          "Both together may have \(model.positions).")
      }
    }
  }
}

extension GenerationRequest.Stream {
  /// What `stream` and `stream_options` say; `nil` where the answer is wanted whole.
  init?(_ fields: inout RequestFields) throws {
    let isWanted = try fields.flag("stream")
    let options = fields.take("stream_options")
    guard isWanted else {
      guard options == nil else {
        throw ServiceRefusal(
          key: "stream_options", "'stream_options' are set, but 'stream' is not.",
          "Send 'stream': true, or leave them out.")
      }
      return nil
    }
    countsTokens = false
    guard let options else { return }
    var own = try RequestFields(options, known: ["include_usage"], what: "'stream_options'")
    countsTokens = try own.flag("include_usage")
    try own.finish()
  }
}

extension JSONValue {
  /// A finite number, whole or not.
  var number: Double? {
    guard case .number(let digits) = self, let number = Double(digits) else { return nil }
    return number.isFinite ? number : nil
  }

  /// Whether it is a list or an object without anything in it, or an empty text.
  var isEmpty: Bool {
    switch self {
    case .list(let values): values.isEmpty
    case .object(let members): members.isEmpty
    case .text(let text): text.isEmpty
    default: false
    }
  }
}
