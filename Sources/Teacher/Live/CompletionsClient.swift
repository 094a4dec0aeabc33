#if LiveTeachers
import Foundation
import Core
import Synchronization

#if canImport(FoundationNetworking)
import FoundationNetworking
#endif

/// Sends requests to a service and tries again where that may help.
final class CompletionsClient: Sendable {
  let parameters: CompletionsParameters
  private let base: URL
  private let key: String?
  private let session: URLSession
  private let replies = BoundedReplies(limit: CompletionsClient.longestReply)
  private let counted = Mutex(Counted())

  /// Bytes of a reply after decompression: the 20 likeliest of 32,000 tokens are about 40 MB of JSON.
  static let longestReply = 1 << 26

  private struct Counted {
    var costs = ServiceCosts()
    var number = 0
    var systemFingerprint: String?
  }

  /// A client; the key is read from the environment now.
  init(_ parameters: CompletionsParameters) throws {
    try parameters.validate()
    let base = try ServiceAddress.checked(parameters.url)
    key = try parameters.keyVariable.map { variable in
      let key = ProcessInfo.processInfo.environment[variable] ?? ""
      guard !key.isEmpty else { throw CompletionsError.key(variable: variable) }
      return key
    }
    self.base = base
    self.parameters = parameters
    let configuration = URLSessionConfiguration.ephemeral
    configuration.timeoutIntervalForRequest = parameters.answerSeconds
    configuration.timeoutIntervalForResource = parameters.answerSeconds
    configuration.httpMaximumConnectionsPerHost = parameters.inFlight
    session = URLSession(configuration: configuration, delegate: replies, delegateQueue: nil)
  }

  deinit { session.invalidateAndCancel() }

  /// What asking has cost so far.
  var costs: ServiceCosts { counted.withLock { $0.costs } }

  /// What the server last said of its configuration.
  var systemFingerprint: String? { counted.withLock { $0.systemFingerprint } }

  /// Asks for a completion.
  func complete(
    _ request: CompletionsRequest, context: Int? = nil
  ) async throws -> CompletionsAnswer {
    let answer: CompletionsAnswer = try await post("completions", request, context: context)
    try count(answer.usage, answer.systemFingerprint)
    return answer
  }

  /// Adds an answer to the costs.
  func count(_ usage: CompletionsAnswer.Usage?, _ fingerprint: String?) throws {
    try refuseImpossible(usage)
    counted.withLock {
      $0.systemFingerprint = fingerprint
      $0.costs.promptTokens += usage?.promptTokens ?? 0
      $0.costs.generatedTokens += usage?.completionTokens ?? 0
      let tokens = Double($0.costs.promptTokens + $0.costs.generatedTokens)
      $0.costs.price = tokens * parameters.pricePerMillionTokens / 1e6
    }
  }

  /// Counts end up in sums and in lengths of lists, so a server must not choose them freely.
  private func refuseImpossible(_ usage: CompletionsAnswer.Usage?) throws {
    let counts = [usage?.promptTokens, usage?.completionTokens].compactMap(\.self)
    guard let wrong = counts.first(where: { !(0...CompletionsAnswer.mostTokens).contains($0) })
    else { return }
    throw CompletionsError.malformed(
      url: parameters.url, reason: "it counts \(wrong) tokens for one question")
  }

  /// The tokens in which the server writes a text.
  func tokenize(_ text: String, special: Bool) async throws -> [Int] {
    struct Request: Encodable {
      // vLLM's names and llama.cpp's; each ignores the other's.
      var model, prompt, content: String
      var add_special_tokens, add_special: Bool
    }
    struct Answer: Decodable { var tokens: [Int] }
    let request = Request(
      model: parameters.model, prompt: text, content: text, add_special_tokens: special,
      add_special: special)
    let answer: Answer = try await post("../tokenize", request)
    return answer.tokens
  }

  func post<Answer: Decodable>(
    _ path: String, _ body: some Encodable, context: Int? = nil
  ) async throws -> Answer {
    var request = try request(path, body)
    // A header: servers pass over those that they do not know, and refuse such keys.
    if let context { request.setValue("\(context)", forHTTPHeaderField: "Opd-Context-Tokens") }
    let number = counted.withLock {
      $0.number += 1
      return $0.number
    }
    var pauses = parameters.seed.derived("retry", number).generator()
    for attempt in 1... {
      do {
        let answer: Answer = try await once(request)
        counted.withLock { $0.costs.requests += 1 }
        return answer
      } catch let trouble as PassingTrouble {
        guard attempt < parameters.attempts else {
          throw CompletionsError.unreachable(
            url: parameters.url, attempts: attempt, reason: redacted(trouble.reason))
        }
        counted.withLock { $0.costs.retries += 1 }
        let pause = parameters.backoffSeconds * Double(1 << min(attempt - 1, 10))
        try await Task.sleep(
          for: .seconds(max(trouble.wait, pause * (0.5 + pauses.uniform()))))
      }
    }
    preconditionFailure("Attempts are endless until one returns or throws.")
  }

