import Core
import Foundation
import Tasks
import Plugins
import Records
import Runs
import Sweeps
import Testing

/// Inputs that are made from a question for comparison are still inputs of that question.
@Suite("An input made for comparison")
struct PromptVariantTests {
  /// Lines of metrics of a short run whose objective compares inputs.
  private func metrics(_ changes: [String]) async throws -> [[String: Double]] {
    let folder = try ScratchFolder()
    let yaml = """
      data: {world: {videos: 8, devVideos: 2, queriesPerVideo: 2, frames: 24}}
      student: {decoder: {layers: 1, width: 16, heads: 2, keyValueHeads: 1, hidden: 32}}
      keyframes: {tad: {ratio: 0.5, straightThrough: true}}
      evaluation: {every: 0}
      stages:
        - method:
            components: [{signals: ["reward(scale=sampleStd)"]}]
            shaping: ["saliency(level=rollout, advantage=accuracyOnly, placebo=on)"]
          steps: 3
          prompts: 4
          group: 4
          temperature: 0.00001
          learningRate: 0
      threads: 1
      """
    let path = folder.path + "/c.yaml"
    try yaml.write(toFile: path, atomically: true, encoding: .utf8)
    let value = try ConfigurationFile.load(path, overrides: changes)
    _ = try await RunExecutor(Laboratory.standard()).run(
      value, in: folder.path + "/run", resume: false)
    let text = try String(contentsOfFile: folder.path + "/run/metrics.jsonl", encoding: .utf8)
    return try text.split(separator: "\n").map { line in
      let object = try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any]
      return (object ?? [:]).compactMapValues { $0 as? Double }
    }
  }

  @Test("is the same input where it is a placebo: gates go with it, so greedy answers are equal")
  func placeboKeepsGates() async throws {
    let rates = try await metrics([]).compactMap { $0["saliency/placebo_gate_rate"] }
    #expect(rates.count == 3)
    #expect(rates.allSatisfy { $0 == 0 })
  }

  @Test("is found by a teacher that knows the question from a table")
  func tableTeacher() async throws {
    let folder = try ScratchFolder()
    let laboratory = try Laboratory.standard()
    let data: ConfigurationValue = try ConfigurationFile.parse(
      "{world: {videos: 8, devVideos: 2, queriesPerVideo: 2, frames: 24}}", file: "data")
    let dataset = try laboratory.datasets.build(data, in: Seed(0))
    let lines = (dataset.train + dataset.dev).map { prompt in
      let windows = prompt.stretches.map { "[\($0.start), \($0.end), 1]" }.joined(separator: ", ")
      return #"{"qid": "\#(prompt.id)", "pred_relevant_windows": [\#(windows)]}"#
    }
    let table = folder.path + "/windows.jsonl"
    try lines.joined(separator: "\n").write(toFile: table, atomically: true, encoding: .utf8)
    let steps = try await metrics([
      "+teacher={windows: {path: \(table)}}",
      "stages.0.method.components.0.signals=[teacher, \"reward(scale=sampleStd)\"]",
    ])
    #expect(steps.compactMap { $0["loss"] }.count == 3)
  }

  @Test("takes everything with it, whatever a prompt comes to hold")
  func wholeCopy() {
    let frames = FrameFeatures(
      values: [1, 2, 3], tokensPerFrame: 1, channels: 1, timestamps: [0, 1, 2], duration: 3)
    let prompt = Prompt(
      id: "q", video: "v", query: "when?", tokens: [4], queryEmbedding: [5], evidence: frames,
      truth: [Interval(0, 1)], keyframes: [0, 2], gates: [0.5, 2])
    let shuffled = prompt.showing([2, 0, 1])
    #expect(shuffled.gates == [2, 0.5, 1])
    #expect(shuffled.keyframes == [2, 0, 1])
    var same = shuffled
    same.keyframes = prompt.keyframes
    same.gates = prompt.gates
    #expect(String(describing: same) == String(describing: prompt))
  }
}

@Suite("What a sweep reads")
struct SweepFilesTests {
  @Test("is known from values, however a path is written", arguments: ["qvh", "./qvh"])
  func withoutSlash(_ name: String) throws {
    let laboratory = try Laboratory.standard()
    let yaml =
      "data: {qvhighlights: {path: \(name)}}\nteacher: {treated: {teacher: {windows: {path: w.jsonl}}}}"
    let planned = try laboratory.planned(ConfigurationFile.parse(yaml, file: "c.yaml"))
    #expect(planned.files == [name, "w.jsonl"])
  }

  @Test("may not change between two calls of one sweep")
  func dataChanged() throws {
    let folder = try ScratchFolder([
      "x.jsonl": "one", "s.yaml": "base: {}\nseeds: 1\ncases: {a: {name: a}}\n",
    ])
    let plan = try SweepPlan(SweepFile(folder.path + "/s.yaml")) {
      PlannedRun($0, files: [folder.path + "/x.jsonl"])
    }
    let out = folder.path + "/out"
    try SweepFolder(out, plan: plan).create()
    try SweepFolder(out, plan: plan).create()
    try "two".write(toFile: folder.path + "/x.jsonl", atomically: true, encoding: .utf8)
    #expect(throws: SweepError.dataChanged(path: folder.path + "/x.jsonl")) {
      try SweepFolder(out, plan: plan).create()
    }
    #expect(throws: SweepError.dataChanged(path: folder.path + "/x.jsonl")) {
      try SweepFolder(frozen: out).check()
    }
  }
}
