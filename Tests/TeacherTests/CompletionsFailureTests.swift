#if LiveTeachers
import Foundation
import Core
import Tasks
import Testing

@testable import Teacher

@Suite("A service that misbehaves", .enabled(if: Programs.python))
struct CompletionsFailureTests {
  let vocabulary = DecimalCodec().vocabulary

  func failure(
    _ options: StubServer.Options, _ change: (inout CompletionsParameters) -> Void = { _ in }
  ) async throws -> String {
    let server = try await StubServer(options)
    var parameters = server.parameters
    parameters.attempts = 2
    change(&parameters)
    let error = await #expect(throws: (any Error).self) {
      try await CompletionsTeacher.connect(parameters, tokenizer: vocabulary)
    }
    return error.map { "\($0)" } ?? ""
  }

  @Test("for good ends in an error that says how")
  func forGood() async throws {
    let words = vocabulary.words
    let down = try await failure(.init(words: words, mode: "down"))
    #expect(down.contains("did not answer in 2 attempts: status 503, {\"error\": \"loading\"}."))
    let slow = try await failure(.init(words: words, mode: "slow")) {
      $0.attempts = 1
      $0.answerSeconds = 1
    }
    #expect(slow.contains("did not answer in 1 attempts: "))
    let cut = try await failure(.init(words: words, mode: "cut")) { $0.attempts = 1 }
    #expect(cut.contains("did not answer in 1 attempts: "))
    let garbage = try await failure(.init(words: words, mode: "garbage"))
    #expect(garbage.contains("it lacks what was asked for"))
    let nan = try await failure(.init(words: words, mode: "nan"))
    #expect(nan.contains("it contains NaN or Infinity"))
    let nobody = try await failure(.init(words: words)) { $0.url = "http://127.0.0.1:9/v1" }
    #expect(nobody.contains("did not answer in 2 attempts: "))
    let elsewhere = try await failure(.init(words: words)) { $0.url += "/v2" }
    #expect(elsewhere.contains("refused with status 404"))
  }

  @Test("in one value is noticed where it is used", arguments: ["null", "positive"])
  func values(_ mode: String) async throws {
    let server = try await StubServer(.init(words: vocabulary.words, mode: mode))
    let client = try CompletionsClient(server.parameters)
    let spelling = try await ServerSpelling(client, tokenizer: vocabulary)
    let teacher = CompletionsTeacher(
      client: client, spelling: spelling, tokenizer: vocabulary,
      report: TeacherProbeReport(url: "", model: "", interface: .promptLogprobs))
    let value = mode == "null" ? "missing" : "0.7"
    let expected = CompletionsError.notALogProbability(prompt: "a", position: 3, value: value)
    await #expect(throws: expected) {
      try await teacher.score(
        [ScoringRequest(prompt: .toy(), responses: [[4, 5]])], support: .sampled)
    }
  }

  @Test("never learns to show the key")
  func secrets() async throws {
    let key = "sk-very-secret-\(UUID().uuidString)"
    setenv("OPD_TEST_KEY", key, 1)
    let server = try await StubServer(.init(words: vocabulary.words, key: key))
    var parameters = server.parameters
    let without = await #expect(throws: CompletionsError.self) {
      try await CompletionsTeacher.connect(parameters, tokenizer: vocabulary)
    }
    #expect("\(without.map { "\($0)" } ?? "")".contains("status 401"))
    parameters.keyVariable = "OPD_TEST_KEY"
    let teacher = try await CompletionsTeacher.connect(parameters, tokenizer: vocabulary)
    let shown = "\(teacher.report.text) \(teacher.identity)"
    #expect(!shown.contains(key))
    let configuration = String(decoding: try JSONEncoder().encode(parameters), as: UTF8.self)
    #expect(!configuration.contains(key))
    // A server that repeats the key in its error.
    let strict = try await StubServer(.init(words: vocabulary.words, key: "another"))
    parameters.url = strict.parameters.url
    let refused = await #expect(throws: CompletionsError.self) {
      try await CompletionsTeacher.connect(parameters, tokenizer: vocabulary)
    }
    let text = refused.map { "\($0)" } ?? ""
    #expect(text.contains("no entry with Bearer (key)") && !text.contains(key), "\(text)")
    parameters.keyVariable = "OPD_TEST_NO_KEY"
    #expect(throws: CompletionsError.key(variable: "OPD_TEST_NO_KEY")) {
      try CompletionsClient(parameters)
    }
  }

  @Test("or an address with a password in it is refused without showing it")
  func addresses() {
    for url in ["http://me:secret@127.0.0.1/v1", "127.0.0.1:80", "ftp://127.0.0.1/v1"] {
      let error = #expect(throws: CompletionsError.self) {
        try CompletionsClient(CompletionsParameters(url: url, model: "m"))
      }
      #expect(error.map { "\($0)".contains("secret") } == false)
    }
  }

  @Test("parameters out of range are refused")
  func parameters() {
    var parameters = CompletionsParameters()
    parameters.tokens = .text
    parameters.top = 4
    #expect(throws: TeacherError.self) { try parameters.validate() }
    parameters = CompletionsParameters()
    parameters.inFlight = 0
    #expect(throws: TeacherError.self) { try parameters.validate() }
    #expect(throws: Never.self) { try CompletionsParameters().validate() }
  }
}
#endif
