import Core
import Foundation
import Plugins
import Statistics
import Storage
import TAD
import Tasks
import Testing

@testable import Records
@testable import Runs

@Suite("Key clips of questions (PeakClips)")
struct PeakClipTests {
  private let scratch: ScratchFolder

  init() throws { scratch = try ScratchFolder() }

  /// Four videos of three scenes of five clips; question v asks for scene v mod 3, and people like exactly its clips.
  private func data() throws -> ClipSource {
    let folder = scratch("data")
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    let file = try HDF5File.create(folder + "/features.h5")
    var lines: [String] = []
    var captions: [String] = []
    let things = ["a dog runs", "a cat sleeps", "rain falls"]
    for video in 0..<4 {
      var dice = Seed(UInt64(video)).generator()
      let values = (0..<15).flatMap { clip in
        (0..<3).map { Float($0 == clip / 5 ? 1 : 0) + 0.02 * Float(dice.uniform()) }
      }
      try file.write("video/v\(video)", values, shape: [15, 3])
      try file.write("query/q\(video)", (0..<3).map { $0 == video % 3 ? 1 : 0 }, shape: [3])
      let liked = (0..<5).map { 5 * (video % 3) + $0 }
      lines.append(
        """
        {"qid": "q\(video)", "query": "\(things[video % 3])", "vid": "v\(video)", "duration": 30, \
        "relevant_windows": [[\(2 * liked[0]), \(2 * liked[4] + 2)]], "relevant_clip_ids": \(liked), \
        "saliency_scores": [[4, 4, 3], [3, 4, 3], [4, 4, 4], [3, 3, 3], [4, 3, 1]]}
        """)
      let said = (0..<15).map { "\"\(things[$0 / 5])\($0 % 5 == 4 ? " off" : "")\"" }
      captions.append(#"{"vid": "v\#(video)", "captions": [\#(said.joined(separator: ", "))]}"#)
    }
    try file.flush()
    try lines.joined(separator: "\n").write(
      toFile: folder + "/highlight_val_release.jsonl", atomically: true, encoding: .utf8)
    try #"{"train": ["q0", "q1"], "dev": ["q2", "q3"]}"#.write(
      toFile: folder + "/split.json", atomically: true, encoding: .utf8)
    try captions.joined(separator: "\n").write(
      toFile: folder + "/captions.jsonl", atomically: true, encoding: .utf8)
    return ClipSource(folder)
  }

  private func settings(_ relevance: SceneRelevance) -> PeakClips.Settings {
    var settings = PeakClips.Settings()
    settings.relevance = relevance
    return settings
  }

  private func built(_ name: String) throws -> [PeakClips] {
    try JSONLines.read(scratch(name), as: PeakClipLine.self).compactMap { line in
      if case .clips(let clips) = line.value { clips } else { nil }
    }
  }

