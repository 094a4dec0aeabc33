import Foundation
import Core
import Testing

@testable import Records
@testable import Runs

@Suite("A curriculum that is a program", .enabled(if: Programs.python))
struct ProgramCurriculumTests {
  /// The prompts on which teacher and student differ most, in Python.
  private static let program = """
    import sys; sys.path.insert(0, '\(Programs.path("python"))')
    import opd

    @opd.curriculum(needs=["trajectory_reverse_kl"], every=16)
    def differing(candidates):
        return sorted(candidates, key=lambda c: -c.trajectory_reverse_kl)[:8]

    opd.serve()
    """

  private func run(_ curriculum: String) -> MortalRun {
    MortalRun(stages: "  - {method: opd, steps: 10, prompts: 4, curriculum: \(curriculum)}")
  }

  private func written(_ program: String, in folder: TemporaryFolder) throws -> String {
    let path = folder.path + "/curriculum.py"
    try FileManager.default.createDirectory(atPath: folder.path, withIntermediateDirectories: true)
    try program.write(toFile: path, atomically: true, encoding: .utf8)
    return "{process: {command: [python3, '\(path)']}}"
  }

  @Test("leaves the same bytes as the same rule in Swift, also when it was killed in a round")
  func same() async throws {
    let folder = TemporaryFolder()
    try await run("{topK: {score: trajectoryRKL(sum), budget: 8, every: 16}}")
      .carryOut(in: folder.path + "/swift")
    var program = run(try written(Self.program, in: folder))
    try await program.carryOut(in: folder.path + "/python")
    #expect(folder.bytes("swift", "metrics.jsonl").count > 1000)
    program.patience = 6
    await #expect(throws: MortalReward.Killed.self) {
      try await program.carryOut(in: folder.path + "/cut")
    }
    program.patience = .max
    try await program.carryOut(in: folder.path + "/cut", resume: true)
    for name in ["metrics.jsonl", "rollouts.jsonl"] {
      #expect(folder.bytes("swift", name) == folder.bytes("python", name), "\(name)")
      #expect(folder.bytes("swift", name) == folder.bytes("cut", name), "\(name)")
    }
    let rounds = Set(folder.lines("cut", "selection.jsonl").compactMap { $0.numbers["round"] })
    #expect(rounds.count >= 2)
  }

  @Test(
    "that says what cannot be ends the run in a sentence",
    arguments: [
      ("return [\"nobody\"]", "for prompt 'nobody' cannot be used: it is not in the pool"),
      ("return [candidates[0]] * 2", "or was taken twice"),
      ("return []", "admitted none of its"),
      ("return 1 / 0", "ZeroDivisionError"),
    ])
  func lies(_ body: String, _ said: String) async throws {
    let folder = TemporaryFolder()
    let lines = Self.program.split(separator: "\n", omittingEmptySubsequences: false)
    let liar = lines.map { $0.contains("return sorted") ? "    " + body : String($0) }
      .joined(separator: "\n")
    let run = run(try written(liar, in: folder))
    let error = await refusal { try await run.carryOut(in: folder.path + "/run") }
    #expect("\(String(describing: error))".contains(said), "\(String(describing: error))")
  }

  @Test("that needs what nobody measures is refused before the first step")
  func needs() async throws {
    let folder = TemporaryFolder()
    let greedy = Self.program.replacing("\"trajectory_reverse_kl\"]", with: "\"mood\"]")
    let run = run(try written(greedy, in: folder))
    let error = await refusal { try await run.carryOut(in: folder.path + "/run") }
    #expect(error?.happened.contains("it needs 'mood', which is none of") == true)
  }
}
