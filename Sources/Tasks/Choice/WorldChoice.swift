internal import Core

/// Multiple choice about videos of the built-in world.
package enum WorldChoice {
  /// What a question is about.
  package enum Topic: String, Codable, Sendable, Hashable, CaseIterable {
    /// What colour a shape has: one frame tells.
    case colour
    /// Which of two things an object does first.
    case order
    /// Whether an object does something once or twice.
    case count
    /// Whether something happens before or after something that another object does.
    case relation
    /// What an object does a second time, if anything.
    case repetition

    /// Whether a single frame, however well chosen, leaves the answer open.
    package var needsSeveralFrames: Bool { self != .colour }
  }

  /// In which order a question names its options.
  package enum Order: String, Codable, Sendable, Hashable, CaseIterable {
    /// Drawn anew for each question, so that no letter means anything by itself.
    case shuffled
    /// Always the same.
    case fixed
  }

  /// What is asked, and how.
  package struct Options: Sendable, Hashable {
    /// What questions are about, by turns.
    package var topics: [Topic]
    /// In which order a question names its options.
    package var order: Order

    /// What is asked, and how.
    package init(topics: [Topic] = Topic.allCases, order: Order = .shuffled) {
      self.topics = topics
      self.order = order
    }
  }

  /// The prompts of a world, as many questions a video as its options say; a video that allows fewer has fewer.
  ///
  /// Every answer says in which clips of its video it is seen. An embedding of a question (`World.QueryForm.embedding`) counts
  /// its words, and leaves its options out.
  ///
  /// - Parameters:
  ///   - world: Which videos to make.
  ///   - options: What is asked, and how.
  /// - Returns: The prompts.
  /// - Throws: `DataError.nothingThere` if the videos are too short, or allow no such question.
  package static func dataset(
    _ world: World.Options, _ options: Options = Options()
  ) throws -> Dataset {
    let made = try World(world)
    func prompts(_ videos: [WorldVideo]) -> [Prompt] {
      videos.flatMap { video in
        var examiner = WorldExaminer(
          video: video, options: options,
          generator: world.seed.derived("world.choice.\(video.name)").generator())
        let evidence = made.features(video)
        return examiner.questions(world.queriesPerVideo).enumerated().map { index, question in
          Prompt(
            id: "\(video.name)-c\(index)", video: video.name, query: question.text,
            queryEmbedding: world.query == .embedding
              ? WorldQuestionEmbedding.row(question.asked) : nil,
            evidence: evidence, truth: [question.answer])
        }
      }
    }
    let name = "world-choice-\(world.difficulty.rawValue)"
    let dev = prompts(made.dev)
    guard !dev.isEmpty else {
      throw DataError.nothingThere(
        what: "questions about \(options.topics.map(\.rawValue).joined(separator: ", ")) in "
          + "videos of difficulty \(world.difficulty.rawValue)")
    }
    return try Dataset(
      name: name, train: prompts(made.train), dev: dev, tune: prompts(made.tune))
  }
}
