internal import Core
internal import Tokenizers

extension GenerationRequest {
  private static let keys = shared + ["messages", "max_tokens", "max_completion_tokens"]

  /// Tokens of an answer where a conversation does not say how many.
  private static let usualMaximum = 512

  /// Reads the body of a request to `/v1/chat/completions`.
  ///
  /// - Throws: `ServiceRefusal` with what is wrong with it, or that the model knows no conversations.
  init(chat body: [UInt8], for model: ServedModel) throws {
    guard let template = model.template else {
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
    let messages = fields.take("messages")
    try fields.requireNeutral(Self.neutral)
    try fields.finish()
    let text = try template.text(of: Self.messages(messages), ending: .open)
    prompts = [try model.tokens(of: text)]
    let room = model.positions - prompts[0].count
    maximum = longest ?? max(1, min(room, Self.usualMaximum))
    try check(for: model)
  }

  /// What a conversation may ask for elsewhere, at the values that ask for nothing.
  private static let neutral: [String: @Sendable (JSONValue) -> Bool] = [
    "logprobs": { $0.boolean == false }, "top_logprobs": { $0.integer == 0 },
    "tools": { $0.isEmpty }, "tool_choice": { $0.text == "none" },
    "response_format": { _ in false }, "modalities": { _ in false },
  ]

  private static func messages(_ value: JSONValue?) throws -> [ChatMessage] {
    guard case .list(let values)? = value, (1...4096).contains(values.count) else {
      throw ServiceRefusal(
        key: "messages", "'messages' is no list of turns.", "Send at least one {role, content}.")
    }
    return try values.map { value in
      var fields = try RequestFields(value, known: ["role", "content"], what: "A turn")
      let role = try fields.text("role")
      guard ["system", "developer", "user", "assistant"].contains(role) else {
        throw ServiceRefusal(
          key: "messages", "A turn is of '\(role.prefix(60))'.",
          "Turns are of system, user or assistant.")
      }
      let content = try content(&fields)
      fields.passOver("name")
      try fields.finish()
      return ChatMessage(role: role == "developer" ? "system" : role, content: content)
    }
  }

  /// A text, or parts that are texts.
  private static func content(_ fields: inout RequestFields) throws -> String {
    guard let value = fields.take("content") else { return try fields.text("content") }
    if let text = value.text { return text }
    guard case .list(let parts) = value else {
      throw fields.refusal("content", value, "a text, or a list of parts of type text")
    }
    return try parts.map { part in
      var own = try RequestFields(part, known: ["type", "text"], what: "A part of a turn")
      let kind = try own.text("type")
      guard kind == "text" else {
        throw ServiceRefusal(
          key: "messages", "A turn has a part of type '\(kind.prefix(60))'.", "Send texts alone.")
      }
      let text = try own.text("text")
      try own.finish()
      return text
    }.joined()
  }
}
