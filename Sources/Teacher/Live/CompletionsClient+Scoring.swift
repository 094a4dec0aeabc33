#if LiveTeachers
import Foundation
import Core

extension CompletionsClient {
  /// What the server says of each token of an input.
  ///
  /// - Parameters:
  ///   - input: Text or tokens, all of them given; what the server generates after them is dropped.
  ///   - top: How many of the likeliest tokens to list.
  ///   - interface: How to ask; not `automatic`.
  ///   - prompt: The prompt it is about, for errors.
  ///   - context: How many of the input's tokens are the prompt's, where that is known: `opd serve` then adds numbers up in
  ///     the order of a teacher in process, bit by bit.
  /// - Returns: One score a token of the input; the first has none.
  /// - Throws: `CompletionsError`.
  func scores(
    of input: CompletionsRequest.Input, top: Int, by interface: CompletionsParameters.Interface,
    prompt: String, context: Int? = nil
  ) async throws -> [ServerScore] {
    if let turn = input.turn { return try await scores(of: turn, top: top, prompt: prompt) }
    let byEcho = interface == .echo
    let request = CompletionsRequest(
      model: parameters.model, prompt: input, maxTokens: 1, temperature: 1,
      logprobs: byEcho ? max(top, 1) : nil, promptLogprobs: byEcho ? nil : max(top, 1),
      echo: byEcho ? true : nil, returnTokensAsTokenIDs: input.isTokens)
    let answer = try await complete(request, context: context)
    guard let choice = answer.choices.first else {
      throw CompletionsError.malformed(url: parameters.url, reason: "it has no choices")
    }
    let scores =
      try byEcho
      ? echoed(choice, usage: answer.usage, prompt: prompt)
      : listed(choice, input: input, prompt: prompt)
    guard case .tokens(let sent) = input else { return scores }
    guard scores.count == sent.count else {
      throw CompletionsError.length(
        prompt: prompt, expected: sent.count, received: scores.count)
    }
    for (position, (score, token)) in zip(scores, sent).enumerated() {
      guard case .id(let scored) = score.token, scored != token else { continue }
      throw CompletionsError.token(
        prompt: prompt, position: position, expected: "\(token)", received: "\(scored)")
    }
    return scores
  }

  /// What the server generates greedily, with its log-probabilities at temperature 1 where it gives them.
  func continuation(
    of input: CompletionsRequest.Input, tokens: Int, top: Int, temperature: Double
  ) async throws -> [ServerScore] {
    if let turn = input.turn {
      return try await continuation(of: turn, tokens: tokens, top: top, temperature: temperature)
    }
    let answer = try await complete(
      CompletionsRequest(
        model: parameters.model, prompt: input, maxTokens: tokens, temperature: temperature,
        logprobs: max(top, 1), returnTokensAsTokenIDs: input.isTokens))
    guard let choice = answer.choices.first, let logprobs = choice.logprobs,
      let names = logprobs.tokens
    else {
      throw CompletionsError.malformed(
        url: parameters.url, reason: "generated tokens come without log-probabilities")
    }
    return assembled(names, logprobs)
  }

  /// Scores from `echo`: the prompt's tokens first, then what was generated.
  private func echoed(
    _ choice: CompletionsAnswer.Choice, usage: CompletionsAnswer.Usage?, prompt: String
  ) throws -> [ServerScore] {
    guard let logprobs = choice.logprobs, let names = logprobs.tokens else {
      throw CompletionsError.malformed(url: parameters.url, reason: "it has no 'logprobs'")
    }
    let scores = assembled(names, logprobs)
    guard scores.count == logprobs.tokenLogprobs?.count else {
      throw CompletionsError.length(
        prompt: prompt, expected: scores.count, received: logprobs.tokenLogprobs?.count ?? 0)
    }
    // Not the first `prompt_tokens` of them: llama-cpp-python counts a leading token there that it does not list.
    let generated = usage?.completionTokens ?? 1
    guard scores.count > generated else {
      throw CompletionsError.malformed(
        url: parameters.url, reason: "it scores only the tokens that were generated")
    }
    return Array(scores.dropLast(generated))
  }

  private func assembled(
    _ names: [String], _ logprobs: CompletionsAnswer.Logprobs
  ) -> [ServerScore] {
    names.enumerated().map { position, name in
      let tops = logprobs.topLogprobs ?? []
      let top = position < tops.count ? tops[position] ?? [:] : [:]
      let values = logprobs.tokenLogprobs ?? []
      return ServerScore(
        token: ServerToken(name),
        logProbability: position < values.count ? values[position] : nil,
        top: ranked(top.map { (ServerToken($0), $1) }))
    }
  }

  /// Scores from vLLM's `prompt_logprobs`: at each position a table that contains the token that was sent.
  private func listed(
    _ choice: CompletionsAnswer.Choice, input: CompletionsRequest.Input, prompt: String
  ) throws -> [ServerScore] {
    guard let tables = choice.promptLogprobs else {
      throw CompletionsError.malformed(
        url: parameters.url, reason: "it has no 'prompt_logprobs'")
    }
    guard case .tokens(let sent) = input else {
      throw CompletionsError.malformed(
        url: parameters.url, reason: "'prompt_logprobs' does not say which token was in a text")
    }
    guard tables.count == sent.count else {
      throw CompletionsError.length(
        prompt: prompt, expected: sent.count, received: tables.count)
    }
    return try zip(sent, tables).enumerated().map { position, pair in
      let (token, table) = pair
      guard let table else {
        return ServerScore(token: .id(token), logProbability: nil, top: [])
      }
      guard let own = table["\(token)"] else {
        throw CompletionsError.token(
          prompt: prompt, position: position, expected: "\(token)",
          received: table.keys.sorted().first ?? "none")
      }
      return ServerScore(
        token: .id(token), text: own.decodedToken, logProbability: own.logprob,
        top: ranked(table.map { (ServerToken("token_id:\($0)"), $1.logprob) }))
    }
  }

  func ranked(_ table: [(ServerToken, Double?)]) -> [ServerScore.Alternative] {
    table.compactMap { token, value in
      value.map { ServerScore.Alternative(token: token, logProbability: $0) }
    }.sorted {
      ($0.logProbability, $1.token.description) > ($1.logProbability, $0.token.description)
    }
  }
}
#endif
