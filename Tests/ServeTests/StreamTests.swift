import Core
import Foundation
import Testing

@testable import Serve

/// Bytes as tokens, so that characters are cut wherever that can be.
private struct Bytes: Tokenizer {
  let count = 257
  let ends: Set<Token> = [256]
  let end = 256
  let fingerprint = "bytes"
  func encode(_ text: String) -> [Token] { text.utf8.map { Int($0) } }
  func decode(_ tokens: some Sequence<Token>) -> String {
    String(decoding: tokens.map { UInt8($0) }, as: UTF8.self)
  }
  func token(of text: String) -> Token? { nil }
}

/// The objects of a stream of events, and how it ended.
private func events(_ reply: HTTPReply) async throws -> (objects: [[String: Any]], last: String) {
  var bytes = reply.body
  if let pieces = reply.pieces { for try await piece in pieces { bytes += piece } }
  let lines = String(decoding: bytes, as: UTF8.self).split(separator: "\n\n")
  let data = try lines.map { try #require($0.hasPrefix("data: ") ? $0.dropFirst(6) : nil) }
  let objects = try data.dropLast().map {
    try #require(try JSONSerialization.jsonObject(with: Data($0.utf8)) as? [String: Any])
  }
  return (objects, String(data.last ?? ""))
}

extension CompletionService {
  fileprivate func stream(_ body: String, _ path: String) async throws -> HTTPReply {
    try await reply(
      to: HTTPRequest(
        method: "POST", path: path, headers: [:], body: Array(body.utf8), keepsAlive: true))
  }
}

private func choice(_ object: [String: Any]) -> [String: Any]? {
  (object["choices"] as? [[String: Any]])?.first
}

@Suite("A streamed answer")
struct StreamTests {
  let service = TinyModels.service()

  private func body(_ keys: String, chat: Bool, stream: Bool) -> String {
    let asked =
      chat
      ? #""messages": [{"role": "user", "content": "tell me"}]"# : #""prompt": ["tell me", "ab"]"#
    return
      #"{"model": "tiny", \#(asked), "max_tokens": 30\#(keys)\#(stream ? #", "stream": true"# : "")}"#
  }

  @Test(
    "is the whole answer in pieces, whatever ends it",
    arguments: [
      "", #", "seed": 3, "n": 3"#, #", "temperature": 0"#,
      #", "seed": 5, "stop": ["a", "qu", "s"]"#,
      #", "seed": 6, "n": 2, "stop": "e""#,
    ], [false, true])
  func pieces(keys: String, chat: Bool) async throws {
    let path = chat ? "/v1/chat/completions" : "/v1/completions"
    let whole = try await service.object(body(keys, chat: chat, stream: false), path)
    let (objects, last) = try await events(
      service.stream(body(keys, chat: chat, stream: true), path))
    #expect(last == "[DONE]")
    var texts: [Int: String] = [:]
    var finishes: [Int: String] = [:]
    for object in objects {
      #expect(object["id"] as? String != nil && object["usage"] == nil)
      let own = try #require(choice(object))
      let index = try #require(own["index"] as? Int)
      let said = chat ? (own["delta"] as? [String: Any])?["content"] : own["text"]
      texts[index, default: ""] += said as? String ?? ""
      #expect(finishes[index] == nil, "nothing follows the end of an answer")
      finishes[index] = own["finish_reason"] as? String
    }
    let expected = try #require(whole["choices"] as? [[String: Any]])
    #expect(texts.count == expected.count)
    for (index, own) in expected.enumerated() {
      let text = chat ? (own["message"] as? [String: Any])?["content"] : own["text"]
      #expect(texts[index] == text as? String)
      #expect(finishes[index] == own["finish_reason"] as? String)
    }
  }

  @Test("comes token by token, and counts them at the end where that is asked for")
  func counts() async throws {
    let body = #"""
      {"model": "tiny", "prompt": "abc", "max_tokens": 8, "temperature": 0, "stream": true, "echo": true,
       "stream_options": {"include_usage": true}}
      """#
    let (objects, _) = try await events(service.stream(body, "/v1/completions"))
    let usage = try #require(objects.last?["usage"] as? [String: Int])
    #expect(objects.last?["choices"] as? [String] == [])
    #expect(objects.dropLast().allSatisfy { $0["usage"] is NSNull })
    #expect(choice(objects[0])?["text"] as? String == "abc")
    // The prompt, a piece a token, the end, and the count.
    let written = try #require(usage["completion_tokens"])
    #expect(objects.count >= written && objects.count <= written + 3)
  }

  @Test("holds log-probabilities that are those of the whole answer")
  func probabilities() async throws {
    let keys = #", "logprobs": true, "top_logprobs": 3, "seed": 2"#
    let path = "/v1/chat/completions"
    let whole = try await service.object(body(keys, chat: true, stream: false), path)
    let (objects, _) = try await events(
      service.stream(body(keys, chat: true, stream: true), path))
    let expected = try #require(choice(whole)?["logprobs"] as? [String: Any])
    let found = objects.compactMap { choice($0)?["logprobs"] as? [String: Any] }
    let streamed = try #require(found.first)
    #expect(NSDictionary(dictionary: expected) == NSDictionary(dictionary: streamed))
  }

  @Test("gives out beginnings of the text it is in the end, and nothing of what ends it")
  func growing() {
    var draws = Seed(11).generator()
    let alphabet = ["a", "b", "ab", "é", "🦊", "e\u{301}", "\u{FFFD}", "漢"]
    for round in 0..<400 {
      let text = (0..<12).map { _ in alphabet[draws.integer(below: alphabet.count)] }.joined()
      let stop = ["", "ab", "ba🦊", "é", "aab"][draws.integer(below: 5)]
      let texts = GrowingTexts(stop.isEmpty ? [] : [stop], Bytes(), answers: 1)
      let kept = stop.isEmpty ? text : String(decoding: before(stop, text), as: UTF8.self)
      var said = ""
      for (index, token) in Bytes().encode(text).enumerated() {
        said += texts.append(token, to: 0) ?? ""
        #expect(Array(kept.utf8).starts(with: said.utf8), "\(round) \(text) \(stop)")
        // What is withheld is no longer than the stop, and characters that may not be whole.
        guard stop.isEmpty, !text.contains("\u{FFFD}") else { continue }
        #expect(index + 1 - said.utf8.count < 4)
      }
    }
  }

  private func before(_ stop: String, _ text: String) -> [UInt8] {
    let (bytes, mark) = (Array(text.utf8), Array(stop.utf8))
    let place = bytes.indices.first { bytes[$0...].starts(with: mark) } ?? bytes.count
    return Array(bytes[..<place])
  }

  @Test("is refused whole before it begins, and says in an event what goes wrong later")
  func refusals() async throws {
    for (keys, words) in [
      (#""stream": 1"#, "'stream' is 1"), (#""stream_options": {}"#, "'stream' is not"),
      (#""stream": true, "stream_options": {"a": 1}"#, "'a' is not known"),
      (#""stream": true, "stream_options": true"#, "no object"),
      (#""stream": true, "max_tokens": 95"#, "Both together may have 96"),
    ] {
      let (status, text) = try await service.ask(
        #"{"model": "tiny", "prompt": "abc", \#(keys)}"#)
      #expect(status == 400 && text.contains(words), "\(text)")
    }
    var limits = ServiceLimits()
    limits.answerSeconds = 0.05
    let late = try await TinyModels.endless(limits).stream(
      #"{"model": "tiny", "prompt": "abc", "max_tokens": 50000, "stream": true}"#,
      "/v1/completions")
    var bytes = late.body
    if let pieces = late.pieces { for try await piece in pieces { bytes += piece } }
    let text = String(decoding: bytes, as: UTF8.self)
    #expect(text.contains("not complete after") && !text.contains("[DONE]"), "\(text)")
    let old = HTTPRequest(
      method: "POST", path: "/v1/completions", headers: [:],
      body: Array(#"{"model": "tiny", "prompt": "a", "stream": true}"#.utf8), keepsAlive: false,
      takesPieces: false)
    #expect(try await service.reply(to: old).status == 505)
  }

  @Test("is ended by its alarm also where answers hold every processor")
  func alarms() async throws {
    var limits = ServiceLimits()
    limits.answerSeconds = 0.2
    limits.atOnce = ProcessInfo.processInfo.activeProcessorCount + 1
    let service = TinyModels.endless(limits)
    try await withThrowingTaskGroup(of: Bool.self) { group in
      for _ in 0..<limits.atOnce {
        group.addTask {
          let reply = try await service.stream(
            #"{"model": "tiny", "prompt": "abc", "max_tokens": 50000, "stream": true}"#,
            "/v1/completions")
          var bytes = reply.body
          if let pieces = reply.pieces { for try await piece in pieces { bytes += piece } }
          return String(decoding: bytes, as: UTF8.self).contains("not complete after")
        }
      }
      for try await isLate in group { #expect(isLate) }
    }
  }

  @Test("is computed no longer once nobody takes its pieces")
  func left() async throws {
    let long = TinyModels.endless()
    let reader = Task {
      let reply = try await long.stream(
        #"{"model": "tiny", "prompt": "abc", "max_tokens": 50000, "n": 2, "stream": true}"#,
        "/v1/completions")
      var pieces = reply.pieces?.makeAsyncIterator()
      // A few pieces of many, then the reader is gone.
      for _ in 0..<3 { _ = try await pieces?.next() }
    }
    try await reader.value
    // A model that went on would keep its place; it is given back once the next token is asked about.
    while try await long.object("", "/health", method: "GET")["computing"] as? Int != 0 {
      await Task.yield()
    }
  }
}

@Suite("What a conversation asks of log-probabilities")
struct ChatProbabilityTests {
  let service = TinyModels.service()

  private func body(_ keys: String) -> String {
    #"{"model": "tiny", "messages": [{"role": "user", "content": "hi you"}], "max_tokens": 9, "seed": 4\#(keys)}"#
  }

  @Test("are those of the same completion")
  func same() async throws {
    let completion = try await service.object(
      #"{"model": "tiny", "prompt": "hi you", "max_tokens": 9, "seed": 4, "logprobs": 4}"#)
    let lists = try #require(choice(completion)?["logprobs"] as? [String: Any])
    let chat = try await service.object(
      body(#", "logprobs": true, "top_logprobs": 4"#), "/v1/chat/completions")
    let content = try #require(
      (choice(chat)?["logprobs"] as? [String: Any])?["content"] as? [[String: Any]])
    #expect(content.compactMap { $0["token"] as? String } == lists["tokens"] as? [String])
    #expect(
      content.compactMap { $0["logprob"] as? Double } == lists["token_logprobs"] as? [Double])
    let tops = try #require(lists["top_logprobs"] as? [[String: Double]])
    for (own, expected) in zip(content, tops) {
      let listed = try #require(own["top_logprobs"] as? [[String: Any]])
      #expect(listed.count == 4)
      for entry in listed {
        let token = try #require(entry["token"] as? String)
        #expect(entry["logprob"] as? Double == expected[token])
        #expect(entry["bytes"] as? [Int] == token.utf8.map { Int($0) })
      }
    }
  }

  @Test("are none where none are asked for, and refused where they are not meant")
  func bounds() async throws {
    let path = "/v1/chat/completions"
    #expect(choice(try await service.object(body(""), path))?["logprobs"] == nil)
    let drawn = try await service.object(body(#", "logprobs": true"#), path)
    let content = (choice(drawn)?["logprobs"] as? [String: Any])?["content"] as? [[String: Any]]
    #expect(content?.allSatisfy { ($0["top_logprobs"] as? [Any])?.isEmpty == true } == true)
    for (keys, words) in [
      (#", "top_logprobs": 2"#, "'logprobs' is not true"),
      (#", "logprobs": true, "top_logprobs": 21"#, "from 0 to 20"),
      (#", "logprobs": 3"#, "'logprobs' is 3"),
    ] {
      let (status, text) = try await service.ask(body(keys), path)
      #expect(status == 400 && text.contains(words), "\(text)")
    }
  }
}
