import Core
import Foundation
import Plugins
import Storage
import Tasks
import Testing

@testable import Records
@testable import Runs

@Suite("A trained student")
struct AnsweringTests {
  let scratch: ScratchFolder

  init() throws { scratch = try ScratchFolder() }

  private static let student = """
    student: {decoder: {layers: 1, width: 16, heads: 2, keyValueHeads: 1, hidden: 32}}
    threads: 1

    """

  private static func world(_ query: String, data: String = "world") -> String {
    """
    data: {\(data): {videos: 6, devVideos: 2, queriesPerVideo: 2, frames: 12, difficulty: easy, query: \(query)}}
    keyframes: {uniform: {budget: 4}}
    stages: [{method: sft, steps: 2, prompts: 4}]

    """ + student
  }

  private func train(_ name: String, _ yaml: String) async throws -> String {
    _ = try await RunExecutor(Laboratory.standard()).run(
      try configuration(yaml), in: scratch(name), resume: false)
    return scratch(name)
  }

  private func asked(_ run: String) async throws -> AskedStudent {
    try await AskedStudent(run, in: Laboratory.standard())
  }

  /// Features of a video that no data set holds, as `opd data import` reads them.
  private func features(
    _ name: String = "clips.h5", videos: Int = 1, frames: Int = 12, channels: Int
  ) throws -> String {
    let data = try World.dataset(
      .init(
        videos: 1, devVideos: 1, queriesPerVideo: 2, frames: max(12, frames), difficulty: .easy))
    let source = data.train[0].evidence
    let path = scratch(name)
    let file = try HDF5File.create(path)
    try file.write(attribute: "clip_seconds", "1")
    for video in 0..<videos {
      let values = Array(source.values.prefix(frames * 3 * channels))
      try file.write("video/v\(video)", values, shape: [frames, 3, channels])
    }
    return path
  }

  private var channels: Int { World.embedding(of: "").count }

  @Test("is built from its run's folder alone as it is built with the data")
  func outline() async throws {
    for yaml in [Self.world("words"), Self.world("embedding"), Self.countdown] {
      let path = try await train("run-\(UUID().uuidString)", yaml)
      let alone = try await asked(path)
      let laboratory = try Laboratory.standard()
      let known = try await TrainedStudent(path, in: laboratory)
      #expect(alone.identity == known.identity)
      #expect(alone.context.isLike(known.context))
      #expect(alone.data == DatasetOutline(of: known.context.dataset))
      // What a run of an earlier program lacks follows from its data.
      try FileManager.default.removeItem(atPath: path + "/" + StudentOutline.file)
      #expect(try await StudentOutline(ofRun: path, in: laboratory).data == alone.data)
    }
  }

