#if LiveTeachers
import Foundation
import Core
import Tasks
import Testing

@testable import Teacher

@Suite("Completions teacher", .enabled(if: Programs.python))
struct CompletionsTeacherTests {
  let codec = DecimalCodec()
  var vocabulary: Vocabulary { codec.vocabulary }
  let requests = (0..<6).map {
    ScoringRequest(
      prompt: .toy("p\($0)", duration: Double($0 + 9)), responses: [[$0, 1, 11], [5], [2, 2, 2]])
  }

  /// What the stub's formula says of every response, when tokens are the server's.
  var expected: [[[Double]]] {
    requests.map { request in
      request.responses.map {
        StubServer.expected($0, after: request.prompt.tokens, vocabulary: vocabulary.count)
      }
    }
  }

  func isExpected(_ scores: [[TeacherScore]]) -> Bool {
    let found = scores.map { $0.map { $0.sampled.map { Double($0) } } }
    return zip(found.joined().joined(), expected.joined().joined()).allSatisfy {
      abs($0 - $1) < 1e-5
    } && found.map { $0.map(\.count) } == expected.map { $0.map(\.count) }
  }

  @Test(
    "scores as the model does, by either interface",
    arguments: [["prompt_logprobs", "echo"], ["echo"], ["prompt_logprobs"]])
  func interfaces(_ interfaces: [String]) async throws {
    let server = try await StubServer(.init(words: vocabulary.words, interfaces: interfaces))
    let teacher = try await CompletionsTeacher.connect(server.parameters, tokenizer: vocabulary)
    #expect(
      teacher.report.interface
        == (interfaces.count == 1 && interfaces[0] == "echo" ? .echo : .promptLogprobs))
    #expect(isExpected(try await teacher.score(requests, support: .sampled)))
    #expect(teacher.costs.requests > 18 && teacher.costs.promptTokens > 18 * 3)
    // Seen once: the time-out of a minute found a request that nothing came back for (swift-corelibs-foundation #3287).
    withKnownIssue("Foundation loses an answer now and then", isIntermittent: true) {
      #expect(teacher.costs.retries == 0)
    }
  }

  @Test("lists the likeliest tokens, likeliest first", arguments: [["prompt_logprobs"], ["echo"]])
  func top(_ interfaces: [String]) async throws {
    let server = try await StubServer(.init(words: vocabulary.words, interfaces: interfaces))
    var parameters = server.parameters
    parameters.top = 4
    let teacher = try await CompletionsTeacher.connect(parameters, tokenizer: vocabulary)
    #expect(teacher.support == .top(4))
    let score = try await teacher.score(requests, support: .top(3))[0][0]
    let top = try #require(score.top)
    for (position, listed) in top.enumerated() {
      let prefix = requests[0].prompt.tokens + requests[0].responses[0].prefix(position)
      let row = StubServer.row(after: prefix, vocabulary: vocabulary.count)
      let best = row.indices.sorted { row[$0] > row[$1] }.prefix(3)
      #expect(listed.map(\.token) == Array(best))
      #expect(listed.allSatisfy { abs(Double($0.logProbability) - row[$0.token]) < 1e-5 })
    }
  }

  @Test("works where tokens are named by their text only")
  func textNames() async throws {
    let server = try await StubServer(
      .init(words: vocabulary.words, interfaces: ["echo"], ids: false))
    let teacher = try await CompletionsTeacher.connect(server.parameters, tokenizer: vocabulary)
    #expect(isExpected(try await teacher.score(requests, support: .sampled)))
  }

  @Test(
    "spells words in another tokenizer, summing over their tokens",
    arguments: [CompletionsParameters.TokenMapping.tokenize, .text])
  func spelled(_ mapping: CompletionsParameters.TokenMapping) async throws {
    // The server knows "he" and "l" and "lo"; the student says "hello" and "lo".
    let student = Vocabulary(words: ["hello", "lo", "1", "stop"], end: "stop")
    let words = ["x", "he", "l", "lo", "1"]
    let server = try await StubServer(.init(words: words, extras: true))
    var parameters = server.parameters
    parameters.tokens = mapping
    parameters.template = "{query}:"
    let teacher = try await CompletionsTeacher.connect(parameters, tokenizer: student)
    let extras = (32..<127).compactMap { UnicodeScalar($0) }.map { String(Character($0)) }
    let known = words + extras.filter { !words.contains($0) } + ["\n"]
    let spelling = { (text: String) in
      text.map { String($0) }.compactMap { known.firstIndex(of: $0) }
    }
    let prompt = Prompt.toy("4")
    let context = spelling("what happens in 4:").map { $0 }
    let pieces = [[1, 2, 3], [4], [known.count - 1]]
    let all = StubServer.expected(pieces.flatMap { $0 }, after: context, vocabulary: known.count)
    let score = try await teacher.score(
      [ScoringRequest(prompt: prompt, responses: [[0, 2, 3]])], support: .sampled)[0][0]
    let expected = [all[0] + all[1] + all[2], all[3], all[4]]
    #expect(
      zip(score.sampled, expected).allSatisfy { abs(Double($0) - $1) < 1e-4 }, "\(score.sampled)")
    #expect(teacher.support == .sampled)
  }

  @Test("in text, refuses a token that lies across two words")
  func boundary() async throws {
    let student = Vocabulary(words: ["h", "e", "stop"], end: "stop")
    let server = try await StubServer(.init(words: ["he"], extras: true))
    var parameters = server.parameters
    parameters.tokens = .text
    let teacher = try await CompletionsTeacher.connect(parameters, tokenizer: student)
    await #expect(throws: CompletionsError.boundary(prompt: "a", word: "e", token: "he")) {
      try await teacher.score(
        [ScoringRequest(prompt: .toy(), responses: [[0, 1, 2]])], support: .sampled)
    }
  }

  @Test(
    "loses nothing to a server that fails now and then",
    arguments: ["flaky", "busy", "cut", "slow"])
  func recovers(_ mode: String) async throws {
    let server = try await StubServer(.init(words: vocabulary.words, mode: mode))
    var parameters = server.parameters
    parameters.attempts = 12
    if mode == "slow" { parameters.answerSeconds = 1 }
    let teacher = try await CompletionsTeacher.connect(parameters, tokenizer: vocabulary)
    #expect(isExpected(try await teacher.score(requests, support: .sampled)))
    #expect(teacher.costs.retries > 0)
  }

  @Test("finishes with the same scores when the server is killed and restarted ten times")
  func restarts() async throws {
    let folder = TemporaryFolder()
    let first = try await StubServer(.init(words: vocabulary.words))
    var parameters = first.parameters
    parameters.attempts = 40
    parameters.inFlight = 2
    let teacher = try await CompletionsTeacher.connect(parameters, tokenizer: vocabulary)
    let cached = try CachedTeacher(teacher, identity: teacher.identity, folder: folder.url)
    let (words, port) = (vocabulary.words, first.port)
    let restarting = Task {
      var server = first
      for _ in 0..<10 {
        try await Task.sleep(for: .milliseconds(30))
        server.kill()
        server = try await restarted(words, port)
      }
      return server
    }
    var rounds = 0
    while !restarting.isCancelled {
      let scores = try await cached.score(requests, support: .sampled)
      #expect(isExpected(scores))
      let uncached = try await teacher.score(requests, support: .sampled)
      #expect(isExpected(uncached))
      rounds += 1
      if rounds >= 10 { break }
    }
    let last = try await restarting.value
    #expect(isExpected(try await teacher.score(requests, support: .sampled)))
    #expect(teacher.costs.retries > 0)
    last.kill()
  }

  private func restarted(_ words: [String], _ port: Int) async throws -> StubServer {
    for _ in 0..<50 {
      if let server = try? await StubServer(.init(words: words, port: port)) { return server }
      try await Task.sleep(for: .milliseconds(100))
    }
    throw StubServer.DidNotStart()
  }

  @Test("asks for nothing twice when it is cached")
  func cached() async throws {
    let folder = TemporaryFolder()
    let server = try await StubServer(.init(words: vocabulary.words))
    let teacher = try await CompletionsTeacher.connect(server.parameters, tokenizer: vocabulary)
    _ = try await CachedTeacher(teacher, identity: teacher.identity, folder: folder.url)
      .score(requests, support: .sampled)
    let before = teacher.costs.requests
    let again = try await CachedTeacher(teacher, identity: teacher.identity, folder: folder.url)
      .score(requests, support: .sampled)
    #expect(teacher.costs.requests == before)
    #expect(isExpected(again))
  }
}
#endif
