#if LiveTeachers
import Foundation
import Core
import Programs
import Tasks
import Testing

@testable import Teacher

/// Against a real server: `llama_cpp` and `gguf` have to be importable; OPD_TEST_GGUF may name another model file than a
/// tiny one that is made here.
@Suite("llama.cpp's server", .enabled(if: LlamaServer.isAvailable))
struct LlamaServerTests {
  @Test("passes the probe and scores text as it does when it writes it")
  func scores() async throws {
    let folder = TemporaryFolder()
    let model = try LlamaServer.model ?? LlamaServer.makeModel(at: folder.url)
    let port = Int.random(in: 20_000..<60_000)
    let server = try await ProcessParameters(command: [
      "python3", "-m", "llama_cpp.server", "--model", model, "--port", "\(port)",
      "--logits_all", "true",
    ]).start { _ in }
    defer { server.kill() }
    var parameters = CompletionsParameters(url: "http://127.0.0.1:\(port)/v1", model: "any")
    parameters.tokens = .text
    parameters.attempts = 20
    parameters.inFlight = 1
    let vocabulary = DecimalCodec().vocabulary
    let report = try await TeacherProbe.report(on: parameters, tokenizer: vocabulary)
    #expect(report.passed && report.interface == .echo, "\(report.text)")
    let teacher = try await CompletionsTeacher.connect(parameters, tokenizer: vocabulary)
    let answer = DecimalCodec().encode(Interval(3, 9), duration: 12)
    let request = ScoringRequest(prompt: .toy(), responses: [answer, Array(answer.prefix(2))])
    let score = try await teacher.score([request], support: .sampled)[0]
    #expect(score[0].sampled.count == answer.count)
    #expect(score[0].sampled.allSatisfy { $0.isFinite && $0 <= 0 })
    let difference = zip(score[0].sampled, score[1].sampled).map { abs($0 - $1) }.max() ?? 1
    #expect(difference < 1e-3, "A prefix alone differs by \(difference).")
  }
}

/// Whether there is one to test with.
enum LlamaServer {
  static let model = ProcessInfo.processInfo.environment["OPD_TEST_GGUF"]

  static let isAvailable = Programs.python && run(["-c", "import llama_cpp.server, gguf"])

  struct NoModel: Error {}

  /// A Llama of two layers with random weights.
  static func makeModel(at url: URL) throws -> String {
    guard run([Programs.path("Tests/Programs/tiny_gguf.py"), url.path]) else { throw NoModel() }
    return url.path
  }

  private static func run(_ arguments: [String]) -> Bool {
    let python = Process()
    python.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    python.arguments = ["python3"] + arguments
    python.standardError = FileHandle.nullDevice
    do { try python.run() } catch { return false }
    python.waitUntilExit()
    return python.terminationStatus == 0
  }
}
#endif
