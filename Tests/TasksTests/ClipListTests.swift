import Core
import Foundation
import Testing

@testable import Tasks

@Suite("Clips as answers")
struct ClipListTests {
  private let codec = ClipListTask.answers(step: 1, steps: 20, most: 3, words: ["the"])
  private var task: any AnswerTask { codec.task }

  private func prompt(_ truth: [any Answer] = []) -> Prompt {
    Prompt(
      id: "p", video: "v", query: "",
      evidence: FrameFeatures(
        values: [], tokensPerFrame: 1, channels: 1, timestamps: [], duration: 20), truth: truth)
  }

  private func clip(_ start: Double, _ end: Double, _ priority: ClipPriority) -> ClipList.Clip {
    ClipList.Clip(Interval(start, end), priority)
  }

  private func drawn(_ count: Int, seed: Int) -> ClipList {
    var dice = Seed(UInt64(seed)).generator()
    return ClipList(
      (0..<count).map { _ in
        let start = dice.integer(below: 19)
        let end = start + 1 + dice.integer(below: 20 - start)
        return clip(Double(start), Double(end), dice.integer(below: 2) == 0 ? .first : .second)
      })
  }

  @Test("are read as they were written", arguments: 0..<30)
  func roundTrip(seed: Int) throws {
    let list = drawn(seed % 4, seed: seed)
    let tokens = try codec.encode(list, to: prompt())
    #expect(tokens.count == 3 * list.clips.count + 1 && tokens.count <= codec.maximumLength)
    #expect(codec.decode(tokens, to: prompt())?.isEqual(to: list) == true)
    #expect(codec.decode(Array(tokens.dropLast()), to: prompt()) == nil)
    #expect(list.clips.isEmpty || codec.decode(Array(tokens.dropFirst()), to: prompt()) == nil)
  }

  @Test("say nothing where one of them ends before it starts")
  func improper() throws {
    let tokens = try codec.tokenizer.encode("<t5><t5><P1>") + codec.tokenizer.ends
    #expect(codec.decode(tokens, to: prompt()) == nil)
  }

  @Test("keep what must be seen where not all can be written")
  func most() throws {
    let list = ClipList([
      clip(0, 1, .second), clip(2, 3, .second), clip(4, 5, .first), clip(6, 7, .first),
    ])
    let read = codec.decode(try codec.encode(list, to: prompt()), to: prompt()) as? ClipList
    #expect(read?.clips == [clip(0, 1, .second), clip(4, 5, .first), clip(6, 7, .first)])
  }

  @Test("are written of windows and of options that say where they are seen")
  func others() throws {
    let window = Interval(3, 8)
    #expect(ClipList(of: window) == ClipList([clip(3, 8, .first)]))
    let list = ClipList([clip(3, 8, .first), clip(9, 10, .second)])
    #expect(ClipList(of: Choice(0, of: ["yes", "no"], clips: list)) == list)
    #expect(prompt([Choice(0, of: ["yes", "no"], clips: list)]).stretches == [window])
    #expect(throws: TaskError.self) {
      try codec.encode(Choice(0, of: ["yes", "no"]), to: prompt())
    }
  }

  @Test(
    "agree wholly with themselves, and as much with others as others with them", arguments: 0..<20)
  func agreement(seed: Int) {
    let (first, second) = (drawn(3, seed: seed), drawn(2, seed: seed + 100))
    #expect(task.agreement(first, first) == 1)
    #expect(task.agreement(first, second) == task.agreement(second, first))
    #expect((0...1).contains(task.agreement(first, second)))
  }

  @Test("agree by how much they weigh: P2 clips half")
  func weights() {
    let whole = ClipList([clip(0, 10, .first)])
    #expect(task.agreement(whole, ClipList([clip(0, 10, .second)])) == 0.5)
    #expect(task.agreement(whole, ClipList([clip(5, 15, .first)])) == 5.0 / 15)
    #expect(task.agreement(whole, ClipList([])) == 0)
    #expect(task.agreement(ClipList([]), ClipList([])) == 1)
  }

  @Test("are coded as start, end and priority")
  func coding() throws {
    let list = ClipList([clip(1, 2, .second), clip(3, 4, .first)])
    let data = try JSONEncoder().encode(list)
    #expect(String(decoding: data, as: UTF8.self) == "[[1,2,2],[3,4,1]]")
    #expect(try JSONDecoder().decode(ClipList.self, from: data) == list)
    #expect(throws: DecodingError.self) {
      try JSONDecoder().decode(ClipList.self, from: Data("[[1,2,3]]".utf8))
    }
  }
}
