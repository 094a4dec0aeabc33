import Core
import Foundation
import Plugins
import Student
import Testing

@testable import Records
@testable import Runs

@Suite("A run that starts from another run's student")
struct StartTests {
  private let scratch: ScratchFolder

  init() throws { scratch = try ScratchFolder() }

  private let world = """
    data: {world: {videos: 6, devVideos: 2, queriesPerVideo: 2, frames: 12, difficulty: easy}}
    teacher: oracle
    threads: 1

    """
  private let decoder =
    "student: {decoder: {layers: 1, width: 16, heads: 2, keyValueHeads: 1, hidden: 32}}\n"

  private func run(_ yaml: String, _ name: String, resume: Bool = false) async throws
    -> RunDirectory
  {
    let path = scratch.path + "/" + name
    let laboratory = try Laboratory.standard()
    _ = try await RunExecutor(laboratory).run(
      try configuration(world + yaml), in: path, resume: resume)
    return RunDirectory(path)
  }

  private func started(_ steps: Int, from run: String) -> String {
    "student: {from: {run: \(run)}}\nstages: [{method: sft, steps: \(steps), prompts: 4, learningRate: 0}]\n"
  }

  private func answers(_ run: RunDirectory) throws -> String {
    try String(contentsOfFile: run.file("evaluation.jsonl"), encoding: .utf8)
  }

  @Test("begins with its weights, and its evaluation is that one's last")
  func weights() async throws {
    let base = try await run(
      decoder + "stages: [{method: sft, steps: 3, prompts: 4, learningRate: 0.01}]\n", "base")
    let next = try await run(started(1, from: base.path), "next")
    #expect(try answers(next) == answers(base))
    let fresh = try await run(decoder + "stages: []\n", "fresh")
    let laboratory = try Laboratory.standard()
    var weights: [String] = []
    for run in [base, next, fresh] {
      weights.append(try await TrainedRun(run.path, in: laboratory).student.fingerprint())
    }
    #expect(weights[0] == weights[1] && weights[0] != weights[2])
  }

  @Test("is another run where those weights are others, wherever they lie")
  func identity() async throws {
    let stages = "stages: [{method: sft, steps: 3, prompts: 4}]\n"
    let base = try await run(decoder + stages, "base")
    _ = try await run(started(1, from: base.path), "next")
    try FileManager.default.removeItem(atPath: base.path)
    _ = try await run(decoder + stages.replacing("3", with: "2"), "base")
    await #expect(throws: RunError.otherRun(path: scratch.path + "/next")) {
      try await run(started(1, from: base.path), "next", resume: true)
    }
  }

  @Test("finds the arm of its own sweep beside its folder")
  func arms() async throws {
    let base = try await run(
      decoder + "stages: [{method: sft, steps: 2, prompts: 4, learningRate: 0.01}]\n",
      "sweep/base/seed-0")
    let folder = scratch.path + "/sweep/late/seed-0"
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    let text = world + "student: {from: {arm: base}}\nstages: []\n"
    try text.write(toFile: folder + "/config.yaml", atomically: true, encoding: .utf8)
    let laboratory = try Laboratory.standard()
    _ = try await RunExecutor(laboratory).run(
      try ConfigurationFile.load(folder + "/config.yaml"), in: folder, resume: true)
    #expect(try answers(RunDirectory(folder)) == answers(base))
    let written = try ConfigurationFile.load(folder + "/config.yaml")
    #expect(written.value(at: ["student", "from", "run"])?.isNull == true)
  }

  @Test("is refused where there is no finished run, or its student reads other frames")
  func refused() async throws {
    let lost = try await complaint(world + started(1, from: "nowhere"), out: scratch.path + "/a")
    #expect(lost?.text.contains("There is no run in 'nowhere'") == true)
    let unnamed = try await complaint(
      world + "student: {from: {arm: base}}\n", out: scratch.path + "/b")
    #expect(unnamed?.text.contains("only a sweep's runs know 'arm'") == true)
    #expect(unnamed?.status == .usage)
    let base = try await run(decoder + "stages: [{method: sft, steps: 1, prompts: 2}]\n", "base")
    let longer = try await complaint(
      (world + started(1, from: base.path)).replacing("frames: 12", with: "frames: 24"),
      out: scratch.path + "/c")
    #expect(
      longer?.text.contains("cannot be used: its student") == true, "\(String(describing: longer))")
  }
}
