internal import Core
internal import Tokenizers

extension GenerationRequest {
  private static let keys =
    shared + ["messages", "max_tokens", "max_completion_tokens", "logprobs", "top_logprobs"]

  /// Tokens of an answer where a conversation does not say how many.
  private static let usualMaximum = 512

  /// Reads the body of a request to `/v1/chat/completions`.
  ///
  /// - Throws: `ServiceRefusal` with what is wrong with it, or that the model knows no conversations.
  init(chat body: [UInt8], for model: ServedModel) throws {
    guard model.converses else {
      throw ServiceRefusal(
        status: 404, "The model '\(model.name)' has no template for conversations.",
        "Ask /v1/completions, or serve it with --template.")
    }
    var fields = try RequestFields(body, known: Self.keys)
    try model.requireName(fields.text("model"))
    prompts = []
    maximum = 0
    try take(&fields)
    let longest = [
      try fields.integer("max_completion_tokens", 1...model.positions),
      try fields.integer("max_tokens", 1...model.positions),
    ].compactMap(\.self).min()
    likeliest = try Self.likeliest(&fields)
    let messages = fields.take("messages")
    try fields.requireNeutral(Self.neutral)
    try fields.finish()
    conversation = try Self.turns(messages, for: model)
    maximum = longest ?? 0
    guard model.reader == nil else { return }
    try take(conversation.map(\.message), model)
  }

  /// Writes a conversation of texts as a prompt.
  private mutating func take(_ messages: [ChatMessage], _ model: ServedModel) throws {
    guard let template = model.template else { return }
    conversation = []
    prompts = [try model.tokens(of: template.text(of: messages, ending: .open))]
    try close(for: model)
  }

  /// Says how long the answer may be where the client has not, and checks all.
  mutating func close(for model: ServedModel) throws {
    let room = model.positions - (prompts.first?.count ?? 0)
    if maximum == 0 { maximum = max(1, min(room, Self.usualMaximum)) }
    try check(for: model)
  }

  /// How many likely tokens are wanted at each position: `logprobs` asks for the drawn ones, `top_logprobs` for more.
  private static func likeliest(_ fields: inout RequestFields) throws -> Int? {
    let isWanted = try fields.flag("logprobs")
    let count = try fields.integer("top_logprobs", 0...20)
    guard isWanted || (count ?? 0) == 0 else {
      throw ServiceRefusal(
        key: "top_logprobs", "'top_logprobs' are asked for, but 'logprobs' is not true.",
        "Send 'logprobs': true with them.")
    }
    return isWanted ? count ?? 0 : nil
  }

  /// What a conversation may ask for elsewhere, at the values that ask for nothing.
  private static let neutral: [String: @Sendable (JSONValue) -> Bool] = [
    "tools": { $0.isEmpty }, "tool_choice": { $0.text == "none" },
    "response_format": { _ in false }, "modalities": { _ in false },
  ]

  private static func turns(
    _ value: JSONValue?, for model: ServedModel
  ) throws -> [ShownTurn] {
    guard case .list(let values)? = value, (1...4096).contains(values.count) else {
      throw ServiceRefusal(
        key: "messages", "'messages' is no list of turns.", "Send at least one {role, content}.")
    }
    let turns = try values.map { value in
      var fields = try RequestFields(value, known: ["role", "content"], what: "A turn")
      let role = try fields.text("role")
      guard ["system", "developer", "user", "assistant"].contains(role) else {
        throw ServiceRefusal(
          key: "messages", "A turn is of '\(role.prefix(60))'.",
          "Turns are of system, user or assistant.")
      }
      let parts = try ShownTurn.parts(&fields, seesPictures: model.reader != nil)
      fields.passOver("name")
      try fields.finish()
      return ShownTurn(role: role == "developer" ? "system" : role, parts: parts)
    }
    let pictures = turns.reduce(0) { $0 + $1.pictures }
    guard pictures <= ServiceLimits.pictures else {
      throw ServiceRefusal(
        key: "messages", "A conversation shows \(pictures) pictures.",
        "Show at most \(ServiceLimits.pictures).")
    }
    return turns
  }
}
