import Records
import Foundation
import Core
import Testing

@testable import Runs
@testable import Video

@Suite("The repetition of a run")
struct ReproductionTests {
  let folder = TemporaryFolder()
  let stages = """
        - {name: warm-up, method: sft, steps: 2, prompts: 3}
        - method: opd
          steps: 4
          prompts: 3
          curriculum: {tvdf: {theta: 0.1, k: 1, budget: 6, every: 8}}
    """

  /// Carries a run out in `run`, lets a file of it be changed, and repeats it.
  private func repetition(
    changing name: String? = nil, _ change: (inout Data) -> Void = { _ in }
  ) async throws -> Reproduction {
    let run = MortalRun(stages: stages)
    try await run.carryOut(in: folder.path + "/run")
    if let name {
      var data = folder.bytes("run", name)
      change(&data)
      try data.write(to: URL(filePath: "\(folder.path)/run/\(name)"))
    }
    return try await RunExecutor(run.laboratory()).repetition(
      of: folder.path + "/run", in: folder.path + "/again")
  }

  @Test("leaves the same bytes in every log, the checkpoint and the events")
  func exact() async throws {
    let result = try await repetition()
    #expect(
      result.files == [
        "metrics.jsonl", "selection.jsonl", "rollouts.jsonl", "stages.jsonl", "evaluation.jsonl",
        "events.out.tfevents.0.opd", "keyframes.jsonl", "student.json",
        "checkpoints/step-000006.h5",
      ])
    #expect(result.differences.isEmpty && !result.isOtherRun)
    #expect(
      result.sentence
        == "Repeated: '\(folder.path)/run' left the same bytes again in 9 files (6 steps).")
  }

  @Test("finds a number that was changed by hand, and names its line and field")
  func tampered() async throws {
    let result = try await repetition(changing: "metrics.jsonl") { data in
      let text = String(decoding: data, as: UTF8.self)
        .replacing(#/"loss":[-0-9.e]+/#, with: "\"loss\":0.125", maxReplacements: 1)
      data = Data(text.utf8)
    }
    #expect(result.differences.map(\.file) == ["metrics.jsonl"])
    #expect(result.sentence.contains("line 2: 'loss' was 0.125 and is "), "\(result.sentence)")
    let error = ReproductionError.differs(result)
    #expect(error.exitStatus == .failed)
    #expect(error.description.contains("changed by hand"))
  }

  @Test("finds one wrong byte of the checkpoint")
  func checkpoint() async throws {
    let checkpoint = try await repetition(changing: "checkpoints/step-000006.h5") {
      $0[3000] ^= 1
    }
    #expect(checkpoint.differences.map(\.file) == ["checkpoints/step-000006.h5"])
    #expect(checkpoint.sentence.contains("byte 3000 ("), "\(checkpoint.sentence)")
  }

  @Test("finds a line that was cut off")
  func cut() async throws {
    let result = try await repetition(changing: "evaluation.jsonl") { data in
      data = data.prefix(1 + (data.dropLast().lastIndex(of: UInt8(ascii: "\n")) ?? 0))
    }
    #expect(result.sentence.contains("evaluation.jsonl of"))
    #expect(
      result.sentence.contains("line 8: from byte 0 on it was at its end and is '{\"cluster\""))
  }

  @Test("finds an answer changed within a list")
  func answer() async throws {
    let result = try await repetition(changing: "rollouts.jsonl") { data in
      let text = String(decoding: data, as: UTF8.self)
        .replacing("\"student\":[", with: "\"student\":[9", maxReplacements: 1)
      data = Data(text.utf8)
    }
    #expect(result.differences.map(\.file) == ["rollouts.jsonl"])
    #expect(result.sentence.contains("on it was '9"), "\(result.sentence)")
  }

  @Test("says when data, teacher or program are others, and refuses what has not ended")
  func identity() async throws {
    let result = try await repetition(changing: "status.json") { data in
      let text = String(decoding: data, as: UTF8.self)
        .replacing(#/"identity":"[0-9a-f]+"/#, with: "\"identity\":\"0\"")
      data = Data(text.utf8)
    }
    #expect(result.isOtherRun && result.differences.isEmpty)
    let run = MortalRun(stages: stages, patience: 1)
    await #expect(throws: MortalReward.Killed.self) {
      try await run.carryOut(in: folder.path + "/dead")
    }
    await #expect(
      throws: ReproductionError.unfinished(path: folder.path + "/dead", state: "failed")
    ) {
      try await RunExecutor(run.laboratory()).repetition(
        of: folder.path + "/dead", in: folder.path + "/again-2")
    }
  }

  @Test("has beside it which frames the student was shown, and how well they meet the truth")
  func keyframes() async throws {
    try await MortalRun(stages: stages).carryOut(in: folder.path + "/run")
    let lines = folder.lines("run", "keyframes.jsonl")
    #expect(lines.count == 8)
    #expect(lines.allSatisfy { $0.numbers["seen"] == 8 && $0.numbers["frames"] == 12 })
    for line in lines {
      let rate = try #require(line.numbers["quality/keyframeRate"])
      #expect((0...1).contains(rate) && (rate * 8).rounded() == rate * 8)
    }
  }
}
