internal import Core

/// Multiple choice about videos of the built-in world: colours, what comes first, how often something happens.
public enum WorldChoice {
  /// The prompts of a world, as many questions a video as its options say; a video that allows fewer has fewer.
  ///
  /// - Parameters:
  ///   - options: Which videos to make.
  ///   - order: Whether a question names its options in an order of its own, or always in the same.
  /// - Returns: The prompts, their questions to be read as words.
  /// - Throws: `GroundingError.nothingThere` if the videos are too short.
  public static func dataset(
    _ options: World.Options, order: Order = .shuffled
  ) throws -> GroundingDataset {
    let world = try World(options)
    func prompts(_ videos: [WorldVideo]) -> [Prompt] {
      videos.flatMap { video in
        var examiner = WorldExaminer(
          video: video, order: order,
          generator: options.seed.derived("world.choice.\(video.name)").generator())
        let evidence = world.features(video)
        return examiner.questions(options.queriesPerVideo).enumerated().map { index, question in
          Prompt(
            id: "\(video.name)-c\(index)", video: video.name, query: question.text,
            evidence: evidence, truth: [question.answer])
        }
      }
    }
    return try GroundingDataset(
      name: "world-choice-\(options.difficulty.rawValue)", train: prompts(world.train),
      dev: prompts(world.dev), tune: prompts(world.tune))
  }

  /// In which order a question names its options.
  public enum Order: String, Codable, Sendable, Hashable, CaseIterable {
    /// Drawn anew for each question, so that no letter means anything by itself.
    case shuffled
    /// Always the same.
    case fixed
  }
}

/// Asks questions with options about one video.
struct WorldExaminer {
  struct Question {
    var text: String
    var answer: Choice
  }

  let video: WorldVideo
  let order: WorldChoice.Order
  var generator: SeededGenerator

  private static let numbers = ["zero", "one", "two", "three"]

  /// Different questions, by turns about colour, order and count.
  mutating func questions(_ count: Int) -> [Question] {
    var piles = [colours(), firsts(), counts()].map { $0.shuffled(using: &generator) }
    var result: [Question] = []
    var turn = 0
    while result.count < count, piles.contains(where: { !$0.isEmpty }) {
      if let question = piles[turn % piles.count].popLast() { result.append(question) }
      turn += 1
    }
    return result
  }

  /// What colour a shape has that only one object has.
  private mutating func colours() -> [Question] {
    let objects = video.objects
    let unique = objects.filter { object in objects.count { $0.shape == object.shape } == 1 }
    return unique.map { object in
      question(
        "what colour is the \(object.shape.rawValue)", object.colour.rawValue,
        WorldColour.allCases.map(\.rawValue), topic: "colour")
    }
  }

  /// What an object does first.
  private mutating func firsts() -> [Question] {
    video.objects.compactMap { object in
      guard let first = object.events.first else { return nil }
      return question(
        "what does the \(object.colour.rawValue) \(object.shape.rawValue) do first",
        first.action.rawValue, WorldAction.allCases.map(\.rawValue), topic: "order")
    }
  }

  /// How often an object blinks or moves.
  private mutating func counts() -> [Question] {
    video.objects.flatMap { object in
      [WorldAction.blinks, .moves].compactMap { action in
        let count = object.events.count { $0.action == action }
        guard Self.numbers.indices.contains(count) else { return nil }
        return question(
          "how often the \(object.colour.rawValue) \(object.shape.rawValue) \(action.rawValue)",
          Self.numbers[count], Self.numbers, topic: "count")
      }
    }
  }

  private mutating func question(
    _ text: String, _ right: String, _ options: [String], topic: String
  ) -> Question {
    let options = order == .shuffled ? options.shuffled(using: &generator) : options
    let named = zip(Choice.letters, options).map { "\($0) \($1)" }.joined(separator: " ")
    let answer = Choice(options.firstIndex(of: right) ?? 0, of: options, topic: topic)
    return Question(text: "\(text): \(named)", answer: answer)
  }
}
