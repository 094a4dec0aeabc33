import Foundation
import Tasks
import Plugins
import Core
import Storage
import Synchronization
import Testing

@testable import Records
@testable import Runs

/// A configuration from YAML.
func configuration(_ yaml: String) throws -> ConfigurationValue {
  try ConfigurationFile.parse(yaml, file: "run.yaml")
}

/// What carrying a run out says is wrong, and with which status the process would end.
func complaint(
  _ yaml: String, out: String, resume: Bool = false
) async throws -> (text: String, status: Core.ExitStatus)? {
  do {
    let laboratory = try Laboratory.standard()
    _ = try await RunExecutor(laboratory).run(
      try configuration(yaml), in: out, resume: resume)
    return nil
  } catch let error as any ExplainedError {
    return ("\(error)", error.exitStatus)
  }
}

private let world = """
  data: {world: {videos: 6, devVideos: 2, queriesPerVideo: 2, frames: 12, difficulty: easy}}
  student: {decoder: {layers: 1, width: 16, heads: 2, keyValueHeads: 1, hidden: 32}}
  keyframes: {selector: tad, budget: 6}
  teacher: oracle
  threads: 1

  """

@Suite("A run")
struct RunTests {
  let scratch: ScratchFolder

  init() throws { scratch = try ScratchFolder() }

  /// Two stages, so that the reference of the second is what the first has learnt; rounds of a curriculum; evaluations.
  static let stages = """
    checkpoint: {every: 2}
    evaluation: {every: 3}
    stages:
      - {name: warm-up, method: sft, steps: 5, prompts: 4}
      - name: with-reference
        method: extrapolated-opd
        curriculum: {tvdf: {theta: 0.1, k: 1, budget: 6, every: 8}}
        steps: 7
        prompts: 4
    """

  static let results = [
    "metrics.jsonl", "selection.jsonl", "rollouts.jsonl", "evaluation.jsonl", "stages.jsonl",
    MetricEvents.name,
    "config.yaml", "checkpoints/step-000012.h5",
  ]

  @Test("killed after any step goes on to the same bytes")
  func resume() async throws {
    let value = try configuration(world + Self.stages)
    let whole = scratch("whole")
    let copies = Mutex(0)
    let scratch = scratch
    // A line is reported after a step was logged and before its checkpoint: the folder at that moment is what a kill leaves.
    let executor = RunExecutor(try Laboratory.standard()) { _ in
      copies.withLock { count in
        try? FileManager.default.copyItem(atPath: whole, toPath: scratch("killed-\(count)"))
        count += 1
      }
    }
    _ = try await executor.run(value, in: whole, resume: false)
    let kills = copies.withLock { $0 }
    // After each of twelve steps, and of two stages before their ends are saved.
    #expect(kills == 14)
    for kill in 0..<kills {
      _ = try await RunExecutor(try Laboratory.standard()).run(
        value, in: scratch("killed-\(kill)"), resume: true)
      for name in Self.results {
        let expected = try #require(scratch.bytes("whole/\(name)"))
        #expect(scratch.bytes("killed-\(kill)/\(name)") == expected, "\(name), kill \(kill)")
      }
    }
  }

  @Test("is evaluated again from its folder, to the same numbers and with other frames")
  func evaluation() async throws {
    let value = try configuration(world + Self.stages)
    let executor = RunExecutor(try Laboratory.standard())
    let values = try await executor.run(value, in: scratch("run"), resume: false)
    #expect(try await executor.evaluation(of: scratch("run")).values == values)
    let other = try await executor.evaluation(of: scratch("run"), overrides: ["keyframes.budget=2"])
    #expect(
      other.outcomes.map(\.id) == [
        "world-dev-0-q0", "world-dev-0-q1", "world-dev-1-q0", "world-dev-1-q1",
      ])
    await #expect(throws: RunError.self) {
      try await executor.evaluation(of: scratch("run"), overrides: ["student.decoder.width=32"])
    }
    await #expect(throws: RunError.noRun(path: scratch.path)) {
      try await executor.evaluation(of: scratch.path)
    }
  }
}

@Suite("The consensus of answers")
struct ConsensusTests {
  @Test(
    "is the answer with the greatest mean overlap with all, the first of equals, and none if there is none"
  )
  func choice() {
    let early = Interval(0, 10)
    let middle = Interval(4, 14)
    let late = Interval(8, 18)
    let task = DigitsCodec().answers.task
    func consensus(_ answers: Interval?...) -> Interval? {
      task.consensus(of: answers) as? Interval
    }
    #expect(consensus(early, middle, late) == middle)
    #expect(consensus(nil, early, late, late) == late)
    #expect(consensus(early, Interval(20, 30)) == early)
    #expect(consensus(nil, nil) == nil)
    #expect(consensus() == nil)
  }
}

@Suite("Bad input to a run")
struct BadRunTests {
  let scratch: ScratchFolder

  init() throws { scratch = try ScratchFolder() }

