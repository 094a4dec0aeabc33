import Core
import Foundation
import Networks
import Storage
import Student
import Tensors
import Testing

@testable import Runs

private func program(_ name: String) -> String? {
  (ProcessInfo.processInfo.environment["PATH"] ?? "").split(separator: ":").map { "\($0)/\(name)" }
    .first(where: FileManager.default.isExecutableFile)
}

private func film(_ path: String, _ source: String) throws {
  let process = Process()
  process.executableURL = URL(filePath: try #require(program("ffmpeg")))
  process.arguments = [
    "-nostdin", "-v", "error", "-y", "-f", "lavfi", "-i", "\(source)=size=24x16:rate=1:duration=30",
    path,
  ]
  try process.run()
  process.waitUntilExit()
  try #require(process.terminationStatus == 0)
}

@Suite(
  "Runs of students that look at videos",
  .enabled(if: program("ffmpeg") != nil, "ffmpeg is not installed"))
struct SeeingRunTests {
  let scratch: ScratchFolder

  /// Six videos of two kinds, called as the world calls its own.
  init() throws {
    scratch = try ScratchFolder()
    _ = try TinyPictureModel(scratch("model"))
    try FileManager.default.createDirectory(
      atPath: scratch("videos"), withIntermediateDirectories: true)
    try film(scratch("videos/world-train-0.mp4"), "testsrc2")
    try film(scratch("videos/world-train-1.mp4"), "testsrc")
    let copies = ["world-train-2", "world-train-3", "world-dev-0", "world-dev-1"]
    for (index, copy) in copies.enumerated() {
      try FileManager.default.copyItem(
        atPath: scratch("videos/world-train-\(index % 2).mp4"),
        toPath: scratch("videos/\(copy).mp4"))
    }
  }

  private func base(
    _ keys: String = "tower: {rank: 2, alpha: 4}, ", videos: String? = nil,
    prompt: String = "look {frames} {query}:", threads: Int = 1
  ) -> String {
    let folder = videos ?? ", pictures: {folder: '\(scratch("videos"))', times: true}"
    return """
      data: {world-choice: {videos: 4, devVideos: 2, queriesPerVideo: 1, frames: 12, difficulty: easy}}
      codec: choice
      student: {pretrained: {path: '\(scratch("model"))', positions: 400, prompt: "\(prompt)", \(keys)lora: {rank: 2, alpha: 4}\(folder)}}
      keyframes: {uniform: {budget: 3}}
      reward: quality
      threads: \(threads)

      """
  }

  private static let stages = """
    checkpoint: {every: 1}
    stages:
      - {name: imitate, method: sft, steps: 2, prompts: 2, learningRate: 0.003}
      - {name: reward, method: grpo, steps: 2, prompts: 2, group: 3, learningRate: 0.003}
      - {name: taught, method: opd-full, steps: 1, prompts: 2, group: 2, learningRate: 0.003}
    teacher: {self: {evidence: answer}}
    """

  private func expectSame(_ run: TinyRun, _ other: TinyRun) throws {
    for name in ["metrics.jsonl", "rollouts.jsonl", "evaluation.jsonl"] {
      let (mine, known) = (try run.text(name), try other.text(name))
      #expect(mine == known && !known.isEmpty, "\(name)")
    }
    #expect(try run.weights() == other.weights())
  }

  @Test("train by imitation, reward and a teacher, go on where they were killed, on any threads")
  func trains() async throws {
    let whole = try await TinyRun(Self.stages, base: base(), copyingAt: 3)
    let killed = try await TinyRun(
      Self.stages, base: base(), in: whole.folder, name: "run-killed", resume: true)
    try expectSame(killed, whole)
    for threads in [2, 4] {
      try expectSame(try await TinyRun(Self.stages, base: base(threads: threads)), whole)
    }
    let losses = try whole.metrics().compactMap { $0["grad_norm"] }
    #expect(losses.count >= 4 && losses.first ?? 0 > 0, "\(losses)")
    // Two changes of each of 14 layers of the decoder and 12 of the tower, and the connector.
    let trained = 2 * 2 * ((32 + 32) + 2 * (32 + 16) + (32 + 32) + 2 * (32 + 24) + (24 + 32))
    let tower = 2 * 2 * (4 * 24 + 2 * 22)
    #expect(try whole.weights()["parameters"]?.count == trained + tower + 32 * 48)
  }

  @Test("leave a model that others read, with what was trained in it, and no adapter")
  func exported() async throws {
    let run = try await TinyRun(
      "stages: [{method: sft, steps: 2, prompts: 2, learningRate: 0.01}]", base: base())
    let export = try await StudentExport(run.path, in: .standard())
    try export.write(merged: scratch("merged"))
    let (old, new) = (try VisionModel(scratch("model")), try VisionModel(scratch("merged")))
    let (before, after) = (old.parameters(), new.parameters())
    for entry in old.layout.entries {
      let isTrained =
        entry.shape.count == 2 && entry.name.contains("layers.") || entry.name.contains("connector")
      #expect((before[entry.name] != after[entry.name]) == isTrained, "\(entry.name)")
    }
    #expect(FileManager.default.fileExists(atPath: scratch("merged/preprocessor_config.json")))
    _ = try PictureReader(new)
    await #expect(throws: ExportError.pictures) {
      _ = try await export.write(adapter: scratch("adapter"))
    }
  }

  @Test("are refused in two sentences where pictures and model do not fit")
  func refusals() async throws {
    let cases = [
      (base("frames: true, "), "the model looks at frames itself"),
      (base("trained: all, "), "a model with pictures is trained by lora"),
      (base("", videos: ""), "'pictures.folder' does not say where the videos are"),
      (base(prompt: "{query} <image>"), "tokens for pictures"),
      (base(videos: ", pictures: {folder: '\(scratch("model"))'}"), "There is no video in"),
      (base().replacing("videos: 4,", with: "videos: 5,"), "has no video 'world-train-4'"),
    ]
    for (base, words) in cases {
      let said = try await complaint(
        base + "stages: [{method: sft, steps: 1, prompts: 2}]", out: scratch("refused"))
      #expect(said?.text.contains(words) == true, "\(words): \(said?.text ?? "nothing")")
    }
  }

  @Test("may read texts alone, without a folder of videos")
  func blind() async throws {
    let run = try await TinyRun(
      "stages: [{method: sft, steps: 1, prompts: 2}]",
      base: base("", videos: "", prompt: "{query}:"))
    #expect(try run.metrics().count >= 1)
  }
}
