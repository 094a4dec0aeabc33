#if LiveTeachers
import Foundation
import Core
import Programs
import Testing

@testable import Teacher

@Suite("A service that means harm", .enabled(if: Programs.python))
struct HostileServiceTests {
  let vocabulary = DecimalCodec().vocabulary

  struct DidNotStart: Error {}

  /// What the probe of a hostile server says.
  func finding(
    _ mode: String, log: String? = nil, _ change: (inout CompletionsParameters) -> Void = { _ in }
  ) async throws -> String {
    let program = Programs.path("Tests/Programs/hostile_server.py")
    let process = try await ProcessParameters(
      command: ["python3", program, mode] + (log.map { [$0] } ?? [])
    ).start { print("hostile:", $0) }
    var port: Int?
    for await event in process.events {
      if case .line(let line) = event { port = Int(String(decoding: line, as: UTF8.self)) }
      break
    }
    guard let port else { throw DidNotStart() }
    var parameters = CompletionsParameters(url: "http://127.0.0.1:\(port)/v1", model: "m")
    parameters.attempts = 1
    parameters.backoffSeconds = 0
    parameters.answerSeconds = 120
    change(&parameters)
    let error = await #expect(throws: (any Error).self) {
      try await CompletionsTeacher.connect(parameters, tokenizer: vocabulary)
    }
    process.kill()
    return error.map { "\($0)" } ?? ""
  }

  @Test("is never followed to another address, where the key would be shown")
  func redirected() async throws {
    setenv("OPD_TEST_REDIRECTED", "sk-secret", 1)
    let log = FileManager.default.temporaryDirectory.path + "/redirected-\(UUID().uuidString)"
    let said = try await finding("redirect", log: log) { $0.keyVariable = "OPD_TEST_REDIRECTED" }
    #expect(said.contains("sends its questions on to http://localhost:"), "\(said)")
    #expect(said.contains("nothing was sent there") && !said.contains("token=x"), "\(said)")
    #expect(!FileManager.default.fileExists(atPath: log))
    #expect(try await finding("nowhere").contains("sends its questions on"))
  }

  @Test("may be asked for a whole reply only where it stays", arguments: 0..<8)
  func redirectedOften(_ attempt: Int) async throws {
    // A race: whoever waited ended the session while Foundation still waited for its answer, and the program with it.
    #expect(try await finding("nowhere").contains("sends its questions on"))
  }

  @Test("cannot answer for ever", arguments: ["endless"])
  func endless(_ mode: String) async throws {
    // That it returns at all is the bound: the server never stops, and a busy machine has no clock to judge by.
    let said = try await finding(mode) { $0.answerSeconds = 1 }
    #expect(said.contains("not complete after 1.0 s"), "\(said)")
  }

  @Test("cannot fill the memory, with plain bytes or packed ones", arguments: ["flood", "bomb"])
  func tooLong(_ mode: String) async throws {
    let said = try await finding(mode)
    #expect(said.contains("longer than 67108864 bytes"), "\(said)")
  }

  @Test(
    "cannot count in numbers that crash",
    arguments: ["-1", "9223372036854775807", "-9223372036854775808"])
  func counts(_ number: String) async throws {
    let said = try await finding("usage \(number)")
    #expect(said.contains("counts \(number) tokens for one question"), "\(said)")
  }

  @Test(
    "cannot ask for a pause that is no number",
    arguments: ["nan", "inf", "-1", "1e300", "soon"])
  func pauses(_ text: String) async throws {
    #expect(RetryAfter.seconds(text) == 0)
    let said = try await finding("retry \(text)") { $0.attempts = 2 }
    #expect(said.contains("did not answer in 2 attempts: status 503"), "\(said)")
  }

  @Test("may write what is not JSON", arguments: ["html", "deep"])
  func notJSON(_ mode: String) async throws {
    let said = try await finding(mode)
    #expect(said.contains("The teacher at http://127.0.0.1"), "\(said)")
  }

  @Test(
    "an address with a secret is refused when it is read, and not shown",
    arguments: [
      "http://me:secret@h/v1", "http://h/v1?key=secret", "http://h/v1#secret",
      "http://me:se/cret@h/v1", "http://me:secret?@h/v1", "http:///v1", "file:///secret@x",
    ])
  func secrets(_ url: String) throws {
    let json = try JSONEncoder().encode(CompletionsParameters(url: url, model: "m"))
    let error = #expect(throws: CompletionsError.self) {
      try JSONDecoder().decode(CompletionsParameters.self, from: json)
    }
    let said = error.map { "\($0)" } ?? "secret"
    #expect(!said.contains("secret") && !said.contains("cret@"), "\(said)")
    let plain = CompletionsParameters(url: "http://h:80/v1", model: "m")
    #expect(
      try JSONDecoder().decode(CompletionsParameters.self, from: JSONEncoder().encode(plain))
        == plain)
  }

  @Test("patience without bounds is refused before anything waits")
  func ranges() {
    let changes: [(inout CompletionsParameters) -> Void] = [
      { $0.answerSeconds = .infinity }, { $0.answerSeconds = .nan }, { $0.answerSeconds = 1e9 },
      { $0.backoffSeconds = 1e300 }, { $0.attempts = .max }, { $0.inFlight = .max },
      { $0.tolerance = .nan }, { $0.flopsPerToken = -1 }, { $0.pricePerMillionTokens = .nan },
    ]
    for change in changes {
      var parameters = CompletionsParameters()
      change(&parameters)
      #expect(throws: TeacherError.self) { try parameters.validate() }
    }
  }
}
#endif
