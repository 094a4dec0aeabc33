import Core
import Testing

@testable import Tasks

@Suite("Multiple choice about the built-in world")
struct WorldChoiceTests {
  private func world(_ videos: Int, dev: Int = 4, frames: Int = 48) -> World.Options {
    World.Options(
      videos: videos, devVideos: dev, queriesPerVideo: 5, frames: frames, patches: 1,
      query: .words, seed: Seed(3))
  }

  private func choices(_ data: Dataset) throws -> [(prompt: Prompt, choice: Choice)] {
    try (data.train + data.dev).map { ($0, try #require($0.truth.first as? Choice)) }
  }

  @Test("asks about every topic, with different options that the question names")
  func questions() throws {
    let asked = try choices(WorldChoice.dataset(world(40)))
    #expect(
      Set(asked.compactMap(\.choice.topic)) == Set(WorldChoice.Topic.allCases.map(\.rawValue)))
    for (prompt, choice) in asked {
      #expect(Set(choice.options).count == choice.options.count)
      let named = zip("ABCD", choice.options).map { "\($0) \($1)" }.joined(separator: " ")
      #expect(prompt.query.hasSuffix(named))
    }
  }

  @Test("says of a shape the colour that its object has, and where it is seen")
  func truth() throws {
    let made = try World(world(12))
    let data = try WorldChoice.dataset(world(12), .init(topics: [.colour]))
    for (prompt, choice) in try choices(data) {
      let video = try #require((made.train + made.dev).first { $0.name == prompt.video })
      let shape = prompt.query.dropFirst("what colour is the ".count).prefix { $0 != ":" }
      let object = try #require(video.objects.first { $0.shape.rawValue == shape })
      #expect(choice.option == object.colour.rawValue)
    }
  }

  @Test(
    "finds in the clips of an answer all that decides it", arguments: WorldChoice.Topic.allCases)
  func clips(topic: WorldChoice.Topic) throws {
    let asked = try choices(WorldChoice.dataset(world(30), .init(topics: [topic])))
    #expect(asked.count > 10)
    for (prompt, choice) in asked {
      let clips = try #require(choice.clips).clips
      #expect(!prompt.stretches.isEmpty)
      #expect(clips.allSatisfy { $0.interval.isProper && $0.interval.end <= prompt.duration })
      let firsts = clips.count { $0.priority == .first }
      switch topic {
      case .colour: #expect(firsts == 1)
      case .order, .relation: #expect(firsts == 2)
      case .count: #expect(firsts == (choice.option == "once" ? 1 : 2))
      case .repetition: #expect(choice.option == "nothing" || firsts == 2)
      }
    }
  }

  @Test("makes each answer of a topic right equally often", arguments: WorldChoice.Topic.allCases)
  func balance(topic: WorldChoice.Topic) throws {
    let asked = try choices(
      WorldChoice.dataset(world(200, frames: 24), .init(topics: [topic], order: .fixed)))
    let counts = Dictionary(grouping: asked, by: \.choice.option).mapValues(\.count)
    let options = try #require(asked.first).choice.options
    let even = Double(asked.count) / Double(options.count)
    // Four standard deviations of a fair draw.
    let slack = 4 * (even * (1 - 1 / Double(options.count))).squareRoot()
    for option in options {
      #expect(abs(Double(counts[option] ?? 0) - even) < slack, "\(topic) \(counts)")
    }
  }

  /// What a tree reaches that is fitted on 2,000 questions and asked about 500 others, by words and by words and a frame.
  private func bounds(_ topic: WorldChoice.Topic) async throws -> (words: Double, frame: Double) {
    let data = try WorldChoice.dataset(
      world(400, dev: 100), .init(topics: [topic], order: .fixed))
    let bounds = try await Bound.all(of: data, try ChoiceTask.answers(.letter, of: data))
    func value(_ name: String) throws -> Double {
      try #require(bounds.first { $0.name == name }).value
    }
    return (
      try value("answer by the question's words"), try value("answer by words and the middle frame")
    )
  }

  @Test(
    "cannot be answered much better than by chance from the words, or from one frame besides",
    arguments: WorldChoice.Topic.allCases.filter(\.needsSeveralFrames))
  func oneFrame(topic: WorldChoice.Topic) async throws {
    let chance = topic == .repetition ? 1.0 / 3 : 0.5
    let (words, frame) = try await bounds(topic)
    #expect(abs(words - chance) < 0.12 && abs(frame - chance) < 0.12, "\(topic): \(words) \(frame)")
  }

  @Test("a colour can: the bound by one frame sees what there is to see")
  func colour() async throws {
    let (words, frame) = try await bounds(.colour)
    #expect(abs(words - 0.25) < 0.08 && frame > words + 0.1, "\(words) \(frame)")
  }

  @Test("embeds a question without its options")
  func embedding() throws {
    var options = world(8)
    options.query = .embedding
    for (prompt, _) in try choices(WorldChoice.dataset(options, .init(order: .fixed))) {
      let asked = String(prompt.query.prefix { $0 != ":" })
      #expect(prompt.queryEmbedding == WorldQuestionEmbedding.row(asked))
      #expect(prompt.queryEmbedding?.contains { $0 != 0 } == true)
    }
  }

  @Test("is refused where videos allow no such question")
  func nothing() throws {
    var options = world(4)
    options.difficulty = .easy
    #expect(throws: DataError.self) {
      try WorldChoice.dataset(options, .init(topics: [.count]))
    }
  }
}
