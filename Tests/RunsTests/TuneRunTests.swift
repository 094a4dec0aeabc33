import Core
import Foundation
import Plugins
import Tasks
import Testing

@testable import Records
@testable import Runs

@Suite("A run's labels, and the part of the data it reports on")
struct TuneRunTests {
  private let scratch: ScratchFolder

  init() throws { scratch = try ScratchFolder() }

  private let small = """
    data: {world: {videos: 6, devVideos: 2, tuneVideos: 3, queriesPerVideo: 2, frames: 12, difficulty: easy}}
    student: {decoder: {layers: 1, width: 16, heads: 2, keyValueHeads: 1, hidden: 32}}
    threads: 1

    """

  private func run(_ yaml: String) async throws -> RunDirectory {
    let path = scratch.path + "/\(UUID().uuidString)"
    _ = try await RunExecutor(try Laboratory.standard()).run(
      try configuration(small + yaml), in: path, resume: false)
    return RunDirectory(path)
  }

  private func labels(_ yaml: String) async throws -> String {
    try await RunParts(
      try Laboratory.standard().configuration(of: configuration(small + yaml)),
      in: .standard()
    ).labels().words
  }

  @Test("follow from stages, curriculum, teacher and frames")
  func labels() async throws {
    let full = "stages: [{method: opd-full, steps: 1}]\n"
    #expect(try await labels("stages: []\n") == "none")
    #expect(try await labels("teacher: oracle\n" + full) == "teacher's")
    #expect(
      try await labels(
        "teacher: {treated: {teacher: {oracle: {}}, noise: 0.1}}\n" + full) == "teacher's")
    let gate = "curriculum: {tvdf: {theta: 0.5, k: 1, dbtp: false}}"
    #expect(
      try await labels("teacher: oracle\nstages: [{method: opd-full, steps: 1, \(gate)}]\n")
        == "gate + teacher's")
    #expect(
      try await labels("teacher: oracle\nstages: [{method: grpo, steps: 1}]\n") == "rewards")
    #expect(try await labels("keyframes: {oracle: {budget: 4}}\nstages: []\n") == "frames")
    #expect(
      try await labels("stages: [{method: grpo, steps: 1}, {method: sft, steps: 1}]\n") == "all")
  }

  @Test("stand in its status, and it answers the part that it is told to")
  func status() async throws {
    let dev = try await run("stages: [{method: sft, steps: 1, prompts: 2}]\n")
    #expect(dev.status?.labels == "all")
    let tune = try await run("stages: []\nevaluation: {part: tune}\n")
    func videos(_ run: RunDirectory) throws -> Set<String> {
      Set(RunFile(run.file("evaluation.jsonl")).lines().compactMap { $0.texts["cluster"] })
    }
    #expect(try videos(dev) == ["world-dev-0", "world-dev-1"])
    #expect(try videos(tune) == ["world-tune-0", "world-tune-1", "world-tune-2"])
  }

  @Test("is refused where there is no such part, or a stage trains on it")
  func refused() async throws {
    let lost = try await complaint(
      small.replacing("tuneVideos: 3, ", with: "") + "evaluation: {part: tune}\n",
      out: scratch.path + "/a")
    #expect(
      lost?.text.contains("has no part to choose settings by. Set data.world.tuneVideos") == true)
    #expect(lost?.status == .usage)
    var data = try World.dataset(
      World.Options(
        videos: 2, devVideos: 1, tuneVideos: 1, queriesPerVideo: 1, frames: 12, difficulty: .easy))
    data.part = .tune
    #expect(throws: RunError.self) { try data.requireUnseen(data.tune, by: "It") }
    #expect(throws: RunError.self) { try data.requireUnseen(data.dev, by: "It") }
    #expect(throws: Never.self) { try data.requireUnseen(data.train, by: "It") }
  }
}
