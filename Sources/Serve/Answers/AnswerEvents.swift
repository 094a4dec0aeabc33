internal import Core
internal import Foundation

/// An answer piece by piece, each an event of a stream: `data: {…}` and an empty line, at the end `data: [DONE]`.
///
/// Source: WHATWG, "HTML", §9.2 (server-sent events); the objects are OpenAI's.
struct AnswerEvents: Sendable {
  /// Which interface is spoken.
  enum Form: Sendable {
    case completion, chat
  }

  let form: Form
  let model: ServedModel
  let digest: String
  /// Whether events say that they do not count tokens.
  let countsTokens: Bool

  /// A piece of the text of an answer.
  func said(_ text: String, of answer: Int) throws -> [UInt8] {
    try event([Choice(index: answer, form: form, text: text)])
  }

  /// That an answer begins; completions say nothing then.
  func begun(_ answer: Int) throws -> [UInt8] {
    guard form == .chat else { return [] }
    return try event([Choice(index: answer, form: form, text: "", role: "assistant")])
  }

  /// The end of an answer, with what was not said of it yet.
  func ended(
    _ answer: GeneratedAnswer, _ index: Int, rest: String, lists: LogProbabilityLists?,
    entries: ChatLogProbabilities?
  ) throws -> [UInt8] {
    let isWhole = form == .completion
    var bytes: [UInt8] = []
    // A conversation's last piece says nothing but why it ends.
    if !isWhole, !rest.isEmpty || entries != nil {
      bytes += try event([Choice(index: index, form: form, text: rest, entries: entries)])
    }
    return bytes
      + (try event([
        Choice(
          index: index, form: form, text: isWhole ? rest : nil, lists: lists, finish: answer.finish)
      ]))
  }

  /// How many tokens were read and written, where that is wanted.
  func counted(_ usage: UsageBody) throws -> [UInt8] {
    countsTokens ? try event([], usage: usage) : []
  }

  /// What went wrong after answers had begun.
  func failed(_ refusal: ServiceRefusal) -> [UInt8] {
    Array("data: ".utf8) + HTTPReply(refusing: refusal).body + Array("\n\n".utf8)
  }

  /// The end of the stream.
  static let done = Array("data: [DONE]\n\n".utf8)

  private func event(_ choices: [Choice], usage: UsageBody? = nil) throws -> [UInt8] {
    let body = Body(
      id: (form == .chat ? "chatcmpl-" : "cmpl-") + digest,
      object: form == .chat ? "chat.completion.chunk" : "text_completion", model: model.name,
      system_fingerprint: model.fingerprint, choices: choices, usage: usage,
      countsTokens: countsTokens)
    return Array("data: ".utf8) + (try HTTPReply(body).body) + Array("\n\n".utf8)
  }
}

extension AnswerEvents {
  /// An event; `usage` is null where it comes in another one, and absent where nobody wants it.
  private struct Body: Encodable {
    var id: String
    var object: String
    var created = 0
    var model: String
    var system_fingerprint: String
    var choices: [Choice]
    var usage: UsageBody?
    var countsTokens: Bool

    private enum Key: String, CodingKey {
      case id, object, created, model, system_fingerprint, choices, usage
    }

    func encode(to encoder: any Encoder) throws {
      var container = encoder.container(keyedBy: Key.self)
      try container.encode(id, forKey: .id)
      try container.encode(object, forKey: .object)
      try container.encode(created, forKey: .created)
      try container.encode(model, forKey: .model)
      try container.encode(system_fingerprint, forKey: .system_fingerprint)
      try container.encode(choices, forKey: .choices)
      if countsTokens { try container.encode(usage, forKey: .usage) }
    }
  }

  /// A piece of one answer.
  ///
  /// Clients look for `finish_reason` and `logprobs` in every piece: they are null before the end.
  private struct Choice: Encodable {
    var index: Int
    var form: Form
    var text: String?
    var role: String?
    var lists: LogProbabilityLists?
    var entries: ChatLogProbabilities?
    var finish: GeneratedAnswer.Finish?

    private enum Key: String, CodingKey {
      case index, text, delta, logprobs, finish_reason, role, content
    }

    func encode(to encoder: any Encoder) throws {
      var container = encoder.container(keyedBy: Key.self)
      try container.encode(index, forKey: .index)
      try container.encode(finish, forKey: .finish_reason)
      switch form {
      case .completion:
        try container.encode(text ?? "", forKey: .text)
        try container.encode(lists, forKey: .logprobs)
      case .chat:
        try container.encode(entries, forKey: .logprobs)
        var delta = container.nestedContainer(keyedBy: Key.self, forKey: .delta)
        try delta.encodeIfPresent(role, forKey: .role)
        try delta.encodeIfPresent(text, forKey: .content)
      }
    }
  }
}
