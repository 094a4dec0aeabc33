import Core
import Foundation
import Testing

@testable import Serve
@testable import Student

@Suite("A served model")
struct AnswerTests {
  let service = TinyModels.service()

  private func choice(
    _ body: String, headers: [String: String] = [:]
  ) async throws -> [String: Any] {
    let answer = try await service.object(body, headers: headers)
    return try #require((answer["choices"] as? [[String: Any]])?.first)
  }

  @Test("gives the same bytes to the same request, and others to another seed")
  func bytes() async throws {
    func body(_ seed: Int) -> String {
      #"{"model": "tiny", "prompt": "hello", "max_tokens": 20, "seed": \#(seed), "logprobs": 2, "n": 3}"#
    }
    let first = try await service.ask(body(1))
    #expect(first.status == 200)
    #expect(try await service.ask(body(1)).text == first.text)
    #expect(try await TinyModels.service().ask(body(1)).text == first.text)
    #expect(try await service.ask(body(2)).text != first.text)
  }

  @Test("draws of what a filter leaves, and as ever where it leaves all")
  func filtered() async throws {
    func text(_ keys: String) async throws -> String {
      try #require(
        try await choice(#"{"model": "tiny", "prompt": "hello", "max_tokens": 20, \#(keys)}"#)[
          "text"]
          as? String)
    }
    let greedy = try await text(#""temperature": 0"#)
    for key in ["top_k", "top_p", "min_p"] {
      let strict = key == "top_p" ? "0.000001" : "1"
      #expect(try await text(#""\#(key)": \#(strict)"#) == greedy, "\(key)")
    }
    let free = try await text(#""seed": 0"#)
    #expect(free != greedy)
    #expect(try await text(#""top_k": -1, "top_p": 1, "min_p": 0"#) == free)
  }

  @Test("says of an echoed prompt what the policy says in process, bit by bit")
  func echo() async throws {
    let tokens = [7, 4, 11, 11, 14, 26, 3, 9, 29]
    let policy = TinyModels.policy()
    let (context, response) = (Array(tokens.prefix(4)), Array(tokens.dropFirst(4)))
    let rollout = Rollout(
      promptID: "p", slot: 0, tokens: response, logProbabilities: response.map { _ in 0 },
      finish: .stop)
    let score = try policy.score(
      [RolloutGroup(prompt: ServedModel.prompt(context), rollouts: [rollout])], support: .top(3),
      temperature: 1)[0][0]
    let logprobs = try #require(
      try await choice(
        """
        {"model": "tiny", "prompt": \(tokens), "max_tokens": 1, "echo": true, "logprobs": 3,
         "return_tokens_as_token_ids": true, "temperature": 1.0, "stream": false}
        """, headers: ["opd-context-tokens": "4"])["logprobs"] as? [String: Any])
    let names = try #require(logprobs["tokens"] as? [String])
    #expect(names.count == 10 && Array(names.prefix(9)) == tokens.map { "token_id:\($0)" })
    let values = try #require(logprobs["token_logprobs"] as? [Any])
    #expect(values[0] is NSNull)
    let scored = values[4..<9].compactMap { ($0 as? NSNumber).map { Float($0.doubleValue) } }
    #expect(scored == score.sampled)
    let tops = try #require(logprobs["top_logprobs"] as? [Any])
    for (index, top) in (score.top ?? []).enumerated() {
      let listed = try #require(tops[4 + index] as? [String: NSNumber])
      let expected = Dictionary(
        uniqueKeysWithValues: top.map { ("token_id:\($0.token)", $0.logProbability) })
      #expect(listed.mapValues { Float($0.doubleValue) } == expected)
    }
  }

  @Test("lists the likeliest tokens as sorting all of them does")
  func likeliest() throws {
    var draws = Seed(9).generator()
    for count in [0, 1, 5, 40] {
      let values = (0..<40).map { _ in Float(draws.integer(below: 12)) }
      var likeliest = LikeliestTokens(count)
      for (token, value) in values.enumerated() { likeliest.add(token, value) }
      let sorted = values.enumerated().sorted { ($1.element, $0.offset) < ($0.element, $1.offset) }
      #expect(likeliest.tokens.map(\.token) == sorted.prefix(count).map(\.offset))
    }
  }

  @Test("ends at a text, which is no part of its answer")
  func stops() async throws {
    let whole = try await choice(
      #"{"model": "tiny", "prompt": "stop", "max_tokens": 40, "temperature": 0}"#)
    let text = try #require(whole["text"] as? String)
    let mark = String(text.dropFirst(4).prefix(2))
    let cut = try await choice(
      #"{"model": "tiny", "prompt": "stop", "max_tokens": 40, "temperature": 0, "stop": "\#(mark)"}"#
    )
    let place = try #require(text.range(of: mark))
    #expect(cut["text"] as? String == String(text[..<place.lowerBound]))
    #expect(cut["finish_reason"] as? String == "stop")
  }

  @Test("writes nothing where nothing is asked for, and counts what it reads and writes")
  func counts() async throws {
    let none = try await service.object(#"{"model": "tiny", "prompt": "abc", "max_tokens": 0}"#)
    #expect(
      (none["usage"] as? [String: Int]) == [
        "prompt_tokens": 3, "completion_tokens": 0, "total_tokens": 3,
      ])
    let several = try await service.object(
      #"{"model": "tiny", "prompt": ["ab", "c"], "n": 2, "max_tokens": 2, "user": "me", "best_of": 2}"#
    )
    #expect((several["choices"] as? [Any])?.count == 4)
  }

  @Test("takes part in a conversation as its template writes it")
  func chat() async throws {
    let plain = try await choice(
      #"{"model": "tiny", "prompt": "hi you", "max_tokens": 9, "seed": 4}"#)
    let answer = try await service.object(
      """
      {"model": "tiny", "max_tokens": 9, "seed": 4, "messages": [{"role": "user", "content": "hi "},
       {"role": "user", "content": [{"type": "text", "text": "you"}]}]}
      """, "/v1/chat/completions")
    let said = (answer["choices"] as? [[String: Any]])?.first?["message"] as? [String: Any]
    #expect(said?["content"] as? String == plain["text"] as? String)
    let none = CompletionService(
      ServedModel("tiny", TinyModels.policy(), fingerprint: "", positions: 96))
    #expect(try await none.ask("{}", "/v1/chat/completions").status == 404)
    let tokens = try await service.object(#"{"model": "tiny", "prompt": "abc"}"#, "/tokenize")
    #expect(tokens["tokens"] as? [Int] == [0, 1, 2])
  }

  @Test("refuses more than may wait, and forgets whoever leaves")
  func queue() async throws {
    let turnstile = Turnstile(places: 1, waiting: 2)
    try await turnstile.enter(within: 100)
    let waiting = (0..<2).map { _ in Task { try await turnstile.enter(within: 100) } }
    var refusal: ServiceRefusal?
    while refusal == nil {
      let third = Task { try await turnstile.enter(within: 100) }
      await Task.yield()
      do {
        third.cancel()
        try await third.value
      } catch { refusal = error as? ServiceRefusal }
    }
    #expect(refusal?.status == 429 && refusal?.retryAfter == 1)
    waiting[0].cancel()
    await #expect(throws: CancellationError.self) { try await waiting[0].value }
    await turnstile.leave()
    try await waiting[1].value
    await turnstile.leave()
    try await turnstile.enter(within: 100)
  }
}
