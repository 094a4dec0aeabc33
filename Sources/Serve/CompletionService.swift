internal import Core
internal import Foundation
internal import Tokenizers

/// Answers requests about one model, whoever carries their bytes.
package struct CompletionService: HTTPService {
  let model: ServedModel
  package let limits: ServiceLimits
  private let key: String?
  private let workshop: Workshop

  /// A service.
  ///
  /// - Parameters:
  ///   - model: Who is asked.
  ///   - limits: What is taken on at most.
  ///   - key: What clients must send as their bearer token; `nil` where all are let in.
  package init(_ model: ServedModel, limits: ServiceLimits = .init(), key: String? = nil) {
    self.model = model
    self.limits = limits
    self.key = key
    workshop = Workshop(limits)
  }

  /// Answers a request, if only with what is wrong with it.
  ///
  /// - Throws: `CancellationError`.
  package func reply(to request: HTTPRequest) async throws -> HTTPReply {
    do {
      try admit(request)
      return try await answer(request)
    } catch let error as any ExplainedError {
      return HTTPReply(refusing: ServiceRefusal(error))
    }
  }

  private func admit(_ request: HTTPRequest) throws {
    guard let key else { return }
    let given = Array((request.headers["authorization"] ?? "").utf8)
    let wanted = Array("Bearer \(key)".utf8)
    // Every byte is looked at, so that the time says nothing of how many are right.
    var difference = given.count == wanted.count ? 0 : 1
    for index in wanted.indices {
      let byte = index < given.count ? given[index] : 0
      difference |= Int(byte ^ wanted[index])
    }
    guard difference == 0 else {
      throw ServiceRefusal(
        status: 401, "The key is missing or wrong.", "Send it as a bearer token.")
    }
  }

  private func answer(_ request: HTTPRequest) async throws -> HTTPReply {
    let digest = String(ContentHash.of([request.path] + [request.text]).prefix(24))
    switch (request.method, request.path) {
    case ("POST", "/v1/completions"):
      var asked = try GenerationRequest(completion: request.body, for: model)
      asked.context = request.headers["opd-context-tokens"].flatMap { Int($0) }
      return try await reply(to: asked, of: request, .completion, digest)
    case ("POST", "/v1/chat/completions"):
      let asked = try GenerationRequest(chat: request.body, for: model)
      return try await reply(to: asked, of: request, .chat, digest)
    case ("POST", "/tokenize"):
      return try HTTPReply(TokensBody(request.body, of: model))
    case ("GET", "/v1/models"):
      return try HTTPReply(ModelsBody(data: [.init(id: model.name)]))
    case ("GET", let path) where path.hasPrefix("/v1/models/"):
      let name = String(path.dropFirst("/v1/models/".count))
      try model.requireName(name.removingPercentEncoding ?? name)
      return try HTTPReply(ModelsBody.Model(id: model.name))
    case ("GET", "/health"):
      let load = await workshop.load
      return try HTTPReply(HealthBody(computing: load.inside, waiting: load.waiting))
    default: throw refusal(of: request)
    }
  }

  private func reply(
    to asked: GenerationRequest, of request: HTTPRequest, _ form: AnswerEvents.Form,
    _ digest: String
  ) async throws -> HTTPReply {
    guard let stream = asked.stream else {
      let (asked, answers) = try await answers(to: asked)
      switch form {
      case .completion:
        return try HTTPReply(
          AnswerBody(completing: asked, answers, by: model, digest: digest))
      case .chat:
        return try HTTPReply(AnswerBody(chatting: asked, answers, by: model, digest: digest))
      }
    }
    guard request.takesPieces else {
      throw ServiceRefusal(
        status: 505, "A client of HTTP/1.0 asks for a stream.", "Ask in HTTP/1.1.")
    }
    let events = AnswerEvents(
      form: form, model: model, digest: digest, countsTokens: stream.countsTokens)
    let pieces = AnswerStream(request: asked, events: events, workshop: workshop).pieces()
    var iterator = pieces.makeAsyncIterator()
    let first = try await iterator.next()
    return HTTPReply(events: first ?? [], then: pieces)
  }

  private func answers(
    to request: GenerationRequest
  ) async throws -> (GenerationRequest, [AnsweredPrompt]) {
    let model = model
    return try await workshop.compute { isWanted in
      var request = request
      try request.look(for: model)
      return (request, try model.answers(to: request, while: isWanted))
    }
  }

  private func refusal(of request: HTTPRequest) -> ServiceRefusal {
    let posts = ["/v1/completions", "/v1/chat/completions", "/tokenize"]
    let gets = ["/v1/models", "/health"]
    guard posts.contains(request.path) || gets.contains(request.path) else {
      return ServiceRefusal(
        status: 404, "There is nothing at '\(request.path.prefix(100))'.",
        "There are \((posts + gets).joined(separator: ", ")).")
    }
    let method = posts.contains(request.path) ? "POST" : "GET"
    return ServiceRefusal(
      status: 405, "'\(request.path)' knows no \(request.method.prefix(20)).", "Send a \(method).")
  }
}

extension TokensBody {
  /// The tokens of a text that a body holds, in the words of vLLM or of llama.cpp.
  fileprivate init(_ body: [UInt8], of model: ServedModel) throws {
    var fields = try RequestFields(body, known: ["model", "prompt"])
    if let name = fields.take("model")?.text { try model.requireName(name) }
    let content = fields.take("content")?.text
    let text =
      try content.map { text in
        fields.passOver("prompt")
        return text
      } ?? fields.text("prompt")
    // Nothing is added to a text here, whether or not that is asked for.
    fields.passOver("add_special_tokens", "add_special", "with_pieces")
    try fields.finish()
    tokens = try model.tokens(of: text)
    count = tokens.count
    max_model_len = model.positions
  }
}
