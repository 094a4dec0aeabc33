import Foundation
import Rollouts
import Testing

@testable import Teacher

/// Against a real server: `llama_cpp` has to be importable and OPD_TEST_GGUF to name a model file.
@Suite("llama.cpp's server", .enabled(if: LlamaServer.isAvailable), .timeLimit(.minutes(5)))
struct LlamaServerTests {
  @Test("is probed, and believed only if it passes; then it scores text")
  func scores() async throws {
    let model = try #require(LlamaServer.model)
    let port = Int.random(in: 20_000..<60_000)
    let server = try ChildProcess(
      ProcessParameters(command: [
        "python3", "-m", "llama_cpp.server", "--model", model, "--port", "\(port)",
        "--logits_all", "true",
      ])
    ) { _ in }
    defer { server.kill() }
    var parameters = CompletionsParameters(url: "http://127.0.0.1:\(port)/v1", model: "any")
    parameters.tokens = .text
    parameters.interface = .echo
    parameters.attempts = 20
    parameters.inFlight = 1
    let vocabulary = DecimalCodec().vocabulary
    let report = try await TeacherProbe.report(on: parameters, vocabulary: vocabulary)
    print(report.text)
    guard report.passed else { return }
    let teacher = try await CompletionsTeacher.connect(parameters, vocabulary: vocabulary)
    let answer = DecimalCodec().encode(Interval(3, 9), duration: 12)
    let score = try await teacher.score(
      [ScoringRequest(prompt: .toy(), responses: [answer])], support: .sampled)
    #expect(score[0][0].sampled.count == answer.count)
    #expect(score[0][0].sampled.allSatisfy { $0.isFinite && $0 <= 0 })
  }
}

/// Whether there is one to test with.
enum LlamaServer {
  static let model = ProcessInfo.processInfo.environment["OPD_TEST_GGUF"]

  static let isAvailable: Bool = {
    guard model != nil, Programs.python else { return false }
    let python = Process()
    python.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    python.arguments = ["python3", "-c", "import llama_cpp.server"]
    python.standardError = FileHandle.nullDevice
    try? python.run()
    python.waitUntilExit()
    return python.terminationStatus == 0
  }()
}
