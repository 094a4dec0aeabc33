import Foundation
import Core
import Tasks
import Testing

@testable import Records
@testable import Runs
@testable import Plugins

@Suite("The end of a stage")
struct StageMonitorTests {
  private let task = DigitsCodec().answers.task

  private func stop(_ change: (inout StopConfiguration) -> Void) -> StopConfiguration {
    var stop = StopConfiguration()
    change(&stop)
    return stop
  }

  @Test("comes after its last step, or after as many tokens as it may train on")
  func counts() {
    let limited = stop { $0.tokens = 100 }
    var monitor = StageMonitor()
    monitor.note(tokens: 60)
    monitor.note(steps: 1, of: 5, limited)
    #expect(monitor.rule == nil)
    monitor.note(tokens: 40)
    monitor.note(steps: 2, of: 5, limited)
    #expect(monitor.rule == .tokens && monitor.tokens == 100)
    var other = StageMonitor()
    other.note(steps: 5, of: 5, StopConfiguration())
    #expect(other.rule == .steps)
  }

  @Test("comes with a plateau: so many values in a row without a gain over the best")
  func plateau() {
    let stop = stop {
      $0.plateau = PlateauConfiguration()
      $0.plateau?.patience = 2
      $0.plateau?.minimumGain = 0.01
    }
    var monitor = StageMonitor()
    let values = [0.1, 0.2, 0.205, 0.3, 0.305, 0.1]
    let ended = values.map { value in
      monitor.note(["eval/mIoU": value], stop, task)
      monitor.note(["loss": 1], stop, task)
      return monitor.rule
    }
    #expect(ended == [nil, nil, nil, nil, nil, .plateau])
    #expect(monitor.best == 0.3)
  }

  @Test("comes with a target, in the direction in which the metric gets better")
  func target() {
    for (metric, values) in [
      ("eval/mIoU", [0.1, 0.49, 0.5]), ("eval/parse_failure_rate", [0.9, 0.51, 0.5]),
    ] {
      let stop = stop {
        $0.target = TargetConfiguration()
        $0.target?.metric = metric
        $0.target?.value = 0.5
      }
      var monitor = StageMonitor()
      let ended = values.map { value in
        monitor.note([metric: value], stop, task)
        return monitor.rule
      }
      #expect(ended == [nil, nil, .target])
    }
  }

  @Test(
    "refuses rules that could never hold, or at once",
    arguments: [
      ("{tokens: 0}", "from 1"), ("{plateau: {patience: 0}}", "from 1"),
      ("{plateau: {minimumGain: -1}}", "from 0"), ("{target: {}}", "mandatory"),
      ("{target: {metric: entropy, value: 1}}", "opd metrics"),
      ("{target: {metric: eval/mIuO, value: 1}}", "opd metrics"),
      ("{plateau: {}}", "evaluation.every"),
    ])
  func refusals(stop: String, word: String) throws {
    let value = try ConfigurationFile.parse(
      "stages:\n  - {method: sft, stop: \(stop)}\n", file: "x.yaml")
    let error = #expect(throws: ConfigurationError.self) {
      try Laboratory.standard().complete(value)
    }
    #expect(error?.description.contains(word) == true)
  }
}

@Suite("Stages")
struct StagesTests {
  static let chains = [
    "K-frames: SFT, SFT on key clips, GRPO": """
      - {name: sft 1, method: sft, steps: 4, prompts: 4}
      - name: sft 2
        method: sft
        data:
          keyClips:
            of: {world: {videos: 12, devVideos: 4, queriesPerVideo: 2, frames: 12, patches: 1, difficulty: easy}}
        steps: 4
        prompts: 4
      - {name: rl, method: grpo, steps: 4, prompts: 2, group: 4}
    """,
    "SFT, OPD": """
      - {method: sft, steps: 4, prompts: 4}
      - {method: opd, steps: 5, prompts: 4}
    """,
    "GRPO, OPD": """
      - {method: grpo, steps: 4, prompts: 2, group: 4}
      - {method: opd, steps: 5, prompts: 4}
    """,
    "OPD, GRPO": """
      - {method: opd, steps: 4, prompts: 4}
      - {method: grpo, steps: 5, prompts: 2, group: 4}
    """,
  ]

