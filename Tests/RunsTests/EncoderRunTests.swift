import Core
import Foundation
import Testing

@testable import Runs

@Suite("Runs of students with an encoder of their own")
struct EncoderRunTests {
  private static func base(_ encoder: String, threads: Int = 1) -> String {
    """
    data: {world: {videos: 8, devVideos: 4, queriesPerVideo: 2, frames: 16, difficulty: easy, patches: 1, rows: pixels}}
    codec: timeTokens
    student: {decoder: {layers: 1, width: 32, heads: 2, keyValueHeads: 1, hidden: 64, encoder: \(encoder)}}
    teacher: {oracle: {sharpness: 1}}
    threads: \(threads)

    """
  }

  private static let stages = """
    checkpoint: {every: 1}
    evaluation: {every: 4}
    stages:
      - {name: warm-up, method: sft, steps: 6, prompts: 4, learningRate: 0.003}
      - {name: learn, method: opd-full, steps: 3, prompts: 4, group: 2, learningRate: 0.003}
      - {name: rewarded, method: grpo, steps: 3, prompts: 3, group: 4, innerSteps: 2, learningRate: 0.003}
    """

  private static let live = "{hidden: 12, width: 8, tad: {budget: 6, straightThrough: true}}"

  private func expectSame(_ run: TinyRun, _ other: TinyRun) throws {
    for name in ["metrics.jsonl", "rollouts.jsonl", "evaluation.jsonl"] {
      let (mine, known) = (try run.text(name), try other.text(name))
      #expect(mine == known && !known.isEmpty, "\(name)")
    }
    #expect(try run.weights() == other.weights())
  }

  @Test(
    "go on where they were killed, whether frames are chosen by it or not",
    arguments: ["{hidden: 12, width: 8}", "{hidden: 12, width: 8, frozen: true}", live])
  func resumed(encoder: String) async throws {
    let whole = try await TinyRun(Self.stages, base: Self.base(encoder), copyingAt: 8)
    let killed = try await TinyRun(
      Self.stages, base: Self.base(encoder), in: whole.folder, name: "run-killed", resume: true)
    try expectSame(killed, whole)
    let losses = try whole.metrics().prefix(6).compactMap { $0["loss"] }
    let (first, last) = (try #require(losses.first), try #require(losses.last))
    #expect(last < first, "\(losses)")
  }

  @Test("leave the same bytes with one, two and four threads")
  func threads() async throws {
    let one = try await TinyRun(Self.stages, base: Self.base(Self.live))
    for threads in [2, 4] {
      try expectSame(
        try await TinyRun(Self.stages, base: Self.base(Self.live, threads: threads)), one)
    }
  }

  @Test("learn nothing from a teacher that is the student, and can be started from")
  func selfTeacher() async throws {
    let stages = """
      stages: [{method: opd-full, steps: 2, prompts: 3, group: 2, learningRate: 0.003}]

      """
    let base = Self.base(Self.live).replacingOccurrences(
      of: "teacher: {oracle: {sharpness: 1}}",
      with: "teacher: {self: {kind: live, evidence: sameAsStudent, control: true}}")
    let run = try await TinyRun(stages, base: base)
    for line in try run.metrics() {
      if let loss = line["loss"] { #expect(abs(loss) < 1e-6) }
      if let norm = line["grad_norm"] { #expect(norm < 1e-4) }
    }
    let next = try await TinyRun(
      "stages: [{method: sft, steps: 1, prompts: 2, learningRate: 0}]",
      base: Self.base(Self.live).replacingOccurrences(
        of: #"student: \{decoder: .*\}\}\}\}"#, with: "student: {from: {run: \(run.path)}}",
        options: .regularExpression))
    let weights = try (run.weights()["parameters"], next.weights()["parameters"])
    #expect(weights.0 == weights.1 && weights.0?.isEmpty == false)
  }

  @Test("are refused where the choice cannot be made")
  func refusals() async throws {
    let cases: [(encoder: String, words: String)] = [
      ("{tad: {budget: 4, ratio: 0.5}}", "budget"), ("{tad: {window: 2}}", "odd"),
      ("{hidden: 0}", "hidden"), ("{live: true}", "live"),
    ]
    for (encoder, words) in cases {
      do {
        _ = try await TinyRun(
          "stages: [{method: sft, steps: 1, prompts: 2}]", base: Self.base(encoder))
        Issue.record("\(encoder) was accepted.")
      } catch let error as any ExplainedError {
        #expect(error.description.contains(words), "\(error)")
      }
    }
  }
}
