#if Engines
import Core
import Foundation
import Testing

@testable import Engines

@Suite("Address of a training server")
struct ServerAddressTests {
  @Test(
    "is this machine or encrypted",
    arguments: [
      ("http://127.0.0.1:8000", true), ("http://127.8.9.1:1", true), ("http://localhost:80/", true),
      ("http://[::1]:8000", true), ("https://engine.example", true),
      ("http://engine.example", false), ("http://127.0.0.1.example:8000", false),
      ("http://10.0.0.1:8000", false), ("http://0.0.0.0:8000", false), ("ftp://127.0.0.1", false),
      ("http://", false), ("127.0.0.1:8000", false), ("http://127.1:80", false),
    ])
  func plain(_ url: String, _ good: Bool) {
    #expect(((try? ServerAddress(url, insecure: false)) != nil) == good)
  }

  @Test("may be plain where that is wanted")
  func insecure() { #expect((try? ServerAddress("http://10.0.0.1:80", insecure: true)) != nil) }

  @Test(
    "holds no secrets, and the error repeats none",
    arguments: [
      "https://me:geheim@engine.example", "https://geheim@engine.example",
      "https://engine.example?key=geheim", "https://engine.example/#geheim",
    ])
  func secrets(_ url: String) throws {
    let error = #expect(throws: EngineError.self) { try ServerAddress(url, insecure: true) }
    #expect(try !#require(error).description.contains("geheim"))
  }
}

@Suite(
  "Client of a training server", .serialized, .enabled(if: StubEngine.isPossible, "needs python3"))
struct TinkerClientTests {
  private func failure(
    _ mode: String, _ change: (inout TinkerParameters) -> Void = { _ in }
  ) async throws -> String {
    let server = try StubEngine(.init(mode: mode))
    var parameters = server.parameters
    parameters.attempts = 2
    change(&parameters)
    let error = await #expect(throws: EngineError.self) {
      try await TinkerClient.connect(parameters)
    }
    return error.map { "\($0)" } ?? ""
  }

  @Test("finds the dialect", arguments: [TinkerDialect.json, .protobuf])
  func dialect(_ dialect: TinkerDialect) async throws {
    let server = try StubEngine(.init(dialect: dialect))
    #expect(try await TinkerClient.connect(server.parameters).dialect == dialect)
  }

  @Test("says what went wrong")
  func faults() async throws {
    #expect(
      try await failure("redirects")
        == """
        The training server answered 'get_server_capabilities' with status 307, a redirection. \
        Give the address it points to, if you trust it; redirections are not followed.
        """)
    #expect(
      try await failure("endless") { $0.largestAnswer = 1 << 20 }
        == """
        The training server's answer to 'create_session' has more than 1048576 bytes. \
        Send fewer prompts at a time, or raise 'largestAnswer'.
        """)
    #expect(
      try await failure("garbage")
        == """
        The training server's answer to 'create_session' cannot be read: \
        its JSON has something that is no value. \
        Use a version of the server that was measured; `scripts/engine.sh` pins them.
        """)
    #expect(
      try await failure("slow") { $0.answerSeconds = 1 }
        .contains("in 2 attempts: no answer in 1.0 s."))
    #expect(
      try await failure("") { $0.url = "http://127.0.0.1:9" }
        .contains("did not answer 'get_server_capabilities' in 2 attempts: "))
    #expect(
      try await failure("") { $0.rank = 0 }.contains("The setting 'rank' is 0.0, but must be"))
  }

  @Test("waits out a busy server, whatever it says of the time")
  func busy() async throws {
    let server = try StubEngine(.init(mode: "busy"))
    let client = try await TinkerClient.connect(server.parameters)
    #expect(try await client.createModel(base: "table", rank: 8, seed: 1).rank == 8)
  }

  @Test("asks again for what is late", arguments: [TinkerDialect.json, .protobuf])
  func late(_ dialect: TinkerDialect) async throws {
    let server = try StubEngine(.init(dialect: dialect, mode: "late"))
    let client = try await TinkerClient.connect(server.parameters)
    let model = try await client.createModel(base: "table", rank: 8, seed: 1)
    let response = ScoredResponse(prompt: [.tokens([1])], response: [2])
    #expect(
      try await client.pass(model, [response.datum(rank: 0)], loss: "cross_entropy", .forward)
        .field("logprobs").count == 1)
  }

  @Test("counts the failures of a promise, whatever silence lies between them")
  func failing() async throws {
    let server = try StubEngine(.init(mode: "fails_and_hangs"))
    var parameters = server.parameters
    parameters.answerSeconds = 1
    parameters.operationSeconds = 60
    let client = try await TinkerClient.connect(parameters)
    let model = try await client.createModel(base: "table", rank: 8, seed: 1)
    let response = ScoredResponse(prompt: [.tokens([1])], response: [2])
    let error = await #expect(throws: EngineError.self) {
      try await client.pass(model, [response.datum(rank: 0)], loss: "cross_entropy", .forward)
    }
    let text = error.map { "\($0)" } ?? ""
    #expect(text.contains("did not answer 'forward_backward' in 4 attempts: status 500"), "\(text)")
  }

  @Test("sends a key that nobody repeats")
  func key() async throws {
    let key = "opd-secret-of-a-test"
    setenv("OPD_TEST_ENGINE_KEY", key, 1)
    let server = try StubEngine(.init(mode: "echoes_key", key: key))
    var parameters = server.parameters
    let refused = await #expect(throws: EngineError.self) {
      try await TinkerClient.connect(parameters)
    }
    #expect("\(refused.map { "\($0)" } ?? "")".contains("status 401"))
    parameters.keyVariable = "OPD_TEST_ENGINE_KEY"
    let error = await #expect(throws: EngineError.self) {
      try await TinkerClient.connect(parameters)
    }
    let text = error.map { "\($0)" } ?? ""
    #expect(text.contains("key (key) is not wanted") && !text.contains(key))
    parameters.keyVariable = "OPD_TEST_NO_SUCH_KEY"
    await #expect(throws: EngineError.key(variable: "OPD_TEST_NO_SUCH_KEY")) {
      try await TinkerClient.connect(parameters)
    }
  }

  @Test("keeps its session alive while nothing is asked")
  func heartbeat() async throws {
    let server = try StubEngine()
    var parameters = server.parameters
    parameters.heartbeatSeconds = 0.05
    let client = try await TinkerClient.connect(parameters)
    var beats: Int64 = 0
    while beats < 3 {
      try await Task.sleep(for: .milliseconds(50))
      let state = try await client.exchange.json("stub_state", .object([]))
      beats = try #require(state["heartbeats"]?.integer)
    }
    client.close()
  }

  @Test("does not send a step again whose fate is unknown")
  func uncertain() async throws {
    let server = try StubEngine(.init(mode: "breaks_steps"))
    // A connection that was used before and breaks makes libcurl wait: the time ends it.
    var parameters = server.parameters
    parameters.answerSeconds = 1
    let client = try await TinkerClient.connect(parameters)
    let model = try await client.createModel(base: "table", rank: 8, seed: 1)
    let error = await #expect(throws: EngineError.self) {
      try await client.step(model, AdamStep(learningRate: 1))
    }
    #expect(
      "\(error.map { "\($0)" } ?? "")".contains("It is not known whether 'optim_step' changed"))
    client.repeatsAreOneWrite = true
    let again = await #expect(throws: EngineError.self) {
      try await client.step(model, AdamStep(learningRate: 1))
    }
    #expect("\(again.map { "\($0)" } ?? "")".contains("did not answer 'optim_step' in 4 attempts"))
  }
}
#endif