  @Test(
    "are the scene that is asked for, with its caption, by every source",
    arguments: [SceneRelevance.similarity, .words, .saliency])
  func sources(relevance: SceneRelevance) async throws {
    let build = try PeakClipBuild(data(), settings(relevance), to: scratch("clips.jsonl"))
    #expect(try await build.run() == .init(done: 4, known: 0))
    for (number, clips) in try built("clips.jsonl").enumerated() {
      #expect(clips.id == "q\(number)" && clips.scenes.count == 3)
      let asked = number % 3
      #expect(clips.scenes.map(\.start) == [0, 10, 20] && clips.scenes.last?.end == 30)
      #expect(clips.scenes[asked].priority == .first)
      #expect(clips.scenes.indices.allSatisfy { $0 == asked || clips.scenes[$0].priority == nil })
      #expect(clips.scenes.map(\.caption) == ["a dog runs", "a cat sleeps", "rain falls"])
      #expect(clips.caption == "a dog runs")
      #expect(
        clips.keyClips
          == ClipList([.init(Interval(Double(10 * asked), Double(10 * asked + 10)), .first)]))
    }
  }

  @Test("killed at any moment and gone on with, the file has the same bytes")
  func killed() async throws {
    let source = try data()
    _ = try await PeakClipBuild(source, settings(.words), to: scratch("whole.jsonl")).run()
    let whole = try #require(scratch.bytes("whole.jsonl"))
    for end in stride(from: 0, through: whole.count, by: 53) + [whole.count] {
      try whole.prefix(end).write(to: URL(filePath: scratch("cut.jsonl")))
      let summary = try await PeakClipBuild(source, settings(.words), to: scratch("cut.jsonl"))
        .run()
      #expect(summary.done + summary.known == 4)
      #expect(scratch.bytes("cut.jsonl") == whole, "ended after \(end) bytes")
    }
  }

  @Test("of other settings or other data are not mixed in one file")
  func mixed() async throws {
    let source = try data()
    _ = try await PeakClipBuild(source, settings(.words), to: scratch("clips.jsonl")).run()
    var other = settings(.words)
    other.first = 4.5
    await #expect(throws: PeakClipError.otherClips(path: scratch("clips.jsonl"))) {
      try await PeakClipBuild(source, other, to: scratch("clips.jsonl")).run()
    }
    var part = source
    part.part = .dev
    await #expect(throws: PeakClipError.otherClips(path: scratch("clips.jsonl"))) {
      try await PeakClipBuild(part, settings(.words), to: scratch("clips.jsonl")).run()
    }
  }

  @Test("have a P1 scene wherever anything is relevant, and are parted by the two thresholds")
  func thresholds() {
    let settings = PeakClips.Settings()
    for seed in 0..<200 {
      var dice = Seed(UInt64(seed)).generator()
      let relevance = (0..<1 + dice.integer(below: 8)).map { _ in
        seed % 5 == 0 ? 0 : 5 * dice.uniform() * dice.uniform()
      }
      let priorities = settings.priorities(relevance)
      let best = relevance.max() ?? 0
      #expect(priorities.contains(.first) == (best > 0))
      for (value, priority) in zip(relevance, priorities) where value != best {
        #expect((priority == .first) == (value >= settings.first))
        #expect((priority == nil) == (value < settings.second))
      }
    }
  }

  @Test("agree with people where people made them, and guesses are measured against that")
  func quality() throws {
    var source = try data()
    source.part = .all
    let quality = try PeakClipQuality(source, .init(), rules: [.frames, .features])
    #expect(quality.questions == 4 && abs(quality.base - 5.0 / 15) < 1e-12)
    let rows = quality.rows
    #expect(
      rows.map(\.relevance) == [.similarity, .words, .saliency] + [.similarity, .words, .saliency])
    let people = rows[2]
    // People's own scores, clip by clip: every good clip above every other, and the order of their means.
    #expect(people.area.value == 1 && abs(people.correlation.value - 1) < 1e-9)
    for row in rows where row.scenes == .features {
      #expect(row.scenesPerVideo == 3 && row.area.value == 1)
      #expect(row.precision.value == 1 && row.recall.value == 1)
      #expect(abs(row.share - 1.0 / 3) < 1e-12)
    }
  }

  @Test("become the right answers of key-clip data")
  func answers() async throws {
    let source = try data()
    _ = try await PeakClipBuild(source, settings(.similarity), to: scratch("clips.jsonl")).run()
    let dataset = try Laboratory.standard().datasets.build(
      ConfigurationFile.parse(
        "{keyClips: {of: {qvhighlights: {path: \(source.folder)}}, path: \(scratch("clips.jsonl"))}}",
        file: "data"), at: "data", in: Seed(0))
    #expect(dataset.train.count == 2 && dataset.dev.count == 2)
    for prompt in dataset.all {
      let clips = try #require(prompt.truth.first as? ClipList)
      #expect(clips.clips.count == 1 && clips.clips[0].priority == .first)
    }
  }

  @Test(
    "of a file that cannot be right are refused with the line",
    arguments: [
      (#""start":0"#, #""start":40"#, "the scene from 40.0"),
      (#""end":10"#, #""end":1e9"#, "the scene"),
      (#""duration":30"#, #""duration":0"#, "the duration is 0.0"),
      (#""duration":30"#, #""duration":31"#, "not of 'v0' of 30.0 s"),
      (#""relevance":5"#, #""relevance":7"#, "the relevance 7.0"),
      (#""video":"v0""#, #""video":"v1""#, "are of video 'v1'"),
      (#""video""#, #""vidoe""#, "'video' is known"),
      (#""start""#, #""strat""#, "this key is not read"),
    ])
  func damaged(_ right: String, _ wrong: String, _ said: String) async throws {
    let source = try data()
    _ = try await PeakClipBuild(source, settings(.similarity), to: scratch("clips.jsonl")).run()
    let written = try String(contentsOfFile: scratch("clips.jsonl"), encoding: .utf8)
    let place = try #require(written.range(of: right))
    try written.replacingCharacters(in: place, with: wrong)
      .write(toFile: scratch("clips.jsonl"), atomically: true, encoding: .utf8)
    let error = await refusal {
      _ = try Laboratory.standard().datasets.build(
        ConfigurationFile.parse(
          "{keyClips: {of: {qvhighlights: {path: \(source.folder)}}, path: \(scratch("clips.jsonl"))}}",
          file: "data"), at: "data", in: Seed(0))
    }
    #expect(error.map { "\($0)".contains(said) } == true, "\(error.map { "\($0)" } ?? "taken")")
  }

  @Test("of nothing, and by a source that says nothing, end in a sentence")
  func refusals() async throws {
    let source = try data()
    await #expect(throws: PeakClipError.unsaid(source: .predictions, prompt: "q0")) {
      try await PeakClipBuild(source, settings(.predictions), to: scratch("x.jsonl")).run()
    }
    try FileManager.default.createDirectory(
      atPath: scratch("empty"), withIntermediateDirectories: true)
    #expect(throws: PeakClipError.nothing(folder: scratch("empty"))) {
      try PeakClipBuild(ClipSource(scratch("empty")), .init(), to: scratch("x.jsonl"))
    }
  }
}