  @Test(
    "is refused in a sentence, with what to do, before anything is created",
    arguments: [
      (
        "data: {qvhighlights: {path: /nowhere/at/all}}", "/nowhere/at/all",
        Core.ExitStatus.badInput
      ),
      ("data: {world: {vidoes: 3}}", "Did you mean 'videos'?", Core.ExitStatus.usage),
      ("stages: [{stpes: 3}]", "Did you mean 'steps'?", Core.ExitStatus.usage),
      ("student: decodr", "Did you mean 'decoder'?", Core.ExitStatus.usage),
      ("teacher: oracel", "Did you mean 'oracle'?", Core.ExitStatus.usage),
      ("stages: [{method: odp}]", "Did you mean 'opd'?", Core.ExitStatus.usage),
      ("stages: [{method: opd}]", "a teacher", Core.ExitStatus.usage),
      ("data: {world: {difficulty: hrad}}", "Did you mean 'hard'?", Core.ExitStatus.usage),
      ("student: {decoder: {width: 30, heads: 4}}", "30", Core.ExitStatus.usage),
    ] as [(String, String, Core.ExitStatus)])
  func refused(_ yaml: String, part: String, status: Core.ExitStatus) async throws {
    let complaint = try #require(
      try await complaint(yaml, out: scratch("run")))
    #expect(complaint.text.contains(part), "\(complaint.text)")
    #expect(complaint.status == status, "\(complaint.text)")
    #expect(!FileManager.default.fileExists(atPath: scratch("run")))
  }

  /// A folder of data whose first video has other features.
  private func folder(width: Int?, value: Float?) throws -> String {
    let data = try World.dataset(World.Options(videos: 3, devVideos: 2, seed: Seed(4)))
    let path = scratch("data")
    try? FileManager.default.removeItem(atPath: path)
    try QVHighlights.export(data, to: path)
    let features = path + "/features.h5"
    let first = try #require(data.train.first)
    try FileManager.default.removeItem(atPath: features)
    let file = try HDF5File.create(features)
    try file.write(attribute: "clip_seconds", "1.0")
    for prompt in data.train + data.dev where try !file.exists("video/" + prompt.video) {
      let evidence = prompt.evidence
      var shape = [evidence.frames, evidence.tokensPerFrame, evidence.channels]
      var values = evidence.values
      if prompt.video == first.video {
        if let width {
          shape[2] = width
          values = [Float](repeating: 0, count: shape.reduce(1, *))
        }
        if let value { values[5] = value }
      }
      try file.write("video/" + prompt.video, values, shape: shape)
    }
    for prompt in data.train + data.dev {
      let row = try #require(prompt.queryEmbedding)
      try file.write("query/" + prompt.id, row, shape: [row.count])
    }
    try file.flush()
    return path
  }

  @Test("in a feature file is named by its video")
  func features() async throws {
    for (width, value, part) in [(7, nil, "7"), (nil, Float.nan, "not a finite number")]
      as [(Int?, Float?, String)]
    {
      let path = try folder(width: width, value: value)
      let complaint = try #require(
        try await complaint(
          "data: {qvhighlights: {path: \(path)}}", out: scratch("run")))
      #expect(complaint.text.contains("world-train-"), "\(complaint.text)")
      #expect(complaint.text.contains(part), "\(complaint.text)")
      #expect(complaint.status == .badInput)
      #expect(!FileManager.default.fileExists(atPath: scratch("run")))
    }
  }

  @Test("a checkpoint cut short is named, and the logs stay as they are")
  func truncatedCheckpoint() async throws {
    let yaml =
      world + """
        checkpoint: {every: 2}
        stages: [{method: opd, steps: 3, prompts: 2}]
        """
    let run = scratch("run")
    #expect(try await complaint(yaml, out: run) == nil)
    let checkpoint = scratch("run/checkpoints/step-000003.h5")
    let handle = try FileHandle(forUpdating: URL(filePath: checkpoint))
    try handle.truncate(atOffset: 3000)
    try handle.close()
    let status = try #require(scratch.bytes("run/status.json"))
    let unfinished = String(decoding: status, as: UTF8.self)
      .replacing("\"state\":\"done\"", with: "\"state\":\"running\"")
    try unfinished.write(toFile: scratch("run/status.json"), atomically: true, encoding: .utf8)
    let logs = ["metrics.jsonl", "rollouts.jsonl", "timing.jsonl"]
    let before = logs.map { scratch.bytes("run/\($0)") }
    let complaint = try #require(
      try await complaint(yaml, out: run, resume: true))
    #expect(complaint.text.contains("step-000003.h5"), "\(complaint.text)")
    #expect(complaint.status == .badInput, "\(complaint.text)")
    #expect(logs.map { scratch.bytes("run/\($0)") } == before)
  }

  @Test("a folder with another run, or one that has begun, is left alone")
  func otherRun() async throws {
    let yaml = world + "stages: [{method: opd, steps: 1, prompts: 2}]"
    let run = scratch("run")
    #expect(try await complaint(yaml, out: run) == nil)
    let metrics = scratch.bytes("run/metrics.jsonl")
    let again = try #require(try await complaint(yaml, out: run))
    #expect(again.text.contains("--resume"))
    let other = try #require(
      try await complaint("seed: 1\n" + yaml, out: run, resume: true))
    #expect(other.text.contains("another configuration"))
    #expect(scratch.bytes("run/metrics.jsonl") == metrics)
  }
}
