import Foundation
import Core
import Plugins
import Storage
import Tasks
import Testing

@testable import Records
@testable import Runs

private func program(_ name: String) -> String? {
  (ProcessInfo.processInfo.environment["PATH"] ?? "").split(separator: ":").map { "\($0)/\(name)" }
    .first(where: FileManager.default.isExecutableFile)
}

private func film(_ path: String, seconds: Int) throws {
  let process = Process()
  process.executableURL = URL(filePath: try #require(program("ffmpeg")))
  process.arguments = [
    "-nostdin", "-v", "error", "-y", "-f", "lavfi", "-i",
    "testsrc2=size=64x36:rate=4:duration=\(seconds)", path,
  ]
  try process.run()
  process.waitUntilExit()
  try #require(process.terminationStatus == 0)
}

@Suite("Features of videos", .enabled(if: program("ffmpeg") != nil, "ffmpeg is not installed"))
struct FeatureTests {
  let scratch: ScratchFolder

  init() throws { scratch = try ScratchFolder() }

  private func encoder(_ text: String = "descriptors") async throws -> any FrameEncoder {
    try await Laboratory.standard().encoders.connect(
      ConfigurationFile.parse(text, file: "--encoder"), in: { _ in })
  }

  private var small: String {
    "{process: {command: [python3, '\(Programs.path("Examples/encoders/small_encoder.py"))']}}"
  }

  private func extract(
    _ inputs: [String], _ encoder: any FrameEncoder, every seconds: Double = 2,
    questions: [String] = []
  ) async throws -> FeatureExtraction.Summary {
    try await FeatureExtraction(inputs, by: encoder, every: seconds, to: scratch("clips.h5"))
      .run(questions: questions, jobs: 2) { _, _ in }
  }

  @Test("become pictures of the frames in view, by the names of the videos")
  func pictures() async throws {
    try FileManager.default.createDirectory(
      atPath: scratch("videos/more"), withIntermediateDirectories: true)
    try film(scratch("videos/more/a.mp4"), seconds: 5)
    let videos = try VideoFolder(scratch("videos"), side: 32, patch: 14)
    func prompt(_ video: String, _ keyframes: [Int]) -> Prompt {
      Prompt(
        id: video, video: video, query: "",
        evidence: FrameFeatures(
          values: [1, 2, 3], tokensPerFrame: 1, channels: 1, timestamps: [0, 1, 9], duration: 10),
        truth: [], keyframes: keyframes)
    }
    let shown = try await videos.pictures(of: prompt("a", [1, 0, 2, 1]))
    // 64 by 36 pixels, the longer side scaled to 32: 32 by 18, or 2 by 1 patches.
    #expect(shown.count == 4 && shown.allSatisfy { $0.width == 28 && $0.height == 14 })
    #expect(shown[0] == shown[3] && Set(shown).count == 3)
    #expect(shown.allSatisfy { $0.bytes.starts(with: [0xff, 0xd8, 0xff]) })
    #expect(try await videos.pictures(of: prompt("a", [2])) == [shown[2]])
    #expect(try videos.file(of: prompt("a", [])).hasSuffix("videos/more/a.mp4"))
    await #expect(throws: FeatureError.unfilmed(video: "b", folder: scratch("videos"))) {
      try await videos.pictures(of: prompt("b", [0]))
    }
  }

  @Test("have a row a clip, stay when others are added, and are made again when the video changes")
  func resumed() async throws {
    try FileManager.default.createDirectory(
      atPath: scratch("videos"), withIntermediateDirectories: true)
    try film(scratch("videos/a.mp4"), seconds: 5)
    try Data("no video".utf8).write(to: URL(filePath: scratch("videos/broken.mp4")))
    let first = try await extract([scratch("videos")], encoder())
    #expect(first.done == 1 && first.clips == 2 && first.failures.keys.sorted() == ["broken"])
    let file = try HDF5File.open(scratch("clips.h5"))
    #expect(try file.shape(of: "video/a") == [2, 16, 16] && file.number("clip_seconds") == 2)
    #expect(!FileManager.default.fileExists(atPath: scratch("clips.h5.parts")))
    try FileManager.default.removeItem(atPath: scratch("videos/broken.mp4"))
    try film(scratch("b.mp4"), seconds: 3)
    let second = try await extract([scratch("b.mp4")], encoder())
    #expect(second == .init(done: 1, known: 0, clips: 1))
    let third = try await extract([scratch("videos"), scratch("b.mp4")], encoder())
    #expect(third == .init(done: 0, known: 2, clips: 3))
    try film(scratch("videos/a.mp4"), seconds: 9)
    #expect(try await extract([scratch("videos")], encoder()).done == 1)
    #expect(try HDF5File.open(scratch("clips.h5")).names(in: "video") == ["a", "b"])
  }

  @Test("what was finished before an end is not made again")
  func interrupted() async throws {
    try film(scratch("a.mp4"), seconds: 3)
    _ = try await extract([scratch("a.mp4")], encoder())
    // As a call leaves it that was ended before everything was put together.
    try FileManager.default.createDirectory(
      atPath: scratch("clips.h5.parts"), withIntermediateDirectories: true)
    try FileManager.default.moveItem(
      atPath: scratch("clips.h5"), toPath: scratch("clips.h5.parts/a.h5"))
    #expect(try await extract([scratch("a.mp4")], encoder()) == .init(done: 0, known: 1, clips: 1))
  }

  @Test("are never those of a video as it was before")
  func stale() async throws {
    try film(scratch("a.mp4"), seconds: 3)
    _ = try await extract([scratch("a.mp4")], encoder())
    try FileManager.default.moveItem(atPath: scratch("clips.h5"), toPath: scratch("old.h5"))
    try film(scratch("a.mp4"), seconds: 9)
    #expect(try await extract([scratch("a.mp4")], encoder()).clips == 4)
    // As a call leaves it that was ended between the result and the removal of its parts, had they been of another video.
    try FileManager.default.createDirectory(
      atPath: scratch("clips.h5.parts"), withIntermediateDirectories: true)
    try FileManager.default.moveItem(
      atPath: scratch("old.h5"), toPath: scratch("clips.h5.parts/a.h5"))
    #expect(try await extract([scratch("a.mp4")], encoder()) == .init(done: 0, known: 1, clips: 4))
  }

  @Test("of a program, with rows of questions", .enabled(if: Programs.python))
  func program() async throws {
    try film(scratch("a.mp4"), seconds: 5)
    try #"{"qid": 7, "vid": "a", "query": "the ball", "relevant_windows": [[0, 2]]}"#.write(
      toFile: scratch("train.jsonl"), atomically: true, encoding: .utf8)
    let summary = try await extract(
      [scratch("a.mp4")], encoder(small), questions: [scratch("train.jsonl")])
    #expect(summary == .init(done: 1, known: 0, clips: 2, queries: 1))
    let file = try HDF5File.open(scratch("clips.h5"))
    #expect(try file.shape(of: "video/a") == [2, 1, 48])
    #expect(try file.floats("query/7").reduce(0, +) == 2)
    #expect(try file.floats("video/a").allSatisfy { (0...1).contains($0) })
  }

  @Test("a student that was trained on them is asked about another video with the same encoder")
  func asked() async throws {
    for (name, seconds) in [("a", 4), ("b", 4), ("c", 6)] {
      try film(scratch(name + ".mp4"), seconds: seconds)
    }
    _ = try await extract([scratch("a.mp4"), scratch("b.mp4")], encoder())
    for (part, video) in [("train", "a"), ("dev", "b")] {
      let facts = #""query": "the ball", "relevant_windows": [[0, 2]]"#
      try #"{"qid": "\#(video)", "vid": "\#(video)", \#(facts)}"#
        .write(toFile: scratch(part + ".jsonl"), atomically: true, encoding: .utf8)
    }
    _ = try QVHighlights.importing(
      train: scratch("train.jsonl"), dev: scratch("dev.jsonl"), features: scratch("clips.h5"),
      to: scratch("data"))
    _ = try await RunExecutor(Laboratory.standard()).run(
      configuration(
        """
        data: {qvhighlights: {path: \(scratch("data"))}}
        student: {decoder: {layers: 1, width: 16, heads: 2, keyValueHeads: 1, hidden: 32}}
        codec: {timeTokens: {clipLength: 2}}
        stages: [{method: sft, steps: 2, prompts: 1}]
        """), in: scratch("run"), resume: false)
    let student = try await AskedStudent(scratch("run"), in: Laboratory.standard())
    let answer = try await student.answer(
      FreeQuestion("the ball", about: scratch("b.mp4")), by: encoder())
    #expect(answer.video == "b" && answer.frames == [1, 3] && answer.pictures?.frames == [4, 12])
    // Three clips are one more than any video of the data has: no answer has words for the last.
    let longer = await refusal {
      _ = try await student.answer(
        FreeQuestion("the ball", about: scratch("c.mp4")), by: encoder())
    }
    #expect(longer?.happened.hasPrefix("'c' lasts 6.0 s") == true)
    guard Programs.python else { return }
    let other = await refusal {
      _ = try await student.answer(
        FreeQuestion("the ball", about: scratch("b.mp4")), by: encoder(small))
    }
    #expect(other?.happened.contains("have 1 rows of 48 numbers") == true)
  }

  @Test("of two kinds are not mixed in one file, nor videos of one name")
  func refusals() async throws {
    try film(scratch("a.mp4"), seconds: 2)
    _ = try await extract([scratch("a.mp4")], encoder())
    let other = await refusal { _ = try await extract([scratch("a.mp4")], encoder(), every: 1) }
    #expect(
      other?.happened
        == "'\(scratch("clips.h5"))' holds features of 'descriptors' every 2.0 s, not of 'descriptors' every 1.0 s."
    )
    try FileManager.default.createDirectory(
      atPath: scratch("x"), withIntermediateDirectories: true)
    try film(scratch("x/a.mkv"), seconds: 2)
    let twice = await refusal {
      _ = try await extract([scratch("a.mp4"), scratch("x")], encoder())
    }
    #expect(twice?.happened.hasSuffix("would both be called 'a'.") == true)
    try #"{"qid": 7, "vid": "a", "query": "the ball", "relevant_windows": [[0, 2]]}"#.write(
      toFile: scratch("train.jsonl"), atomically: true, encoding: .utf8)
    let texts = await refusal {
      _ = try await extract([scratch("a.mp4")], encoder(), questions: [scratch("train.jsonl")])
    }
    #expect(texts?.happened == "The encoder 'descriptors' makes no rows of texts.")
  }

  @Test("of a program that says what cannot be end in a sentence", .enabled(if: Programs.python))
  func lies() async throws {
    try film(scratch("a.mp4"), seconds: 2)
    for (answer, said) in [
      ("[[0.0] * 3 for p in pictures]", "'rows' has 3 numbers where 4 are due"),
      ("[[0.0] * 4]", "gave 1 rows"),
      ("[[float('nan')] * 4 for p in pictures]", "'rows' contains nan, which cannot be"),
    ] {
      let path = scratch("liar-\(UUID().uuidString).py")
      try """
      import sys; sys.path.insert(0, '\(Programs.path("Examples/python-teacher"))')
      import opd_teacher as o
      class Liar(o.Encoder):
        channels = 4
        def encode(self, pictures): return \(answer)
      o.serve(Liar())
      """.write(toFile: path, atomically: true, encoding: .utf8)
      let error = await refusal {
        _ = try await extract(
          [scratch("a.mp4")], encoder("{process: {command: [python3, '\(path)']}}"), every: 1)
      }
      #expect(error?.happened.contains(said) == true, "\(String(describing: error))")
    }
  }
}
