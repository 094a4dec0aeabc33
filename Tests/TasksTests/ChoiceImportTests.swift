import Core
import Foundation
import Storage
import Testing

@testable import Tasks

@Suite("Importing questions with options")
struct ChoiceImportTests {
  let scratch: Scratch

  init() throws { scratch = try Scratch() }

  private func file(_ name: String, _ lines: [String]) throws -> String {
    try lines.joined(separator: "\n").write(
      toFile: scratch(name), atomically: true, encoding: .utf8)
    return scratch(name)
  }

  private func features() throws -> String {
    let file = try HDF5File.create(scratch("clips.h5"))
    try file.write(attribute: "clip_seconds", "1.0")
    for (index, video) in ["A", "B"].enumerated() {
      try file.write("video/" + video, (0..<20).map { Float($0 + index) }, shape: [10, 2])
    }
    try file.flush()
    return scratch("clips.h5")
  }

  private let learned = [
    #"{"video_id": "A", "question": "What moves?", "candidates": ["B", "A", "nothing"], "answer": 1, "task_type": "action"}"#,
    #"{"video": "A", "question": "When?", "options": ["A. first", "B. last"], "answer": "(B)", "relevant_windows": [[8, 12]], "id": 7}"#,
  ]
  private let asked = [
    #"{"vid": "B", "question": "Who?", "options": ["a dog", "a cat"], "answer": "a cat", "duration": 10}"#
  ]

  private func captions(_ videos: [String], count: Int = 10) throws -> String {
    try file(
      "said.jsonl",
      videos.map { video in
        let said = (0..<count).map { "\"clip \($0)\"" }.joined(separator: ", ")
        return #"{"vid": "\#(video)", "captions": [\#(said)]}"#
      })
  }

  private func complaint(_ body: () throws -> Void) -> String {
    do {
      try body()
      return "no complaint"
    } catch {
      return "\(error)"
    }
  }

  @Test("keeps options, answers, categories, windows and captions, under the same fingerprint")
  func round() throws {
    let train = try file("train.jsonl", learned)
    let dev = try file("dev.jsonl", asked)
    #expect(try ChoiceFile.isOne(train) && ChoiceFile.isOne(dev))
    let original = try ChoiceFile.dataset(train: train, dev: dev, features: features())
    let imported = try ChoiceFile.importing(
      train: train, dev: dev, features: scratch("clips.h5"), captions: captions(["A", "B"]),
      to: scratch("made"))
    #expect(imported.cutWindows == 1 && imported.faults.isEmpty)
    let read = try ChoiceFile.dataset(
      train: scratch("made/train.jsonl"), dev: scratch("made/dev.jsonl"),
      features: scratch("made/features.h5"))
    #expect(read.fingerprint == original.fingerprint)
    #expect(read.fingerprint == imported.dataset.fingerprint)
    let first = try #require(read.train[0].truth.first as? Choice)
    #expect(first.option == "A" && first.letter == "B" && first.topic == "action")
    #expect(read.train[1].id == "7" && read.train[1].stretches == [Interval(8, 10)])
    #expect(try ClipCaptions(scratch("made/captions.jsonl")).of("B")?.count == 10)
  }

  @Test("names what does not fit, and leaves it out only where told to")
  func unusable() throws {
    let train = try file(
      "train.jsonl",
      learned + [#"{"video": "C", "question": "q", "options": ["x", "y"], "answer": "A"}"#])
    let dev = try file("dev.jsonl", asked)
    let features = try features()
    let said = complaint {
      _ = try ChoiceFile.importing(
        train: train, dev: dev, features: features, captions: captions(["A", "B", "D"]),
        to: scratch("made"))
    }
    #expect(said.contains("the features have no video 'C'"), "\(said)")
    #expect(said.contains("captions of video 'D', which no question is about"), "\(said)")
    #expect(!FileManager.default.fileExists(atPath: scratch("made")))
    let imported = try ChoiceFile.importing(
      train: train, dev: dev, features: features, captions: captions(["A", "B", "D"]),
      to: scratch("made"), unusable: .leftOut)
    #expect(imported.droppedQuestions == 1 && imported.dataset.train.count == 2)
    #expect(try ClipCaptions(scratch("made/captions.jsonl")).of("D") == nil)
  }

  @Test("captions of other clips than the features have are refused")
  func otherClips() throws {
    let train = try file("train.jsonl", learned)
    let dev = try file("dev.jsonl", asked)
    let features = try features()
    let said = complaint {
      _ = try ChoiceFile.importing(
        train: train, dev: dev, features: features, captions: captions(["A", "B"], count: 9),
        to: scratch("made"))
    }
    #expect(said.contains("has 9 captions of video 'A', which has 10 clips"), "\(said)")
  }

  @Test(
    "a question about windows with options, or with anything else that nobody reads, is refused")
  func dropped() throws {
    for key in [#""options": ["x", "y"]"#, #""answer": "A""#, #""captions": ["x"]"#] {
      let line = #"{"qid": 1, "query": "q", "vid": "A", "relevant_windows": [[1, 2]], \#(key)}"#
      let path = try file("annotations.jsonl", [line])
      let said = complaint { _ = try AnnotationFile.read(path) }
      #expect(said.contains("this key is not read"), "\(said)")
    }
    let path = try file("captions.jsonl", [#"{"vid": "A", "captions": ["x"], "scores": [1]}"#])
    #expect(complaint { _ = try ClipCaptions(path) }.contains("'scores': this key is not read"))
  }
}
