import Core
import Foundation
import Storage
import Testing

@testable import Tasks

@Suite("Word problems")
struct WordProblemTests {
  let task = WordProblemTask(maximumLength: 64)
  let folder = FileManager.default.temporaryDirectory.path + "/gsm-\(UUID().uuidString)"

  init() throws {
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
  }

  func file(_ name: String, _ lines: [String]) throws -> String {
    let path = folder + "/" + name
    try (lines.joined(separator: "\n") + "\n").write(
      toFile: path, atomically: true, encoding: .utf8)
    return path
  }

  @Test(
    "the final number decides, however it is written",
    arguments: [
      ("48/2 = 24. 48+24 = 72\n#### 72", 1.0), ("#### 72.0", 1), ("so it is 72", 1),
      ("#### 1,072", 0), ("72 or 71", 0), ("#### -72", 0), ("none", 0), ("#### ", 0),
      ("9999999999999999", 0),
    ])
  func quality(_ text: String, _ expected: Double) {
    let prompt = Prompt(
      id: "a", video: "a", query: "q", evidence: .none, truth: [TextAnswer("… #### 72")])
    #expect(task.quality(TextAnswer(text), of: prompt) == expected)
  }

  @Test("a majority counts numbers, not words")
  func majority() {
    let answers = ["it is 5", "#### 7", "five or 5", "#### 5"].map { TextAnswer($0) }
    #expect(task.consensus(of: answers)?.text == "it is 5")
  }

  @Test("reads JSON lines, and refuses answers without a number and problems in both files")
  func files() throws {
    let train = try file("train.jsonl", [#"{"question": "a?", "answer": "1\n#### 1"}"#])
    let dev = try file("dev.jsonl", [#"{"question": "b?", "answer": "2\n#### 2"}"#])
    let data = try WordProblems.dataset(train: train, dev: dev, limit: 10)
    #expect(data.train.map(\.query) == ["a?"] && data.dev.map(\.id) == ["dev-1"])
    let codec = WordProblems.answers(data, maximumLength: 32)
    let truth = try #require(data.dev[0].truth.first)
    #expect(codec.decode(try codec.encode(truth, to: data.dev[0]), to: data.dev[0]) != nil)
    let bad = try file("bad.jsonl", [#"{"question": "c?", "answer": "many"}"#])
    let error = #expect(throws: StorageError.self) {
      try WordProblems.dataset(train: train, dev: bad, limit: 10)
    }
    #expect(error?.happened.contains("Line 1 of '\(bad)' cannot be used: its answer ends") == true)
    #expect(throws: TextTaskError.seen(prompt: "dev-1", path: train)) {
      try WordProblems.dataset(train: train, dev: train, limit: 10)
    }
  }
}