  @Test("answers a question of its data as an evaluation does")
  func known() async throws {
    let path = try await train("run", Self.world("words"))
    let evaluation = try await RunExecutor(Laboratory.standard()).evaluation(of: path)
    let outcome = try #require(evaluation.outcomes.first)
    let student = try await asked(path)
    let context = try await RunContext(student.configuration, in: Laboratory.standard())
    let prompt = try #require(context.dataset.dev.first { $0.id == outcome.id })
    let answer = try await student.answer(FreeQuestion(prompt.query, about: prompt.video))
    #expect(answer.greedy.isAnswer == (outcome.predicted != nil))
    if let predicted = outcome.predicted { #expect(answer.greedy.text == predicted.text) }
    #expect(answer.greedy.quality == outcome.quality)
    #expect(answer.frames.count == 4 && answer.framesOfVideo == 12)
    #expect(answer.minimumRisk.method.hasPrefix("of all "))
    let page = try await answer.page()
    #expect(page.contains("class=\"truth\"") && page.contains("Frames looked at"))
    #expect(try answer.json.contains("\"promptTokens\":"))
    #expect(answer.text.contains("read, \(answer.answerTokens) written"))
  }

  @Test("answers free questions about videos that its data does not hold, wherever its folder lies")
  func elsewhere() async throws {
    let base = try await train("base", Self.world("embedding"))
    let next = Self.world("embedding").replacing(
      Self.student, with: "student: {from: {run: \(base)}}\nthreads: 1\n")
    let run = try await train("next", next)
    let left = scratch("left")
    try FileManager.default.moveItem(atPath: run, toPath: left)
    try FileManager.default.removeItem(atPath: base)
    let file = try features(channels: channels)
    let student = try await asked(left)
    let answer = try await student.answer(FreeQuestion("the red circle blinks", about: file))
    #expect(answer.video == "v0" && answer.framesOfVideo == 12 && answer.truth.isEmpty)
    #expect(answer.greedy.quality == nil)
    let again = try await student.answer(
      FreeQuestion("The red circle blinks?", about: file + ":v0"))
    #expect(again.greedy.text == answer.greedy.text)
    #expect(again.minimumRisk.text == answer.minimumRisk.text)
  }

  @Test("refuses what it was not made for, and says what to do")
  func refusals() async throws {
    let student = try await asked(try await train("run", Self.world("words")))
    func complaint(_ question: FreeQuestion) async -> String {
      await refusal { _ = try await student.answer(question) }.map { "\($0)" } ?? ""
    }
    let known = "the red circle blinks"
    let file = try features(channels: channels)
    let cases: [(FreeQuestion, String)] = [
      (FreeQuestion("the red zeppelin blinks", about: file), "never met the word 'zeppelin'"),
      (FreeQuestion(known), "none was named. Name a video"),
      (FreeQuestion(known, about: "world-dev-7"), "Did you mean 'world-dev-0'?"),
      (
        FreeQuestion(known, about: try features("narrow.h5", channels: 4)),
        "3 rows of 4 numbers, and the student reads 3 of \(channels)"
      ),
      (
        FreeQuestion(known, about: try features("long.h5", frames: 20, channels: channels)),
        "lasts 20.0 s, and the student has words for times up to 12.0 s"
      ),
      (
        FreeQuestion(known, about: try features("two.h5", videos: 2, channels: channels)),
        "holds 2 videos. Name one of them, such as"
      ),
    ]
    for (question, words) in cases {
      let said = await complaint(question)
      #expect(said.contains(words), "\(said)")
    }
    var choosing = FreeQuestion(known, about: file)
    choosing.options = ["red", "blue"]
    #expect(await complaint(choosing).contains("Leave --option out."))
  }

  @Test("that chooses is asked with options")
  func choice() async throws {
    let yaml = Self.world("words", data: "world-choice") + "codec: choice\nreward: quality\n"
    let student = try await asked(try await train("run", yaml))
    let file = try features(channels: channels)
    let words = student.data.words.filter { ["red", "blue", "green", "yellow"].contains($0) }
    var question = FreeQuestion("what colour is the circle", about: file)
    #expect(
      await refusal { _ = try await student.answer(question) }.map { "\($0)" }?
        .contains("Give each with --option.") == true)
    question.options = Array(words.prefix(2))
    let answer = try await student.answer(question)
    let lines = zip(["A", "B"], question.options).map { "\($0) \($1)" }
    #expect(lines.contains(answer.minimumRisk.text))
    #expect(answer.minimumRisk.quality == nil && answer.truth.isEmpty)
  }

  private static let countdown = """
    data: {countdown: {numbers: 2, largest: 4, train: 12, dev: 4}}
    codec: {countdown: {maximumTokens: 6}}
    reward: quality
    stages: [{method: sft, steps: 1, prompts: 2}]

    """ + student

  @Test("of texts is asked without a video, and a problem that says what is right is judged")
  func texts() async throws {
    let student = try await asked(try await train("run", Self.countdown))
    let answer = try await student.answer(FreeQuestion("make 4 from 2, 2"))
    #expect(answer.video == nil && answer.frames.isEmpty)
    #expect(answer.greedy.quality != nil)
    #expect(answer.minimumRisk.method == "of 32 samples")
    let said = await refusal {
      _ = try await student.answer(FreeQuestion("make 4", about: "a.mp4"))
    }
    #expect(said?.remedy == "Leave the video out.")
  }
}
