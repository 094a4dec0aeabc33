import Core
import Foundation
import Testing

@testable import Records
@testable import Runs

@Suite("An advantage that is a program", .enabled(if: Programs.python))
struct ProgramAdvantageTests {
  /// What the teacher would reinforce, in Python.
  private static let program = """
    import sys; sys.path.insert(0, '\(Programs.path("python"))')
    import opd

    @opd.advantage
    def believed(prompt, responses):
        return [[q - p for q, p in zip(r.teacher, r.behaviour)] for r in responses]

    opd.serve()
    """

  private func run(_ signals: String, _ more: String = "") -> MortalRun {
    MortalRun(
      stages: """
          - method: {components: [{signals: [\(signals)]}]}
            steps: 5
            prompts: 4
            group: 2
        """, more: more)
  }

  private func written(_ program: String, in folder: TemporaryFolder) throws -> String {
    let path = folder.path + "/advantage.py"
    try FileManager.default.createDirectory(atPath: folder.path, withIntermediateDirectories: true)
    try program.write(toFile: path, atomically: true, encoding: .utf8)
    return "advantage: {process: {command: [python3, '\(path)']}}"
  }

  private let signals = "plugIn(process), teacher(weight=0)"

  @Test("teaches to the bit what the same rule in Swift does")
  func same() async throws {
    let folder = TemporaryFolder()
    try await run("teacher").carryOut(in: folder.path + "/swift")
    try await run(signals, try written(Self.program, in: folder))
      .carryOut(in: folder.path + "/python")
    let losses = ["swift", "python"].map { name in
      folder.lines(name, "metrics.jsonl").compactMap { $0.numbers["loss"] }
    }
    #expect(losses[0].count == 5 && losses[0] == losses[1])
    for name in ["rollouts.jsonl", "evaluation.jsonl"] {
      #expect(folder.bytes("swift", name).count > 100)
      #expect(folder.bytes("swift", name) == folder.bytes("python", name), "\(name)")
    }
  }

  @Test(
    "that says what cannot be ends the run in a sentence",
    arguments: [
      ("return [[1.0] for r in responses]", "tokens"),
      ("return [1.0]", "1 advantages for 2 responses"),
      ("return [float('nan') for r in responses]", "NaN"),
      ("return [1e999 for r in responses]", "Infinity"),
      ("return 1 / 0", "ZeroDivisionError"),
    ])
  func lies(_ body: String, _ said: String) async throws {
    let folder = TemporaryFolder()
    let lines = Self.program.split(separator: "\n", omittingEmptySubsequences: false)
    let liar = lines.map { $0.contains("return [[q") ? "    " + body : String($0) }
      .joined(separator: "\n")
    let run = run(signals, try written(liar, in: folder))
    let error = await refusal { try await run.carryOut(in: folder.path + "/run") }
    let text = "\(String(describing: error))"
    #expect(error != nil && text.contains(said), "\(text)")
  }

  @Test("that is not said what it is is refused before the first step")
  func nameless() async throws {
    let folder = TemporaryFolder()
    let bare = await refusal { try await run(signals).carryOut(in: folder.path + "/bare") }
    #expect(bare?.happened.contains("'command' is missing") == true)
    let other = run("plugIn(other)", try written(Self.program, in: folder))
    let error = await refusal { try await other.carryOut(in: folder.path + "/other") }
    #expect(error?.happened.contains("other") == true)
  }
}
