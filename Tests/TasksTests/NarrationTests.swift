import Core
import Foundation
import Testing

@testable import Tasks

/// Videos with three objects that do six things on average.
func narratedWorld(_ videos: Int = 12) throws -> Dataset {
  try World.dataset(
    World.Options(videos: videos, devVideos: 4, queriesPerVideo: 2, frames: 24, seed: Seed(3)))
}

/// The task as a configuration makes it, for videos of 24 s with a frame a second.
func narrationTask(
  _ data: Dataset, wrong: Double = 0, by unit: PlantedErrors.Unit = .sentence, seed: UInt64 = 0
) throws -> NarrationTask {
  let events = try data.eventOutline()
  return NarrationTask(
    times: TimeTokensCodec(clipLength: 1, clips: 24, words: data.queryWords), events: events,
    errors: wrong > 0
      ? PlantedErrors(share: wrong, unit: unit, seed: Seed(seed), events: events) : nil)
}

@Suite("A narrated answer")
struct NarrationTests {
  let data: Dataset
  let codec: AnswerCodec

  init() throws {
    data = try narratedWorld()
    codec = try narrationTask(data).answers
  }

  /// The tokens of a text of this codec's words, with spaces between.
  private func tokens(_ text: String) throws -> [Token] {
    try text.split(separator: " ").map { try #require(codec.tokenizer.token(of: String($0))) }
  }

  @Test("reads back every window, behind what happens in the video")
  func roundTrip() throws {
    for prompt in data.all.prefix(6) {
      for window in TimeTokensCodec(clipLength: 1, clips: 24).grid(duration: 24) {
        let tokens = try codec.encode(window, to: prompt)
        let read = try #require(codec.decode(tokens, to: prompt) as? Narration)
        #expect(read == Narration(of: try #require(prompt.events), window))
        #expect(try codec.encode(read, to: prompt) == tokens)
        #expect(tokens.count <= codec.maximumLength && tokens.last == codec.tokenizer.end)
      }
    }
  }

  @Test("is words, two times and a full stop an event, then the marker and the window")
  func words() throws {
    let prompt = try #require(data.train.first)
    let events = try #require(prompt.events)
    #expect(events.count > 2 && events == events.sorted { $0.interval.start < $1.interval.start })
    let written = try codec.encode(Interval(5, 9), to: prompt).map { codec.tokenizer.word($0) }
    #expect(written.suffix(4) == ["<answer>", "<t5>", "<t9>", "<end>"])
    #expect(written.count == 7 * events.count + 4)
    let first = events[0]
    let times = [first.interval.start, first.interval.end].map { "<t\(Int($0))>" }
    #expect(Array(written.prefix(7)) == EventOutline.words(first.text) + times + ["."])
  }

  @Test(
    "says a window wherever the marker, two times in order and the end are, and nothing elsewhere",
    arguments: [
      ("<answer> <t1> <t3> <end>", 0), ("the the <answer> <t1> <t3> <end>", 1),
      (". . the . <t4> <t2> . <t1> <t3> . <answer> <t1> <t3> <end> the", 3),
      ("<t1> <t3> <end>", nil), ("<answer> <t3> <t1> <end>", nil), ("<answer> <t1> <end>", nil),
      ("<answer> <t1> <t3>", nil), ("<answer> <t1> <t3> . <end>", nil),
      ("<end> <answer> <t1> <t3> <end>", nil), ("<answer> <answer> <t1> <t3> <end>", nil),
      ("<answer> <t1> the <end>", nil), ("", nil),
    ] as [(String, Int?)])
  func reading(text: String, sentences: Int?) throws {
    let prompt = try #require(data.dev.first)
    let read = codec.decode(try tokens(text), to: prompt) as? Narration
    #expect(read?.sentences.count == sentences)
    #expect(read?.window == sentences.map { _ in Interval(1, 3) })
  }

  @Test("survives any tokens")
  func fuzz() throws {
    let prompt = try #require(data.dev.first)
    var generator = Seed(6).generator()
    for _ in 0..<2000 {
      let tokens = (0..<generator.integer(below: 14)).map { _ in
        generator.integer(below: codec.tokenizer.count)
      }
      guard let read = codec.decode(tokens, to: prompt) else { continue }
      let again = codec.decode(try codec.encode(read, to: prompt), to: prompt)
      #expect(again?.isEqual(to: read) == true)
    }
  }

  @Test("is written and read in another tokenizer, too")
  func otherTokenizer() throws {
    let prompt = try #require(data.dev.first)
    let signs = Set(codec.tokenizer.words.joined() + " ").map { String($0) }.sorted()
    let letters = AnswerCodec(codec.task, tokenizer: Vocabulary(words: signs + ["£"], end: "£"))
    let tokens = try letters.encode(Interval(2, 8), to: prompt)
    #expect(letters.tokenizer.text(tokens).hasSuffix(" . <answer> <t2> <t8>"))
    let read = letters.decode(tokens, to: prompt) as? Narration
    #expect(read == Narration(of: try #require(prompt.events), Interval(2, 8)))
  }

  @Test("is logged with its window first, where readers of windows look for it")
  func coded() throws {
    let narration = Narration(
      [.init("the red square blinks", Interval(3, 8)), .init("the the", nil)], Interval(1, 2))
    let coded = try JSONEncoder().encode(AnyAnswer(narration))
    #expect(
      String(decoding: coded, as: UTF8.self) == #"[1,2,["the red square blinks",3,8],["the the"]]"#)
    #expect(try JSONDecoder().decode(Narration.self, from: coded) == narration)
    #expect(try JSONDecoder().decode(Interval.self, from: coded) == Interval(1, 2))
    #expect(narration.text == "the red square blinks 3.0 … 8.0 s; the the; answer 1.0 … 2.0 s")
    #expect(narration.stretches == [Interval(1, 2)])
  }

  @Test("is refused in words where nobody tells what happens, and by whoever needs every answer")
  func refused() throws {
    var untold = data
    untold.dev[0].events = nil
    #expect(
      (#expect(throws: NarrationError.self) { try untold.eventOutline() })?.description
        == "The data does not say what happens in the video of prompt 'world-dev-0-q0', and an answer "
        + "of the codec 'narration' begins with that. Use data that tells the events of its videos, "
        + "such as 'world', or the codec 'timeTokens'.")
    #expect(throws: NarrationError.noEvents(prompt: "world-dev-0-q0")) {
      try codec.encode(Interval(1, 2), to: untold.dev[0])
    }
    let choice = Choice(0, of: ["red", "blue"])
    #expect(throws: TaskError.foreignAnswer(task: "narration", answer: "A red")) {
      try codec.encode(choice, to: data.dev[0])
    }
    #expect(throws: TaskError.notEnumerable(task: "narration", who: "An oracle")) {
      try codec.enumerable(for: "An oracle")
    }
    let odd = Narration([.init("the dog barks", nil)], Interval(1, 2))
    #expect(throws: VocabularyError.self) { try codec.encode(odd, to: data.dev[0]) }
  }

  @Test("comes back from what a run keeps of its data")
  func outline() throws {
    var kept = DatasetOutline(of: data)
    #expect(kept.events == nil)
    kept.events = try data.eventOutline()
    let coded = try JSONEncoder().encode(kept)
    let read = try JSONDecoder().decode(DatasetOutline.self, from: coded)
    let again = try narrationTask(read.dataset()).answers
    #expect(again.tokenizer.fingerprint == codec.tokenizer.fingerprint)
    #expect(again.maximumLength == codec.maximumLength)
    var odd = read
    odd.events?.most = 0
    #expect(odd.defect == "a video has 0 events")
    odd.events = EventOutline(subjects: [], actions: ["blinks"], most: 2)
    #expect(odd.defect == "its events have no subjects")
  }

  @Test("leaves data its name, and has a digest of what is told")
  func digest() throws {
    var prompt = data.train[0]
    func made(_ events: [VideoEvent]?) throws -> (name: String, digest: String) {
      prompt.events = events
      let made = try Dataset(name: "d", train: [prompt], dev: [])
      return (made.fingerprint, Prompt.eventDigest(made.all))
    }
    let event = VideoEvent("the dog", "barks", Interval(0, 1))
    var later = event
    later.interval.end = 2
    let all = try [made(nil), made([event]), made([later]), made([event, event])]
    #expect(Set(all.map(\.name)).count == 1 && Set(all.map(\.digest)).count == 4)
  }
}

