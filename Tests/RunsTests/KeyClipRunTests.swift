import Core
import Foundation
import Plugins
import Storage
import TAD
import Tasks
import Testing

@testable import Records
@testable import Runs

@Suite("Clips choose frames in runs (K-frames)")
struct KeyClipRunTests {
  private let scratch: ScratchFolder

  init() throws { scratch = try ScratchFolder() }

  private let world = """
    data: {world-choice: {videos: 6, devVideos: 3, queriesPerVideo: 2, frames: 16, difficulty: easy, patches: 1, query: embedding, topics: [order, relation], order: fixed}}
    threads: 1

    """
  private let decoder =
    "student: {decoder: {layers: 1, width: 16, heads: 2, keyValueHeads: 1, hidden: 32}}\n"

  /// Carries out a run in the place that it has in a sweep.
  @discardableResult
  private func run(_ arm: String, _ yaml: String) async throws -> RunDirectory {
    let folder = scratch("sweep/\(arm)/seed-0")
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    try (world + yaml).write(toFile: folder + "/config.yaml", atomically: true, encoding: .utf8)
    _ = try await RunExecutor(try Laboratory.standard()).run(
      try ConfigurationFile.load(folder + "/config.yaml"), in: folder, resume: true)
    return RunDirectory(folder)
  }

  private func makeReader() async throws {
    try await run(
      "reader",
      decoder + """
        codec: choice
        keyframes: {random: {budget: 4}}
        stages: [{method: sft, steps: 3, prompts: 4}]

        """)
  }

  private func makeClips() async throws {
    try await run(
      "clips",
      decoder + """
        codec: {clips: {most: 2}}
        stages: [{method: sft, steps: 60, prompts: 8, learningRate: 0.01}]

        """)
  }

  @Test(
    "three runs after one another: a reader, clips that it rewards, and the reader on frames of these"
  )
  func chain() async throws {
    try await makeReader()
    try await makeClips()
    let rewarded = try await run(
      "rewarded",
      """
      codec: {clips: {most: 2}}
      student: {from: {arm: clips}}
      reward: {reader: {arm: reader, budget: 4}}
      stages: [{method: grpo, steps: 2, prompts: 2, group: 4}]

      """)
    let metrics = try String(contentsOfFile: rewarded.file("metrics.jsonl"), encoding: .utf8)
    #expect(metrics.contains("eval/clip_overlap") && metrics.contains("reader"))
    let ledger = try String(contentsOfFile: rewarded.file("ledger.json"), encoding: .utf8)
    #expect(ledger.contains("\"reward\""))
    let read = try await run(
      "read",
      """
      codec: choice
      student: {from: {arm: reader}}
      evaluation: {keyframes: {student: {arm: rewarded, budget: 4, mode: hybrid}}, exact: true}
      stages: []

      """)
    #expect(read.status?.state == .done)
    let lines = try String(contentsOfFile: read.file("keyframes.jsonl"), encoding: .utf8)
    #expect(lines.split(separator: "\n").allSatisfy { $0.contains("\"seen\":4") })
    // The run's folder holds no path, so that a sweep may be moved.
    #expect(
      try ConfigurationFile.load(read.file("config.yaml"))
        .value(at: ["evaluation", "keyframes", "student", "run"])?.isNull == true)
  }

  @Test("are those that the student says, drawn from as its parameters ask")
  func frames() async throws {
    try await makeClips()
    let laboratory = try Laboratory.standard()
    let clips = try await TrainedRun(scratch("sweep/clips/seed-0"), in: laboratory)
    let answers = try await clips.student.sample(
      clips.parts.reported,
      settings: .greedy(maximumLength: clips.parts.context.codec.maximumLength), seed: Seed(0))
    let yaml =
      world + decoder
      + "codec: choice\nkeyframes: {student: {run: \(scratch("sweep/clips/seed-0")), budget: 5}}\n"
    let parts = try await RunParts(
      laboratory.configuration(of: configuration(yaml)), in: laboratory)
    for (prompt, group) in zip(parts.reported, answers) {
      let list =
        clips.parts.context.codec.decode(group.rollouts[0].tokens, to: group.prompt) as? ClipList
      let expected = AnyKeyframes().indices(
        (list?.clips ?? []).map {
          KeyClip(
            covering: $0.interval, times: prompt.evidence.timestamps, priority: $0.priority)
        }, budget: 5, frames: prompt.evidence.frames)
      #expect(prompt.keyframes == expected)
    }
    #expect(parts.selection.flops > 0 && !parts.weights.isEmpty)
  }

  @Test("are drawn from outside of runs, too, for the question that is given")
  func outside() async throws {
    try await makeClips()
    let laboratory = try Laboratory.standard()
    let choice = try await laboratory.keyframeChoice(
      "{student: {run: \(scratch("sweep/clips/seed-0"))}}", count: .budget(5))
    let clips = try await TrainedRun(scratch("sweep/clips/seed-0"), in: laboratory)
    for prompt in clips.parts.reported {
      var finder = KeyframeFinder([choice])
      finder.query = prompt.query
      finder.queryEmbedding = prompt.queryEmbedding
      let path = scratch("\(prompt.id).h5")
      let file = try HDF5File.create(path)
      try file.write(attribute: "clip_seconds", "1.0")
      try file.write(
        "video/v", prompt.evidence.values,
        shape: [prompt.evidence.frames, prompt.evidence.channels])
      try file.flush()
      let found = try await finder.find(StoredFeatures.read("v", from: path))
      let direct = try await choice.selector.select([prompt], seed: Seed(0))
      #expect(found.selections[0].keyframes.map(\.index) == direct[0].indices)
      #expect(found.selections[0].looksAtQuery && direct[0].indices.count == 5)
    }
  }

  @Test("are refused of a student that predicts none, and a reader that answers no options")
  func refused() async throws {
    try await makeReader()
    try await makeClips()
    let letters = try await complaint(
      world + decoder
        + "codec: choice\nkeyframes: {student: {run: \(scratch("sweep/reader/seed-0"))}}\n",
      out: scratch("a"))
    #expect(letters?.text.contains("answers with no clips of a video") == true)
    let windows = try await complaint(
      world + decoder
        + "codec: clips\nreward: {reader: {run: \(scratch("sweep/clips/seed-0"))}}\n",
      out: scratch("b"))
    #expect(windows?.text.contains("A reader needs every answer that can be given") == true)
    let unnamed = try await complaint(
      world + decoder + "codec: clips\nreward: {reader: {arm: reader}}\n", out: scratch("c"))
    #expect(unnamed?.text.contains("only a sweep's runs know 'arm'") == true)
  }
}

