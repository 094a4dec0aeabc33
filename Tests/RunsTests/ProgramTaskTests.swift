import Core
import Foundation
import Plugins
import Testing

@testable import Records
@testable import Runs

@Suite("Questions and a judge that are programs", .enabled(if: Programs.python))
struct ProgramTaskTests {
  /// Sums of two digits, in Python, one file for both.
  private static let program = """
    import sys; sys.path.insert(0, '\(Programs.path("python"))')
    import opd

    if sys.argv[1] == "data":
        @opd.data
        def sums(seed):
            for a in range(6):
                for b in range(6):
                    part = "dev" if (a + b) % 3 == 0 else "train"
                    yield {"part": part, "id": f"{a}{b}", "query": f"{a} plus {b}", "answers": [str(a + b)]}
    else:
        @opd.task
        def near(answer):
            right = int(answer.truth[0])
            return max(0, 1 - abs(int(answer.answer) - right) / 10) if answer.answer.isdigit() else 0

    opd.serve()
    """

  private func configuration(_ folder: TemporaryFolder, _ program: String) throws -> String {
    let path = folder.path + "/sums.py"
    try FileManager.default.createDirectory(atPath: folder.path, withIntermediateDirectories: true)
    try program.write(toFile: path, atomically: true, encoding: .utf8)
    return """
      data: {process: {command: [python3, '\(path)', data]}}
      codec: {process: {command: [python3, '\(path)', task], maximumTokens: 4}}
      student: {decoder: {layers: 1, width: 16, heads: 2, keyValueHeads: 1, hidden: 32}}
      reward: quality
      evaluation: {every: 2, consensus: 2}
      threads: 1
      stages:
        - {method: sft, steps: 20, prompts: 8, learningRate: 0.01}
        - {method: grpo, steps: 4, prompts: 2, group: 4}
      """
  }

  private func carryOut(
    _ program: String, in folder: TemporaryFolder, _ name: String
  ) async throws {
    let value = try ConfigurationFile.parse(configuration(folder, program), file: "sums.yaml")
    _ = try await RunExecutor(Laboratory.standard()).run(
      value, in: folder.path + "/" + name, resume: false)
  }

  @Test("train a student by its rewards, twice to the same bytes")
  func run() async throws {
    let folder = TemporaryFolder()
    for name in ["once", "again"] { try await carryOut(Self.program, in: folder, name) }
    #expect(folder.bytes("once", "metrics.jsonl") == folder.bytes("again", "metrics.jsonl"))
    let last = try #require(folder.lines("once", "metrics.jsonl").last)
    // Digits that are wrong are worth something, too: the program judges, and not whether texts are the same.
    let accuracy = try #require(last.numbers["eval/accuracy"])
    #expect(accuracy > 0 && accuracy < 1, "\(accuracy)")
    #expect(last.numbers["eval/pass@2"] != nil && last.numbers["reward"] != nil)
    let qualities = folder.lines("once", "evaluation.jsonl").compactMap { $0.numbers["quality"] }
    #expect(qualities.contains { $0 > 0 && $0 < 1 })
  }

  @Test(
    "that say what cannot be end the run in a sentence",
    arguments: [
      ("return max(0", "return 2 + max(0", "a quality is "),
      ("f\"{a}{b}\"", "\"x\"", "more than once"),
      ("for a in range(6)", "for a in range(0)", "it asks no question"),
      ("\"part\": part", "\"part\": \"exam\"", "which is not an answer"),
      ("\"answers\": [str(a + b)]", "\"windows\": [[1]]", "'windows'"),
      ("\"answers\": [str(a + b)]", "\"windows\": [[7, 9]]", "at or after the end of its video"),
      ("\"answers\": ", "\"anwsers\": ", "'anwsers', which is not read"),
    ])
  func refused(old: String, new: String, complaint: String) async throws {
    let folder = TemporaryFolder()
    let program = Self.program.replacing(old, with: new)
    #expect(program != Self.program)
    let error = await #expect(throws: (any Error).self) {
      try await carryOut(program, in: folder, "run")
    }
    let text = (error as? any ExplainedError)?.description ?? "not explained"
    #expect(text.contains(complaint), "\(text)")
  }
}