@Suite("What a narrated answer is worth")
struct NarrationJudgingTests {
  private let events = [
    VideoEvent("the red square", "blinks", Interval(2, 6)),
    VideoEvent("the red square", "blinks", Interval(10, 14)),
    VideoEvent("the blue cross", "moves", Interval(3, 8)),
  ]

  @Test("is the overlap of its window, and what is told of the video counts beside it")
  func outcomes() throws {
    let data = try narratedWorld(1)
    let task = try narrationTask(data)
    var prompt = data.dev[0]
    prompt.events = events
    prompt.truth = [Interval(3, 8)]
    let told = Narration(
      [
        .init("the red square blinks", Interval(2, 5)),
        .init("the red square blinks", Interval(2, 6)),
        .init("the blue cross blinks", Interval(3, 8)), .init("the blue cross moves", nil),
      ], Interval(3, 8))
    let outcomes = task.outcomes([told, Interval(4, 8), nil], to: [prompt, prompt, prompt])
    #expect(outcomes.map(\.quality) == [1, 0.8, 0])
    #expect(outcomes.map { $0.metrics["narration_precision"] } == [0.25, 0, 0])
    #expect(outcomes.map { $0.metrics["narration_recall"] } == [1.0 / 3, 0, 0])
    #expect((outcomes[0].predicted as? Narration) == told && outcomes[2].predicted == nil)
    let summary = task.summary(outcomes)
    #expect(summary[.meanIoU] == 1.8 / 3 && summary[.narrationPrecision] == 0.25 / 3)
    #expect(Set(summary.keys).isSuperset(of: task.columns + [task.headline]))
    #expect(task.agreement(told, Interval(4, 8)) == 0.8 && task.agreement(told, told) == 1)
  }

