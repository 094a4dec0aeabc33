import Core
import Foundation
import Testing

@testable import Tasks

@Suite("Multiple choice")
struct ChoiceTests {
  private let world = World.Options(
    videos: 12, devVideos: 4, queriesPerVideo: 6, frames: 20, patches: 1)

  @Test("asks about colour, order and count, with the right option among four, each once")
  func questions() throws {
    let data = try WorldChoice.dataset(world)
    let choices = try (data.train + data.dev).map { try #require($0.truth.first as? Choice) }
    #expect(Set(choices.compactMap(\.topic)) == ["colour", "order", "count"])
    #expect(choices.allSatisfy { Set($0.options).count == 4 })
    for (prompt, choice) in zip(data.train + data.dev, choices) {
      #expect(
        prompt.query.hasSuffix(
          zip("ABCD", choice.options).map { "\($0) \($1)" }.joined(separator: " ")))
    }
    // Options are shuffled: no letter is right much more often than a quarter of the time.
    let counts = (0..<4).map { index in choices.count { $0.index == index } }
    #expect(counts.allSatisfy { $0 > choices.count / 8 && $0 < choices.count / 2 }, "\(counts)")
  }

  @Test("says of a circle the colour that its object has")
  func truth() throws {
    let made = try World(world)
    let data = try WorldChoice.dataset(world)
    for prompt in data.train where prompt.query.hasPrefix("what colour is the ") {
      let video = try #require(made.train.first { $0.name == prompt.video })
      let shape = prompt.query.dropFirst("what colour is the ".count).prefix { $0 != ":" }
      let object = try #require(video.objects.first { $0.shape.rawValue == shape })
      #expect((prompt.truth.first as? Choice)?.option == object.colour.rawValue)
    }
  }

  @Test("reads what it writes, and nothing else", arguments: ChoiceTask.Form.allCases)
  func roundTrip(form: ChoiceTask.Form) throws {
    let data = try WorldChoice.dataset(world)
    let codec = try ChoiceTask.answers(form, of: data)
    for prompt in try data.tokenized(with: codec.tokenizer).train {
      let task = try codec.enumerable(for: "the test")
      let all = task.answers(to: prompt)
      let written = try all.map { try codec.encode($0, to: prompt) }
      #expect(Set(written).count == 4)
      for (answer, tokens) in zip(all, written) {
        #expect(tokens.count <= codec.maximumLength && tokens.last == codec.tokenizer.end)
        #expect(codec.decode(tokens, to: prompt)?.isEqual(to: answer) == true)
        #expect(codec.decode(tokens.dropLast(), to: prompt) == nil)
        #expect(codec.decode(tokens.dropLast() + tokens, to: prompt) == nil)
      }
      #expect(codec.decode([codec.tokenizer.end], to: prompt) == nil)
      #expect(all.map { task.quality($0, of: prompt) }.sorted() == [0, 0, 0, 1])
    }
  }

  @Test("counts right answers, and parts questions by what has to be understood")
  func evaluation() throws {
    let data = try WorldChoice.dataset(world)
    let task = ChoiceTask(.letter)
    let right = task.outcomes(data.dev.map { $0.truth.first }, to: data.dev)
    #expect(task.summary(right) == [.accuracy: 1])
    #expect(right.allSatisfy { $0.groups["kind of question"] != nil })
    let none = task.outcomes(data.dev.map { _ in nil }, to: data.dev)
    #expect(task.summary(none) == [.accuracy: 0])
  }

  @Test("codes an answer as letter and option")
  func coding() throws {
    let choice = Choice(1, of: ["red", "light blue"])
    let data = try JSONEncoder().encode([choice])
    #expect(String(decoding: data, as: UTF8.self) == #"["B light blue"]"#)
    let back = try JSONDecoder().decode([Choice].self, from: data)
    #expect(back[0].index == 1 && back[0].option == "light blue")
    #expect(throws: DecodingError.self) {
      try JSONDecoder().decode([Choice].self, from: Data(#"["nothing"]"#.utf8))
    }
  }

  @Test("refuses answers of other tasks, and is refused where windows are written")
  func foreign() throws {
    let data = try WorldChoice.dataset(world)
    let prompt = try #require(data.train.first)
    let codec = try ChoiceTask.answers(.letter, of: data)
    #expect(throws: TaskError.foreignAnswer(task: "choice", answer: "1.0 … 2.0 s")) {
      try codec.encode(Interval(1, 2), to: prompt)
    }
    let windows = DigitsCodec().answers
    let answer = try #require(prompt.truth.first)
    let error = #expect(throws: TaskError.self) { try windows.encode(answer, to: prompt) }
    #expect(error?.description.hasSuffix("Choose a codec for the answers of this data.") == true)
    #expect(throws: TaskError.self) { try ChoiceTask.answers(.letter, of: World.dataset(world)) }
  }
}

@Suite("Grounding as a task")
struct GroundingTaskTests {
  private let codec = TimeTokensCodec(clipLength: 2, clips: 10)

  private func prompt(_ truth: [Interval]) -> Prompt {
    Prompt(
      id: "p", video: "v", query: "",
      evidence: FrameFeatures(
        values: [], tokensPerFrame: 1, channels: 1, timestamps: [], duration: 20), truth: truth)
  }

  @Test("writes and reads in another tokenizer what the codec writes in its own")
  func otherTokenizer() throws {
    let task = GroundingTask(codec)
    let letters = Vocabulary(words: "<>t0123456789".map { String($0) } + ["stop"], end: "stop")
    for window in [Interval(0, 2), Interval(4, 18)] {
      let tokens = try task.write(window, to: prompt([]), with: letters)
      #expect(letters.text(tokens) == "<t\(Int(window.start) / 2)><t\(Int(window.end) / 2)>")
      #expect(task.read(tokens, to: prompt([]), with: letters)?.isEqual(to: window) == true)
      #expect(task.read(tokens.dropLast(), to: prompt([]), with: letters) == nil)
    }
  }

  @Test("is worth the overlap with the right window it fits best, and says so in its summary")
  func summary() {
    let task = GroundingTask(codec)
    let prompts = [prompt([Interval(0, 4), Interval(10, 20)]), prompt([Interval(0, 4)])]
    let outcomes = task.outcomes([Interval(10, 14), nil], to: prompts)
    #expect(outcomes.map(\.quality) == [0.4, 0])
    #expect(
      task.summary(outcomes) == [
        .meanIoU: 0.2, .recall(at: 0.3): 0.5, .recall(at: 0.5): 0, .recall(at: 0.7): 0,
      ])
    #expect(outcomes[0].metrics == ["duration": 20, "windowLength": 7])
  }

  @Test("parts questions at 10 and 30 s where these part them, else at their tertiles")
  func lengths() {
    let known = LengthGroups(of: [4, 8, 12, 20, 40, 60])
    #expect(
      [9.9, 10, 30].map { known.group(of: $0).title } == [
        "under 10 s", "10–30 s", "30 s and longer",
      ])
    let short = LengthGroups(of: [1, 2, 3, 4])
    #expect([1, 2, 3].map { short.group(of: $0).order } == [0, 1, 2])
    #expect(LengthGroups(of: [5, 5, 5]).group(of: 5).title == "all")
    #expect(LengthGroups(of: []).group(of: 5).title == "all")
  }
}
