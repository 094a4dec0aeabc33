#if LiveTeachers
import Foundation
import Core
import Tasks
import Testing

@testable import Teacher

@Suite("Teacher probe", .enabled(if: Programs.python))
struct TeacherProbeTests {
  let vocabulary = DecimalCodec().vocabulary

  func report(
    _ mode: String, interfaces: [String] = ["prompt_logprobs", "echo"], cap: Int = 20,
    _ change: (inout CompletionsParameters) -> Void = { _ in }
  ) async throws -> TeacherProbeReport {
    let server = try await StubServer(
      .init(words: vocabulary.words, mode: mode, interfaces: interfaces, cap: cap))
    var parameters = server.parameters
    parameters.top = 3
    change(&parameters)
    return try await TeacherProbe.report(on: parameters, tokenizer: vocabulary)
  }

  @Test("believes a server that tells the truth", arguments: [["prompt_logprobs"], ["echo"]])
  func passes(_ interfaces: [String]) async throws {
    let report = try await report("", interfaces: interfaces)
    #expect(report.passed, "\(report.text)")
    #expect(report.repeatError == 0 && report.topCap ?? 0 >= 3)
    #expect(report.systemFingerprint == "stub")
    #expect(report.checks.count == 9, "\(report.text)")
  }

  @Test(
    "catches what is wrong and says what",
    arguments: [
      ("shifted", "positions", "the scores are shifted by 1"),
      ("warm", "temperature 1", "written and scored log-probabilities differ by"),
      ("drift", "repeats", "two scores of the same tokens differ by"),
      ("silent", "writes", "0 tokens written greedily"),
      ("renamed", "vocabulary", "is read as"),
      ("short", "scores prompts", "but 14 were sent"),
      ("bos", "scores prompts", "The teacher scored 15 tokens"),
      ("other", "scores prompts", "was sent"),
    ])
  func catches(_ mode: String, _ check: String, _ finding: String) async throws {
    let report = try await report(mode)
    let failed = report.checks.filter { !$0.passed }
    #expect(
      failed.contains { $0.name == check && $0.finding.contains(finding) }, "\(report.text)")
  }

  @Test("catches a shift by either interface", arguments: [["prompt_logprobs"], ["echo"]])
  func shifted(_ interfaces: [String]) async throws {
    let report = try await report("shifted", interfaces: interfaces)
    #expect(report.checks.contains { $0.name == "positions" && !$0.passed }, "\(report.text)")
  }

  @Test("refuses a server that scores only what it writes itself")
  func noPromptScores() async throws {
    let report = try await report("", interfaces: [])
    let failed = try #require(report.checks.first { !$0.passed })
    #expect(failed.name == "scores prompts", "\(report.text)")
  }

  @Test("finds that fewer likeliest tokens are given than wanted")
  func capped() async throws {
    let report = try await report("", cap: 2)
    #expect(report.topCap == 2 || report.topCap == 3)
    let echo = try await self.report("", interfaces: ["echo"], cap: 2)
    #expect(echo.checks.contains { $0.name == "likeliest tokens" && !$0.passed }, "\(echo.text)")
  }

  @Test("a teacher that fails is refused with the reason")
  func refusal() async throws {
    let server = try await StubServer(.init(words: vocabulary.words, mode: "shifted"))
    let error = await #expect(throws: CompletionsError.self) {
      try await CompletionsTeacher.connect(server.parameters, tokenizer: vocabulary)
    }
    #expect(
      error?.description == """
        The teacher at http://127.0.0.1:\(server.port)/v1 fails the check 'positions': \
        the scores are shifted by 1: first choices fit the token after. \
        Do not train on it; `opd teacher probe` shows every check.
        """)
  }
}
#endif
