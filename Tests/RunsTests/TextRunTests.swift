import Core
import Foundation
import Plugins
import Records
import Student
import Tasks
import Testing

@testable import Runs

@Suite("A run about texts")
struct TextRunTests {
  let folder = FileManager.default.temporaryDirectory.appending(path: "text-\(UUID().uuidString)")

  init() throws {
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
  }

  private func carryOut(_ name: String, dev: Int, student: String) async throws -> RunDirectory {
    let yaml = """
      data: {countdown: {numbers: 2, largest: 4, train: \(16 - dev), dev: \(dev)}}
      codec: {countdown: {maximumTokens: 6}}
      student: \(student)
      reward: quality
      stages: [{method: sft, steps: 1, prompts: 2}]
      """
    let path = folder.path + "/\(name)"
    _ = try await RunExecutor(Laboratory.standard()).run(
      try ConfigurationFile.parse(yaml, file: "text.yaml"), in: path, resume: false)
    return RunDirectory(path)
  }

  @Test("has a bound, and may not begin with a student that has seen its questions")
  func seen() async throws {
    let decoder = "{decoder: {layers: 1, width: 16, heads: 2, keyValueHeads: 1, hidden: 32}}"
    let base = try await carryOut("base", dev: 2, student: decoder)
    let bounds = try String(contentsOfFile: base.file("bounds.json"), encoding: .utf8)
    #expect(bounds.contains("answers exchanged between questions"))
    let error = await #expect(throws: RunError.self) {
      try await carryOut("next", dev: 6, student: "{from: {run: \(base.path)}}")
    }
    guard case .seen(let who, "questions", 4, let first)? = error else {
      Issue.record("\(String(describing: error))")
      return
    }
    #expect(who == "The run '\(base.path)'" && first.allSatisfy { $0.hasPrefix("make ") })
  }

  @Test("cannot be seen by a student that is to read frames")
  func frames() throws {
    let data = try Countdown.dataset(
      .init(numbers: 2, largest: 9, largestTarget: 99, train: 4, dev: 2, seed: Seed(0)))
    let codec = AnswerCodec(
      CountdownTask(maximumLength: 6), tokenizer: Vocabulary(words: ["1", "<end>"], end: "<end>"))
    var parameters = PretrainedParameters()
    #expect(try parameters.prompts(codec, of: data).width == 0)
    parameters.frames = true
    let error = #expect(throws: ConfigurationError.self) {
      _ = try parameters.prompts(codec, of: data)
    }
    #expect(error?.description.contains("the data has no frames") == true)
  }

  @Test("may have a teacher that was trained on other questions")
  func unseen() throws {
    func data(_ numbers: Int) throws -> Dataset {
      try Countdown.dataset(
        .init(numbers: numbers, largest: 9, largestTarget: 99, train: 20, dev: 5, seed: Seed(0)))
    }
    try data(2).requireUnseen(data(3).train, by: "the teacher")
    #expect(throws: RunError.self) { try data(2).requireUnseen(data(2).dev, by: "the teacher") }
  }
}
