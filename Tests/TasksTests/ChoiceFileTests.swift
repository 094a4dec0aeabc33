import Core
import Foundation
import Storage
import Testing

@testable import Tasks

@Suite("Questions with options from a file")
struct ChoiceFileTests {
  let scratch: Scratch

  init() throws { scratch = try Scratch() }

  /// Features of ten clips of a second for three videos.
  private func features() throws -> String {
    let file = try HDF5File.create(scratch("clips.h5"))
    try file.write(attribute: "clip_seconds", "1.0")
    for (index, video) in ["A", "B", "C"].enumerated() {
      try file.write("video/" + video, (0..<20).map { Float($0 + index) }, shape: [10, 2])
    }
    try file.flush()
    return scratch("clips.h5")
  }

  private func data(train: String? = nil, dev: String) throws -> Dataset {
    func file(_ name: String, _ text: String) throws -> String {
      try text.write(toFile: scratch(name), atomically: true, encoding: .utf8)
      return scratch(name)
    }
    return try ChoiceFile.dataset(
      train: train.map { try file("train.jsonl", $0) }, dev: file("dev.jsonl", dev),
      features: features())
  }

  private func complaint(_ line: String) -> String {
    do {
      return "no complaint about \(try data(dev: line).dev.map(\.query))"
    } catch {
      return "\(error)"
    }
  }

  @Test("is read in the words of several benchmarks, which then say the same")
  func layouts() throws {
    let lines = [
      #"{"video": "A", "question": "What moves?", "options": ["a dog", "a cat"], "answer": "B", "category": "action"}"#,
      #"{"video_id": "A", "question": "What moves?", "options": ["A. a dog", "B. a cat"], "answer": "(B)", "task_type": "action", "url": "x"}"#,
      #"{"vid": "A", "question": "What moves?", "candidates": ["a dog", "a cat"], "answer": "a cat", "question_type": "action"}"#,
      #"{"videoID": "A", "question": "What moves?", "options": ["(A) a dog", "(B) a cat"], "answer": 1, "category": "action", "id": 7}"#,
    ]
    let read = try data(dev: lines.joined(separator: "\n")).dev
    #expect(
      read.map(\.id) == ["dev.jsonl:1", "dev.jsonl:2", "dev.jsonl:3", "7"])
    for prompt in read {
      #expect(prompt.query == "What moves?: A a dog B a cat")
      let right = Choice(1, of: ["a dog", "a cat"], topic: "action")
      #expect(prompt.truth.first?.isEqual(to: right) == true)
      #expect(prompt.duration == 10 && prompt.evidence.frames == 10)
    }
    let outcomes = ChoiceTask(.letter).outcomes(read.map { $0.truth.first }, to: read)
    #expect(outcomes.allSatisfy { $0.quality == 1 })
    #expect(outcomes.allSatisfy { $0.groups["kind of question"]?.title == "action" })
  }

  @Test("says where answers are seen, cut at the end of the video")
  func windows() throws {
    let read = try data(
      train: #"{"video": "B", "question": "q", "options": ["x", "y"], "answer": "A"}"#,
      dev:
        #"{"video": "A", "question": "q", "options": ["x", "y"], "answer": "A", "relevant_windows": [[2, 4], [8, 99]]}"#
    )
    #expect(read.train.count == 1 && read.train[0].stretches.isEmpty)
    #expect(read.dev[0].stretches == [Interval(2, 4), Interval(8, 10)])
  }

  @Test(
    "is refused with its line and the reason where it cannot be right",
    arguments: [
      (#"{"question": "q", "options": ["x", "y"], "answer": "A"}"#, "the key 'video' is missing"),
      (#"{"video": "A", "question": "q", "answer": "A"}"#, "the key 'options' is missing"),
      (
        #"{"video": "A", "question": "q", "options": ["x", "y"], "answers": "A"}"#,
        "'answers': this key is not read, but 'answer' is known"
      ),
      (
        #"{"video": "A", "vid": "A", "question": "q", "options": ["x", "y"], "answer": "A"}"#,
        "'vid': it says the same as 'video'"
      ),
      (
        #"{"video": "A", "question": "q", "options": ["x", "y"], "answer": "C"}"#,
        "the answer 'C' is none of its options"
      ),
      (
        #"{"video": "A", "question": "q", "options": ["2", "0"], "answer": 0}"#,
        "the answer '0' may mean several of its options"
      ),
      (#"{"video": "A", "question": "q", "options": ["x"], "answer": "A"}"#, "it has 1 options"),
      (
        #"{"video": "A", "question": "q", "options": ["x", "x"], "answer": "A"}"#,
        "an option is empty or there twice"
      ),
      (
        #"{"video": "D", "question": "q", "options": ["x", "y"], "answer": "A"}"#,
        "the features have no video 'D'"
      ),
    ])
  func refused(line: String, reason: String) {
    #expect(complaint(line).contains(reason), "\(complaint(line))")
  }
}