  @Test("lets no two sentences tell one event, and asks for half of it")
  func matching() {
    func right(_ sentences: [(Double, Double)]) -> Int {
      NarrationTask.right(
        sentences.map { .init("the red square blinks", Interval($0.0, $0.1)) }, of: events)
    }
    #expect(right([(2, 6), (2, 6)]) == 1)
    #expect(right([(2, 6), (10, 14)]) == 2)
    #expect(right([(2, 4)]) == 1)
    #expect(right([(2, 3)]) == 0)
    #expect(right([]) == 0)
  }

  @Test("is rewarded by its window, and bounded by what bounds a window")
  func rewardAndBounds() async throws {
    let data = try narratedWorld()
    let codec = try narrationTask(data).answers
    let plain = TimeTokensCodec(clipLength: 1, clips: 24).answers
    #expect(try await Bound.all(of: data, codec) == Bound.all(of: data, plain))
    let prompt = data.dev[0]
    let tokens = try codec.encode(prompt.truth[0], to: prompt)
    let rollouts = [
      Rollout(
        promptID: prompt.id, slot: 0, tokens: tokens, logProbabilities: tokens.map { _ in 0 },
        finish: .stop)
    ]
    let reward = try GroundingReward(terms: ["iou": 1], codec: codec)
    let rewards = try await reward.rewards([RolloutGroup(prompt: prompt, rollouts: rollouts)])
    #expect(rewards == [[Reward(total: 1, terms: ["iou": 1], parsed: true)]])
  }
}

@Suite("Errors planted in narrations")
struct PlantedErrorTests {
  private let data: Dataset
  private let grid = AnswerGrid(step: 1)

  init() throws { data = try narratedWorld(40) }

  private func errors(
    _ share: Double, _ unit: PlantedErrors.Unit = .sentence, seed: UInt64 = 0
  ) throws -> PlantedErrors {
    PlantedErrors(share: share, unit: unit, seed: Seed(seed), events: try data.eventOutline())
  }

  /// Of each video, what happens and what imitation is told.
  private func told(_ errors: PlantedErrors) throws -> [([VideoEvent], [VideoEvent])] {
    try data.train.map { prompt in
      let events = try #require(prompt.events)
      return (events, errors.planted(in: events, of: prompt, on: grid))
    }
  }

  @Test("are as many in every video as their share says", arguments: [0.25, 0.5, 1])
  func share(of share: Double) throws {
    for (events, told) in try told(errors(share)) {
      #expect(told.count == events.count)
      let wrong = zip(events, told).count { $0 != $1 }
      let exact = share * Double(events.count)
      #expect(wrong == Int(exact.rounded(.down)) || wrong == Int(exact.rounded(.up)))
    }
  }

  @Test("are wrong, in the video, and of one kind each", arguments: PlantedErrors.Unit.allCases)
  func wrong(unit: PlantedErrors.Unit) throws {
    var (times, subjects) = (0, 0)
    for (events, told) in try told(errors(1, unit)) {
      for (event, said) in zip(events, told) {
        #expect(NarrationTask.right([.init(said.text, said.interval)], of: events) == 0)
        #expect(said.action == event.action && said.interval.length == event.interval.length)
        #expect(said.interval.start >= 0 && said.interval.end <= 24)
        #expect((said.subject == event.subject) != (said.interval == event.interval))
        if said.subject == event.subject { times += 1 } else { subjects += 1 }
      }
    }
    #expect(times > 50 && subjects > 50)
  }

  @Test("are the same for the same seed and in every question about a video")
  func seeds() throws {
    let first = try told(errors(0.5)).map(\.1)
    #expect(try told(errors(0.5)).map(\.1) == first)
    #expect(try told(errors(0.5, seed: 1)).map(\.1) != first)
    for (prompt, other) in zip(data.train, data.train.dropFirst())
    where prompt.video == other.video {
      let task = try narrationTask(data, wrong: 0.5).answers
      let tokens = try [prompt, other].map { try task.encode(Interval(1, 2), to: $0) }
      #expect(tokens[0] == tokens[1])
    }
  }

  @Test("of kinds befall a sentence wherever it is told")
  func kinds() throws {
    var wrong: [String: Set<Bool>] = [:]
    for (events, told) in try told(errors(0.25, .kind)) {
      for (event, said) in zip(events, told) {
        wrong[event.text, default: []].insert(event != said)
      }
    }
    #expect(wrong.values.allSatisfy { $0.count == 1 })
    let share = Double(wrong.values.count { $0 == [true] }) / Double(wrong.count)
    #expect((0.1...0.4).contains(share))
  }
}