  private func request(_ path: String, _ body: some Encodable) throws -> URLRequest {
    let url = base.appendingPathComponent(path).standardized
    var request = URLRequest(url: url)
    request.httpMethod = "POST"
    request.setValue("application/json", forHTTPHeaderField: "Content-Type")
    if let key { request.setValue("Bearer \(key)", forHTTPHeaderField: "Authorization") }
    request.httpBody = try JSONEncoder().encode(body)
    return request
  }

  /// One attempt.
  private func once<Answer: Decodable>(_ request: URLRequest) async throws -> Answer {
    let reply = try await reply(to: request)
    guard reply.status == 200 else { throw refusal(reply) }
    do {
      return try JSONDecoder().decode(Answer.self, from: reply.body)
    } catch {
      throw unreadable(reply.body)
    }
  }

  private func reply(to request: URLRequest) async throws -> ServiceReply {
    do {
      return try await replies.reply(
        to: request, in: session, within: parameters.answerSeconds)
    } catch ReplyRefusal.redirected(let place) {
      throw CompletionsError.redirected(url: parameters.url, to: redacted(place))
    } catch ReplyRefusal.tooLong(let limit) {
      throw CompletionsError.malformed(
        url: parameters.url, reason: "it is longer than \(limit) bytes")
    } catch ReplyRefusal.late(let seconds) {
      throw PassingTrouble(reason: "the answer was not complete after \(seconds) s")
    } catch {
      try Task.checkCancellation()
      throw PassingTrouble(reason: reason(of: error))
    }
  }

  /// What kept an answer from coming, in words: Foundation on Linux has only a number.
  private func reason(of error: any Error) -> String {
    switch (error as? URLError)?.code {
    case .timedOut: "the answer was not complete after \(parameters.answerSeconds) s"
    case .cannotFindHost, .dnsLookupFailed: "there is no such host"
    case .cannotConnectToHost: "nothing listens there"
    case .networkConnectionLost: "the connection was closed before the answer was complete"
    case .some(let code): "the connection failed with code \(code.rawValue)"
    case nil: error.localizedDescription
    }
  }

  private func refusal(_ reply: ServiceReply) -> any Error {
    let status = reply.status
    if (300..<400).contains(status) {
      return CompletionsError.redirected(url: parameters.url, to: "an address it does not name")
    }
    let text = String(decoding: reply.body.prefix(300), as: UTF8.self)
    let message = redacted(text.split(whereSeparator: \.isNewline).joined(separator: " "))
    guard status >= 500 || status == 408 || status == 429 else {
      return CompletionsError.refused(url: parameters.url, status: status, message: message)
    }
    return PassingTrouble(
      reason: "status \(status), \(message)", wait: RetryAfter.seconds(reply.retryAfter))
  }

  /// An answer that ends too early may come whole the next time; one with numbers that JSON has no words for will not.
  private func unreadable(_ body: Data) -> any Error {
    let text = String(decoding: body, as: UTF8.self)
    if text.contains("NaN") || text.contains("Infinity") {
      return CompletionsError.malformed(url: parameters.url, reason: "it contains NaN or Infinity")
    }
    let isWhole = (try? JSONSerialization.jsonObject(with: body, options: .fragmentsAllowed)) != nil
    let excerpt = redacted(String(text.prefix(120)))
    guard isWhole else {
      return PassingTrouble(reason: "the answer is not JSON or cut short, '\(excerpt)'")
    }
    return CompletionsError.malformed(
      url: parameters.url, reason: "it lacks what was asked for, '\(excerpt)'")
  }

  /// A text in which the key does not occur, whoever wrote it.
  private func redacted(_ text: String) -> String {
    key.map { text.replacingOccurrences(of: $0, with: "(key)") } ?? text
  }
}

/// Something that may be better the next time.
private struct PassingTrouble: Error {
  var reason: String

  /// How long the server asked to wait, in seconds.
  var wait = 0.0
}
#endif
