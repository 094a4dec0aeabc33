internal import Core

/// How many tokens were read and written.
struct UsageBody: Encodable {
  var prompt_tokens: Int
  var completion_tokens: Int
  var total_tokens: Int

  init(_ request: GenerationRequest, _ answers: [AnsweredPrompt]) {
    prompt_tokens = request.prompts.reduce(0) { $0 + $1.count }
    completion_tokens = answers.flatMap(\.answers).reduce(0) { $0 + $1.tokens.count }
    total_tokens = prompt_tokens + completion_tokens
  }
}

/// The answer to a request: choices, and what is the same whichever way it was asked.
///
/// `id` follows from the request and `created` is 0, so that the same request has the same bytes.
struct AnswerBody<Choice: Encodable>: Encodable {
  var id: String
  var object: String
  var created = 0
  var model: String
  var choices: [Choice]
  var usage: UsageBody
  var system_fingerprint: String
}

/// One answer to a request to `/v1/completions`.
struct CompletionChoice: Encodable {
  var index: Int
  var text: String
  var logprobs: LogProbabilityLists?
  var finish_reason: GeneratedAnswer.Finish
}

/// One answer to a request to `/v1/chat/completions`.
struct ChatChoice: Encodable {
  struct Message: Encodable {
    var role = "assistant"
    var content: String
  }

  var index: Int
  var message: Message
  var logprobs: ChatLogProbabilities?
  var finish_reason: GeneratedAnswer.Finish
}

extension AnswerBody {
  private init(
    _ kind: (id: String, object: String), _ request: GenerationRequest,
    _ answers: [AnsweredPrompt], by model: ServedModel, digest: String, choices: [Choice]
  ) {
    id = kind.id + digest
    object = kind.object
    self.model = model.name
    self.choices = choices
    usage = UsageBody(request, answers)
    system_fingerprint = model.fingerprint
  }
}

extension AnswerBody<CompletionChoice> {
  /// The answer to a request to `/v1/completions`.
  init(
    completing request: GenerationRequest, _ answers: [AnsweredPrompt], by model: ServedModel,
    digest: String
  ) {
    let all = zip(request.prompts, answers).flatMap { prompt, own in
      own.answers.map { (prompt, own, $0) }
    }
    let choices = all.enumerated().map { index, parts in
      let (prompt, own, answer) = parts
      return CompletionChoice(
        index: index,
        text: (request.echoes ? model.tokenizer.decode(prompt) : "") + answer.text,
        logprobs: LogProbabilityLists(of: answer, to: prompt, own, request, model),
        finish_reason: answer.finish)
    }
    self.init(
      ("cmpl-", "text_completion"), request, answers, by: model, digest: digest, choices: choices)
  }
}

extension LogProbabilityLists {
  /// What is wanted of an answer, and of the prompt where it is said again; `nil` where nothing is.
  init?(
    of answer: GeneratedAnswer, to prompt: [Token], _ own: AnsweredPrompt,
    _ request: GenerationRequest, _ model: ServedModel
  ) {
    guard let likeliest = request.likeliest else { return nil }
    self.init(
      of: [(request.echoes ? prompt : [], own.score), (answer.tokens, answer.score)],
      likeliest: likeliest,
      name: { request.namesNumbers ? "token_id:\($0)" : model.tokenizer.word($0) })
  }
}

extension AnswerBody<ChatChoice> {
  /// The answer to a request to `/v1/chat/completions`.
  init(
    chatting request: GenerationRequest, _ answers: [AnsweredPrompt], by model: ServedModel,
    digest: String
  ) {
    let choices = answers.flatMap(\.answers).enumerated().map { index, answer in
      ChatChoice(
        index: index, message: .init(content: answer.text),
        logprobs: ChatLogProbabilities(of: answer, request, model), finish_reason: answer.finish)
    }
    self.init(
      ("chatcmpl-", "chat.completion"), request, answers, by: model, digest: digest,
      choices: choices)
  }
}

/// Log-probabilities in four lists, one entry a token.
struct LogProbabilityLists: Encodable {
  var tokens: [String]
  var token_logprobs: [Float?]
  var top_logprobs: [[String: Float]?]?
  var text_offset: [Int]

  /// The lists of tokens, part by part; of those at the beginning of a part there is no score where nothing stands before.
  init(
    of parts: [(tokens: [Token], score: TeacherScore?)], likeliest: Int, name: (Token) -> String
  ) {
    func padded<Value>(_ values: [Value?], of count: Int) -> [Value?] {
      Array(repeating: nil, count: count - values.count) + values
    }
    tokens = parts.flatMap { $0.tokens.map(name) }
    // What is no number has no place in JSON; whoever reads it must not take it for one.
    token_logprobs = parts.flatMap { tokens, score in
      padded((score?.sampled ?? []).map { $0.isFinite ? $0 : nil }, of: tokens.count)
    }
    if likeliest > 0 {
      top_logprobs = parts.flatMap { tokens, score in
        padded((score?.top ?? []).map { Self.table(of: $0, name) }, of: tokens.count)
      }
    }
    var offset = 0
    text_offset = tokens.map { token in
      defer { offset += token.unicodeScalars.count }
      return offset
    }
  }
}

extension LogProbabilityLists {
  private static func table(of top: [ScoredToken], _ name: (Token) -> String) -> [String: Float] {
    let finite = top.filter(\.logProbability.isFinite)
    return Dictionary(finite.map { (name($0.token), $0.logProbability) }) { max($0, $1) }
  }
}

/// The models that there are.
struct ModelsBody: Encodable {
  struct Model: Encodable {
    var id: String
    var object = "model"
    var created = 0
    var owned_by = "opd"
  }

  var object = "list"
  var data: [Model]
}

/// That the service is there, and how much it has to do.
struct HealthBody: Encodable {
  var status = "ok"
  var computing: Int
  var waiting: Int
}

/// The tokens of a text.
struct TokensBody: Encodable {
  var tokens: [Token]
  var count: Int
  var max_model_len: Int
}
