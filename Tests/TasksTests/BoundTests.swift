import Core
import Testing

@testable import Tasks

@Suite("What is reached without learning from videos")
struct BoundTests {
  private func prompt(_ id: String, _ query: String, _ truth: Interval) -> Prompt {
    let frames = FrameFeatures(
      values: [0, 0, 0, 0, 0], tokensPerFrame: 1, channels: 1,
      timestamps: [0, 2, 4, 6, 8], duration: 10)
    return Prompt(id: id, video: id, query: query, evidence: frames, truth: [truth])
  }

  /// Early answers to one question, late ones to another, which is asked more often.
  private func dataset() throws -> Dataset {
    let early = (0..<40).map { prompt("e\($0)", "who comes first", Interval(0, 2)) }
    let late = (0..<60).map { prompt("l\($0)", "who leaves last", Interval(8, 10)) }
    let dev = [
      prompt("d1", "who comes first", Interval(0, 2)),
      prompt("d2", "who leaves last", Interval(8, 10)),
    ]
    return try Dataset(name: "made", train: early + late, dev: dev)
  }

  @Test("is the best constant for half of the questions, and the words tell the rest")
  func prior() async throws {
    let codec = DigitsCodec(step: 2, maximumDuration: 10).answers
    let bounds = try await Bound.all(of: try dataset(), codec)
    #expect(
      bounds.map(\.name) == [
        "best constant answer", "answer by the question's words", "whole video",
      ])
    #expect(bounds.map(\.value) == [0.5, 1, 0.2])
    #expect(bounds.allSatisfy { $0.isFloor })
  }

  @Test("is what a guess among options reaches, where answers are options")
  func options() async throws {
    let data = try WorldChoice.dataset(
      World.Options(
        videos: 40, devVideos: 20, queriesPerVideo: 6, frames: 20, patches: 1, query: .words))
    let bounds = try await Bound.all(of: data, try ChoiceTask.answers(.letter, of: data))
    #expect(
      bounds.map(\.name) == [
        "best constant answer", "answer by the question's words",
        "answer by words and the middle frame",
      ])
    #expect(bounds.allSatisfy { $0.value > 0.1 && $0.value < 0.7 }, "\(bounds)")
  }

  @Test("is nothing without questions to report on")
  func nothing() async throws {
    let codec = DigitsCodec(step: 2, maximumDuration: 10).answers
    let data = try Dataset(
      name: "made", train: [prompt("a", "b", Interval(0, 2))], dev: [])
    #expect(try await Bound.all(of: data, codec).isEmpty)
  }
}
