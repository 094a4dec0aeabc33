import Core
import Foundation
import Testing

@testable import Tasks

@Suite("Multiple choice")
struct ChoiceTests {
  private let world = World.Options(
    videos: 12, devVideos: 4, queriesPerVideo: 6, frames: 20, patches: 1, query: .words)

  @Test("reads what it writes, and nothing else", arguments: ChoiceTask.Form.allCases)
  func roundTrip(form: ChoiceTask.Form) throws {
    let data = try WorldChoice.dataset(world)
    let codec = try ChoiceTask.answers(form, of: data)
    for prompt in try data.tokenized(with: codec.tokenizer).train {
      let task = try codec.enumerable(for: "the test")
      let all = task.answers(to: prompt)
      let written = try all.map { try codec.encode($0, to: prompt) }
      let options = try #require(prompt.truth.first as? Choice).options
      #expect(Set(written).count == options.count)
      for (answer, tokens) in zip(all, written) {
        #expect(tokens.count <= codec.maximumLength && tokens.last == codec.tokenizer.end)
        #expect(codec.decode(tokens, to: prompt)?.isEqual(to: answer) == true)
        #expect(codec.decode(tokens.dropLast(), to: prompt) == nil)
        #expect(codec.decode(tokens.dropLast() + tokens, to: prompt) == nil)
      }
      #expect(codec.decode([codec.tokenizer.end], to: prompt) == nil)
      #expect(all.map(\.text).contains(prompt.truth.first?.text ?? ""))
      #expect(all.map { task.quality($0, of: prompt) }.reduce(0, +) == 1)
    }
  }

  @Test("counts right answers, and parts questions by what has to be understood")
  func evaluation() throws {
    let data = try WorldChoice.dataset(world)
    let task = ChoiceTask(.letter)
    let right = task.outcomes(data.dev.map { $0.truth.first }, to: data.dev)
    #expect(task.summary(right) == [.accuracy: 1])
    #expect(right.allSatisfy { $0.groups["kind of question"] != nil })
    let topics = Set(data.dev.compactMap { ($0.truth.first as? Choice)?.topic }).sorted()
    let parted = ChoiceTask(.letter, topics: topics + ["unasked"])
    #expect(parted.summary(right).count == 1 + topics.count)
    #expect(parted.columns.last == MetricName("eval/accuracy/unasked"))
    #expect(MetricName.accuracy(on: "Action Count").rawValue == "eval/accuracy/Action_Count")
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

  @Test("is the same answer wherever it is seen")
  func equality() {
    let clips = ClipList([ClipList.Clip(Interval(0, 1), .first)])
    let seen = Choice(0, of: ["yes", "no"], clips: clips)
    #expect(
      seen == Choice(0, of: ["yes", "no"]) && Set([seen]).contains(Choice(0, of: ["yes", "no"])))
    #expect(seen != Choice(1, of: ["yes", "no"], clips: clips))
  }

  @Test("refuses letters that mean nothing to whoever is shown an embedding of the question")
  func letters() throws {
    var options = world
    options.query = .embedding
    let shuffled = try WorldChoice.dataset(options)
    #expect(throws: ChoiceError.self) { try ChoiceTask.answers(.letter, of: shuffled) }
    _ = try ChoiceTask.answers(.text, of: shuffled)
    _ = try ChoiceTask.answers(.letter, of: WorldChoice.dataset(options, .init(order: .fixed)))
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