@Suite("Frames from a file")
struct FileKeyframesTests {
  private let scratch: ScratchFolder

  init() throws { scratch = try ScratchFolder() }

  private func prompt(_ id: String, _ video: String) -> Prompt {
    Prompt(
      id: id, video: video, query: "",
      evidence: FrameFeatures(
        values: [0, 0, 0, 0], tokensPerFrame: 1, channels: 1, timestamps: [0, 1, 2, 3], duration: 4),
      truth: [])
  }

  private func select(_ text: String) throws -> [[Int]] {
    try text.write(toFile: scratch("s.jsonl"), atomically: true, encoding: .utf8)
    return try FileKeyframes(scratch("s.jsonl")).select(
      [prompt("q1", "v"), prompt("q2", "v")], seed: Seed(0)
    ).map(\.indices)
  }

  @Test("are those of the question, or else of its video")
  func lines() throws {
    let text = """
      {"video": "v", "frames": [0, 3]}
      {"id": "q2", "frames": [1]}
      """
    #expect(try select(text) == [[0, 3], [1]])
  }

  @Test(
    "are refused with the line, the question and the reason",
    arguments: [
      (#"{"id": "q1", "frames": [0]}"#, "selects no frames for question 'q2' or its video 'v'"),
      (
        #"{"video": "v", "frames": [0, 4]}"#, "selects frame 4 for question 'q1', whose video has 4"
      ),
      (#"{"video": "v", "frames": [2, 1]}"#, "Line 1"),
      (#"{"frames": [1]}"#, "it names neither a question ('id') nor a video ('video')"),
      (
        "{\"video\": \"v\", \"frames\": [1]}\n{\"video\": \"v\", \"frames\": [1]}", "is there twice"
      ),
    ])
  func refused(text: String, reason: String) async {
    let error = await refusal { _ = try select(text) }
    #expect(error?.happened.contains(reason) == true, "\(String(describing: error?.happened))")
  }
}
