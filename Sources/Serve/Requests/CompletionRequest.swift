internal import Core
internal import Tokenizers

extension GenerationRequest {
  private static let keys =
    shared + ["prompt", "max_tokens", "logprobs", "echo", "return_tokens_as_token_ids"]

  /// Reads the body of a request to `/v1/completions`.
  ///
  /// - Throws: `ServiceRefusal` with what is wrong with it.
  init(completion body: [UInt8], for model: ServedModel) throws {
    var fields = try RequestFields(body, known: Self.keys)
    try model.requireName(fields.text("model"))
    prompts = []
    maximum = try fields.integer("max_tokens", 0...model.positions) ?? 16
    try take(&fields)
    likeliest = try fields.integer("logprobs", 0...ServiceLimits.likeliest)
    echoes = try fields.flag("echo")
    namesNumbers = try fields.flag("return_tokens_as_token_ids")
    let prompt = fields.take("prompt")
    let choices = choices
    try fields.requireNeutral([
      "suffix": { $0.isEmpty }, "best_of": { $0.integer == choices },
      "prompt_logprobs": { _ in false },
    ])
    try fields.finish()
    guard let prompt else {
      throw ServiceRefusal(key: "prompt", "The key 'prompt' is missing.", "Send it.")
    }
    prompts = try Self.prompts(prompt, model)
    try check(for: model)
  }

  /// A text, tokens, or a list of either.
  private static func prompts(_ value: JSONValue, _ model: ServedModel) throws -> [[Token]] {
    guard case .list(let values) = value else { return [try tokens(value, model)] }
    // A list of numbers is one prompt; more lists or texts than answers may be asked for need not be read.
    guard let first = values.first, first.integer == nil else { return [try tokens(value, model)] }
    return try values.prefix(ServiceLimits.choices + 1).map { try tokens($0, model) }
  }

  private static func tokens(_ value: JSONValue, _ model: ServedModel) throws -> [Token] {
    switch value {
    case .text(let text):
      do {
        return try model.tokens(of: text)
      } catch let error as any ExplainedError {
        throw ServiceRefusal(key: "prompt", error.happened, "Write it in the model's words.")
      }
    case .list(let values):
      let tokens = values.compactMap(\.integer)
      guard tokens.count == values.count else { fallthrough }
      return tokens
    default:
      throw ServiceRefusal(
        key: "prompt", "A prompt is \(value.kind).", "Send a text, or a list of whole numbers.")
    }
  }
}

extension ServedModel {
  /// Refuses another model's name.
  func requireName(_ asked: String) throws {
    guard asked != name else { return }
    throw ServiceRefusal(
      status: 404, key: "model", "There is no model '\(asked.prefix(100))' here.",
      "There is '\(name)'.")
  }
}