  @Test(
    "end in order, each for a reason in the log, the student carried over", arguments: chains.keys)
  func chain(name: String) async throws {
    let folder = TemporaryFolder()
    let run = MortalRun(stages: Self.chains[name] ?? "")
    try await run.carryOut(in: folder.path + "/whole")
    let ends = folder.lines("whole", "stages.jsonl")
    let counts = ends.compactMap { $0.numbers["steps"] }
    #expect(ends.compactMap { $0.texts["rule"] } == counts.map { _ in "steps" })
    #expect(
      ends.compactMap { $0.numbers["step"] } == counts.indices.map { counts[...$0].reduce(0, +) })
    #expect(ends.allSatisfy { ($0.numbers["tokens"] ?? 0) > 0 })
    let steps = folder.lines("whole", "metrics.jsonl").compactMap { $0.numbers["step"] }
    #expect(steps == (0...Int(counts.reduce(0, +))).map(Double.init))
  }

  @Test("killed anywhere and resumed leave the same bytes", arguments: chains.keys, [1, 4, 5, 8])
  func resumed(name: String, batches: Int) async throws {
    let folder = TemporaryFolder()
    var run = MortalRun(stages: Self.chains[name] ?? "")
    try await run.carryOut(in: folder.path + "/whole")
    run.patience = batches
    await #expect(throws: MortalReward.Killed.self) {
      try await run.carryOut(in: folder.path + "/cut")
    }
    run.patience = .max
    try await run.carryOut(in: folder.path + "/cut", resume: true)
    for name in ["metrics.jsonl", "stages.jsonl", "evaluation.jsonl", "rollouts.jsonl"] {
      #expect(!folder.bytes("whole", name).isEmpty)
      #expect(folder.bytes("whole", name) == folder.bytes("cut", name), "\(name)")
    }
  }

  @Test(
    "end early by tokens, by a plateau and by a target, and resume to the same end",
    arguments: [
      ("{tokens: 40}", "tokens"), ("{plateau: {patience: 2, minimumGain: 2}}", "plateau"),
      ("{target: {value: 0}}", "target"),
    ])
  func early(stop: String, rule: String) async throws {
    let folder = TemporaryFolder()
    var run = MortalRun(
      stages: """
          - {method: opd, steps: 50, prompts: 4, stop: \(stop)}
          - {method: opd, steps: 2, prompts: 4}
        """)
    try await run.carryOut(in: folder.path + "/whole")
    let ends = folder.lines("whole", "stages.jsonl")
    #expect(ends.compactMap { $0.texts["rule"] } == [rule, "steps"])
    let steps = try #require(ends.first?.numbers["steps"])
    #expect(steps < 50)
    run.patience = 3
    _ = try? await run.carryOut(in: folder.path + "/cut")
    run.patience = .max
    try await run.carryOut(in: folder.path + "/cut", resume: true)
    #expect(folder.bytes("whole", "stages.jsonl") == folder.bytes("cut", "stages.jsonl"))
    #expect(folder.bytes("whole", "metrics.jsonl") == folder.bytes("cut", "metrics.jsonl"))
  }

  @Test("refuse data that the student of the run cannot read")
  func otherShape() async throws {
    let folder = TemporaryFolder()
    let run = MortalRun(
      stages: "  - {method: sft, data: {world: {videos: 2, devVideos: 1, patches: 3}}, steps: 2}")
    let error = await #expect(throws: RunError.self) { try await run.carryOut(in: folder.path) }
    #expect(error?.description.contains("stages[0].data") == true)
  }

  @Test("take key clips of the run's own data where none is named")
  func keyClips() async throws {
    let run = MortalRun(stages: "  - {method: sft, data: keyClips, steps: 2}")
    let complete = try run.laboratory().complete(run.value)
    let stage = complete.map?["stages"]?.list?.first?.map
    let parameters = stage?["data"]?.map?["keyClips"]?.map
    #expect(parameters?["of"] != nil && parameters?["of"] == complete.map?["data"])
    let folder = TemporaryFolder()
    try await run.carryOut(in: folder.path + "/run")
    #expect(folder.lines("run", "stages.jsonl").count == 1)
    let alone = #"{"data": "keyClips", "stages": []}"#
    let error = await #expect(throws: LaboratoryError.self) {
      try await RunParts(
        ConfigurationFile.parse(alone, file: "a").decoded(as: RunConfiguration.self),
        in: run.laboratory())
    }
    #expect(error?.description.contains("of") == true)
  }

  @Test("never train on videos that the run reports on, under their name or another")
  func seen() async throws {
    let folder = TemporaryFolder()
    let world = try World.dataset(World.Options(videos: 3, devVideos: 2, patches: 1, seed: Seed(4)))
    try QVHighlights.export(world, to: folder.path + "/data")
    // The same videos the other way round, once under the same names and once renamed.
    try QVHighlights.export(
      Dataset(name: "b", train: world.dev, dev: world.train), to: folder.path + "/other")
    try QVHighlights.export(
      Dataset(
        name: "c",
        train: world.dev.map { prompt in
          Prompt(
            id: prompt.id, video: "renamed-" + prompt.video, query: prompt.query,
            queryEmbedding: prompt.queryEmbedding, evidence: prompt.evidence, truth: prompt.truth)
        }, dev: []), to: folder.path + "/renamed")
    for name in ["other", "renamed"] {
      let stage =
        "  - {method: sft, data: {qvhighlights: {path: \(folder.path)/\(name)}}, steps: 2}"
      let run = MortalRun(stages: stage)
      var map = try #require(try run.value.map)
      map["data"] = try ConfigurationFile.parse(
        "{qvhighlights: {path: \(folder.path)/data}}", file: "data.yaml")
      let value = ConfigurationValue(.map(map))
      let error = await #expect(throws: RunError.self) {
        try await RunExecutor(run.laboratory()).run(
          value, in: folder.path + "/run-\(name)", resume: false)
      }
      let told = "2 of the videos that this run reports on"
      #expect(error?.description.contains(told) == true)
    }
  }
}
