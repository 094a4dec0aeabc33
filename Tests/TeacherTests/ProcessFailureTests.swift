import Foundation
import Core
import Tasks
import Testing

@testable import Teacher

@Suite("A program that misbehaves", .enabled(if: Programs.python))
struct ProcessFailureTests {
  let vocabulary = DecimalCodec().vocabulary
  let requests = (0..<4).map {
    ScoringRequest(prompt: .toy("p\($0)"), responses: [[$0, 1, 11], [5]])
  }

  /// What a behaving teacher says.
  var expected: [[[Float]]] {
    requests.map { request in
      request.responses.map { response in
        response.enumerated().map { -Float($1 + $0) / 8 - 1 }
      }
    }
  }

  func scores(
    _ mode: String, support: TeacherSupport = .sampled, log: Log = Log(),
    _ change: (inout ProcessParameters) -> Void = { _ in }
  ) async throws -> [[[Float]]] {
    let state = TemporaryFolder()
    var parameters = Programs.broken(mode, state: state.url)
    change(&parameters)
    let teacher = try await ProcessTeacher.connect(
      parameters, tokenizer: vocabulary, log: log.add)
    let found = try await teacher.score(requests, support: support)
    await teacher.stop()
    return found.map { $0.map(\.sampled) }
  }

  @Test(
    "once is started again, asked again, and nothing is lost",
    arguments: [
      "dies-once", "torn-once", "killed-once", "hangs-once", "garbage-once", "twice-once",
      "stranger-once", "deaf-once", "mute-once", "closes-once",
    ])
  func recovers(_ mode: String) async throws {
    let log = Log()
    let found = try await scores(mode, log: log) {
      $0.answerSeconds = 15
      $0.startSeconds = mode == "mute-once" ? 15 : 60
      $0.attempts = 6
    }
    #expect(found == expected)
    #expect(log.lines.contains { $0.hasPrefix("The program 'python3 ") }, "\(log.lines)")
  }

  @Test("in a way that does no harm is left alone", arguments: ["reversed", "chatty", "loud"])
  func harmless(_ mode: String) async throws {
    let log = Log()
    #expect(try await scores(mode, log: log) == expected)
    #expect(!log.lines.contains { $0.hasPrefix("The program") })
    #expect(mode != "chatty" || log.lines.contains("thinking"))
    #expect(mode != "loud" || log.lines.count > 79_000)
  }

  @Test("always ends in the error that names what it does")
  func givesUp() async throws {
    try await expect(
      "dies",
      "failed 2 times in a row; at last it ended with status 3, after saying 'out of memory'.")
    try await expect("killed", "at last it was ended by signal 9.")
    try await expect("hangs", "at last it was silent for 0.5 s while an answer was due.")
    try await expect("garbage", "at last it wrote 'Loading model...', which is not an answer.")
    try await expect("stranger", "which was not open.")
    try await expect("changes", "at last it was 'broken start 0' and came back as 'broken start ")
  }

  @Test("in what it says is an error at once")
  func wrongContent() async throws {
    let prompt = "for prompt 'p0' cannot be used:"
    try await expect("long", "\(prompt) 'sampled' has 4 numbers where 3 are due.")
    try await expect("nan", "\(prompt) 'sampled' contains nan, which cannot be.")
    try await expect("positive", "\(prompt) 'sampled' contains 0.5, which cannot be.")
    try await expect("infinite", "\(prompt) 'sampled' contains -inf, which cannot be.")
    try await expect("base64", "\(prompt) 'sampled' is not base64 of four-byte numbers.")
    try await expect("few", "gave 0 prompts for prompt 'p0', but 1 were due.")
    try await expect("fewer", "gave 1 scores for prompt 'p0', but 2 were due.")
    try await expect("raises", "reported an error: 'broken' raised ValueError at ")
    try await expect("raises", "broken_teacher.py:50: no weights.")
    try await expect(
      "wide", "'rows' has 42 numbers where 39 are due.", support: .full)
    try await expect("foreign", "'top_tokens' contains token 1000", support: .top(2))
  }

  @Test("in its hello is refused")
  func wrongHello() async throws {
    try await expect("version", "speaks version 99 of the protocol, not 1.")
    try await expect("kind", "is a reward, not a teacher.")
    try await expect("vocabulary", "but the student has \(vocabulary.fingerprint.prefix(12)).")
  }

  private func expect(
    _ mode: String, _ sentence: String, support: TeacherSupport = .sampled,
    location: SourceLocation = #_sourceLocation
  ) async throws {
    let error = await #expect(throws: ProcessError.self, sourceLocation: location) {
      _ = try await scores(mode, support: support) {
        // Only one that hangs is waited for in vain; the others share two cores with every other test.
        $0.answerSeconds = mode == "hangs" ? 0.5 : 60
        $0.inFlight = 1
      }
    }
    let text = error?.happened ?? ""
    #expect(text.contains(sentence), "\(text)", sourceLocation: location)
    #expect(error?.remedy.hasSuffix(".") == true, sourceLocation: location)
  }

  @Test("by not existing is reported with what to do")
  func cannotStart() async throws {
    let missing = ProcessError.cannotStart(
      program: "no-such-program-here", reason: "PATH has no 'no-such-program-here'")
    await #expect(throws: missing) {
      try await ProcessTeacher.connect(
        ProcessParameters(command: ["no-such-program-here"]), tokenizer: vocabulary)
    }
    #expect(
      missing.description == """
        The program 'no-such-program-here' cannot be started: PATH has no 'no-such-program-here'. \
        Check 'command' and that the program is installed and executable.
        """)
    await #expect(throws: ProcessError.self) {
      try await ProcessTeacher.connect(
        ProcessParameters(command: ["./nothing"]), tokenizer: vocabulary)
    }
    await #expect(throws: TeacherError.self) {
      try await ProcessTeacher.connect(ProcessParameters(), tokenizer: vocabulary)
    }
  }

  @Test("by being slow can be given up by cancelling, and used again")
  func cancellation() async throws {
    let state = TemporaryFolder()
    let teacher = try await ProcessTeacher.connect(
      Programs.broken("hangs-once", state: state.url), tokenizer: vocabulary)
    let task = Task { try await teacher.score(requests, support: .sampled) }
    try await Task.sleep(for: .milliseconds(200))
    task.cancel()
    await #expect(throws: CancellationError.self) { try await task.value }
    await teacher.stop()
    let found = try await teacher.score(requests, support: .sampled)
    #expect(found.map { $0.map(\.sampled) } == expected)
  }
}
