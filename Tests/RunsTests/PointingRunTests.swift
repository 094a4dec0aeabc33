import Core
import Foundation
import Testing

@testable import Runs

@Suite("Runs of students whose answers point at frames")
struct PointingRunTests {
  private static func base(_ codec: String) -> String {
    """
    data: {world: {videos: 8, devVideos: 4, queriesPerVideo: 2, frames: 12, difficulty: easy, patches: 1}}
    codec: \(codec)
    student: {decoder: {layers: 2, width: 32, heads: 2, keyValueHeads: 1, hidden: 64, order: questionFirst, attention: prefix, pointers: true}}
    keyframes: {tad: {budget: 8}}
    teacher: {oracle: {sharpness: 1}}
    threads: 1

    """
  }

  private static let stages = """
    evaluation: {exact: true}
    checkpoint: {every: 1}
    stages:
      - {name: warm-up, method: sft, steps: 6, prompts: 4, learningRate: 0.003}
      - {name: learn, method: opd-full, steps: 3, prompts: 4, group: 2, learningRate: 0.001}
      - {name: rewarded, method: grpo, steps: 2, prompts: 2, group: 4, learningRate: 0.001}
    """

  @Test(
    "train by imitation, distillation and rewards, and go on where they were killed",
    arguments: ["timeTokens", "windowTokens"])
  func resumed(codec: String) async throws {
    let whole = try await TinyRun(Self.stages, base: Self.base(codec), copyingAt: 8)
    let killed = try await TinyRun(
      Self.stages, base: Self.base(codec), in: whole.folder, name: "run-killed", resume: true)
    #expect(try killed.text("metrics.jsonl") == whole.text("metrics.jsonl"))
    #expect(try killed.weights() == whole.weights())
    #expect(whole.values["eval/parse_failure_rate"] == 0)
    let losses = try whole.metrics().prefix(6).compactMap { $0["loss"] }
    let (first, last) = (try #require(losses.first), try #require(losses.last))
    #expect(last < first, "\(losses)")
  }
}
