#if LiveTeachers
import Foundation

/// Questions with pictures, which only conversations have.
///
/// vLLM's interface: `prompt_logprobs` of a conversation whose last message is the answer that is scored, with
/// `continue_final_message` while it has not ended, and `return_token_ids` to know which tokens the server makes of it all.
extension CompletionsClient {
  /// What a template may write after the end of an answer: a new line, for most.
  private static let mostClosing = 4

  /// What the server says of each token of a conversation, up to the end of its answer.
  ///
  /// - Throws: `CompletionsError`.
  func scores(of turn: ChatTurn, top: Int, prompt: String) async throws -> [ServerScore] {
    let answer = try await converse(
      ChatRequest(
        model: parameters.model, turn: turn, maxTokens: 1, temperature: 1,
        promptLogprobs: max(top, 1), numbered: true))
    guard let ids = answer.promptTokenIDs, let tables = answer.promptLogprobs else {
      throw CompletionsError.malformed(
        url: parameters.url,
        reason: "a conversation comes without 'prompt_logprobs' or 'prompt_token_ids'")
    }
    guard ids.count == tables.count else {
      throw CompletionsError.length(prompt: prompt, expected: ids.count, received: tables.count)
    }
    let scores = try zip(ids, tables).enumerated().map { position, pair in
      try score(of: pair.0, pair.1, at: position, prompt)
    }
    return try answered(scores, turn, prompt)
  }

  /// What the server writes greedily, with log-probabilities at temperature 1 where it gives them.
  func continuation(
    of turn: ChatTurn, tokens: Int, top: Int, temperature: Double
  ) async throws -> [ServerScore] {
    let answer = try await converse(
      ChatRequest(
        model: parameters.model, turn: turn, maxTokens: tokens, temperature: temperature,
        topLogprobs: max(top, 1), numbered: parameters.tokens == .same))
    guard let written = answer.choices.first?.logprobs?.content else {
      throw CompletionsError.malformed(
        url: parameters.url, reason: "generated tokens come without log-probabilities")
    }
    return written.map { token in
      ServerScore(
        token: ServerToken(token.token),
        text: token.bytes.map { String(decoding: $0, as: UTF8.self) },
        logProbability: token.logprob,
        top: ranked((token.topLogprobs ?? []).map { (ServerToken($0.token), $0.logprob) }))
    }
  }

  private func converse(_ request: ChatRequest) async throws -> ChatAnswer {
    let answer: ChatAnswer = try await post("chat/completions", request)
    try count(answer.usage, answer.systemFingerprint)
    return answer
  }

  private func score(
    of token: Int, _ table: [String: CompletionsAnswer.PromptLogprob]?, at position: Int,
    _ prompt: String
  ) throws -> ServerScore {
    guard let table else { return ServerScore(token: .id(token), logProbability: nil, top: []) }
    guard let own = table["\(token)"] else {
      throw CompletionsError.token(
        prompt: prompt, position: position, expected: "\(token)",
        received: table.keys.sorted().first ?? "none")
    }
    let isNamed = parameters.tokens == .text
    return ServerScore(
      token: isNamed ? .text(own.decodedToken ?? "") : .id(token), text: own.decodedToken,
      logProbability: own.logprob,
      top: ranked(
        table.map { id, other in
          (isNamed ? .text(other.decodedToken ?? "") : ServerToken("token_id:\(id)"), other.logprob)
        }))
  }

  /// Without what the template wrote after the answer; its tokens are those that were meant, where they are known.
  private func answered(
    _ scores: [ServerScore], _ turn: ChatTurn, _ prompt: String
  ) throws -> [ServerScore] {
    var scores = scores
    if let end = turn.end {
      let place = scores.indices.suffix(Self.mostClosing + 1).last { scores[$0].token == end }
      guard let place else {
        throw CompletionsError.malformed(
          url: parameters.url, reason: "its template does not end an answer with '\(end)'")
      }
      scores.removeSubrange((place + 1)...)
    }
    guard scores.count > turn.tokens.count else {
      throw CompletionsError.length(
        prompt: prompt, expected: turn.tokens.count, received: scores.count)
    }
    let first = scores.count - turn.tokens.count
    for (offset, token) in turn.tokens.enumerated()
    where scores[first + offset].token != .id(token) {
      throw CompletionsError.token(
        prompt: prompt, position: first + offset, expected: "\(token)",
        received: scores[first + offset].token.description)
    }
    return scores
  }
}
#endif
