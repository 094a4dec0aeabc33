package import Core

/// The built-in world: short rendered videos of coloured shapes, and questions about what they do and in which order.
///
/// A video has one frame of 16 × 16 pixels a second. Everything follows from one seed; the right windows are exact, and
/// lie on whole seconds.
package struct World: Sendable {
  /// How much there is to understand.
  package enum Difficulty: String, Codable, Sendable, Hashable, CaseIterable {
    /// Two objects that differ in everything; each blinks once and moves once.
    case easy
    /// Three objects that differ in everything, one of which does something twice, and that may enter or leave; questions
    /// about order.
    case standard
    /// As `standard`, but objects may share shape or colour, do more, and may be called by their shape alone.
    case hard
  }

  /// How a prompt carries its question.
  package enum QueryForm: String, Codable, Sendable, Hashable, CaseIterable {
    /// As one feature row in which its words are counted, as a sentence encoder would; a small student learns in hundreds
    /// of steps.
    case embedding
    /// As words alone, to be tokenized; the student must learn to put them together, which takes thousands of steps.
    case words
  }

  /// What a feature row says of its band of a frame.
  package enum RowForm: String, Codable, Sendable, Hashable, CaseIterable {
    /// Which colours and shapes it shows, and how they differ from the frames before and after.
    case features
    /// Its pixels.
    case pixels
  }

  /// What to make.
  package struct Options: Sendable, Hashable {
    /// How many videos to train on.
    package var videos: Int
    /// How many videos to report on.
    package var devVideos: Int
    /// How many videos to choose settings by.
    package var tuneVideos: Int
    /// How many questions are asked about each video.
    package var queriesPerVideo: Int
    /// F: how many frames a video has, one a second; at least 9.
    package var frames: Int
    /// N: how many feature rows a frame has, each a level band of the picture: 1, 2, or 3 for a band an object.
    package var patches: Int
    /// How many times the picture fades to black and back where nothing happens.
    package var fades: Int
    /// How many frames a fade takes; one is a cut to black and back.
    package var fadeFrames: Int
    /// What a feature row says.
    package var rows: RowForm
    /// How much there is to understand.
    package var difficulty: Difficulty
    /// How a prompt carries its question.
    package var query: QueryForm
    /// From which everything follows.
    package var seed: Seed

    /// What to make.
    ///
    /// - Precondition: The numbers are within the ranges of their properties.
    package init(
      videos: Int = 1000, devVideos: Int = 50, tuneVideos: Int = 0, queriesPerVideo: Int = 4,
      frames: Int = 24,
      patches: Int = 3, fades: Int = 0, fadeFrames: Int = 9, rows: RowForm = .features,
      difficulty: Difficulty = .standard,
      query: QueryForm = .embedding,
      seed: Seed = Seed(0)
    ) {
      precondition(
        min(videos, devVideos, tuneVideos) >= 0,
        "\(videos), \(devVideos) and \(tuneVideos) videos.")
      precondition(queriesPerVideo > 0, "\(queriesPerVideo) questions a video.")
      precondition(frames >= 9, "A video of \(frames) frames is too short.")
      precondition((1...3).contains(patches), "\(patches) patches a frame are not 1, 2 or 3.")
      precondition(fades >= 0 && fadeFrames > 0, "\(fades) fades of \(fadeFrames) frames.")
      self.videos = videos
      self.devVideos = devVideos
      self.tuneVideos = tuneVideos
      self.queriesPerVideo = queriesPerVideo
      self.frames = frames
      self.patches = patches
      self.fades = fades
      self.fadeFrames = fadeFrames
      self.rows = rows
      self.difficulty = difficulty
      self.query = query
      self.seed = seed
    }
  }

  /// What was made.
  package let options: Options

  /// The videos to train on.
  package let train: [WorldVideo]

  /// The videos to report on.
  package let dev: [WorldVideo]

  /// The videos to choose settings by.
  package let tune: [WorldVideo]

  /// Every word that a question may use.
  package static let vocabularyWords: [String] =
    ["the"] + WorldColour.allCases.map(\.rawValue) + WorldShape.allCases.map(\.rawValue)
    + WorldAction.allCases.map(\.rawValue) + relations

  /// The words that place an event among others.
  static let relations = ["first", "again", "before", "after"]

  /// Makes videos; the first of them are the same however many are made.
  ///
  /// - Throws: `DataError.nothingThere` if the videos are too short for so many questions.
  package init(_ options: Options = Options()) throws {
    self.options = options
    func videos(_ part: String, _ count: Int) throws -> [WorldVideo] {
      try (0..<count).map { index in
        let seed = options.seed.derived("world.\(part)", index)
        var director = WorldDirector(options: options, seed: seed)
        return try director.video("world-\(part)-\(index)")
      }
    }
    train = try videos("train", options.videos)
    dev = try videos("dev", options.devVideos)
    tune = try videos("tune", options.tuneVideos)
  }

  /// The prompts of a world; where words carry the questions, `Dataset.tokenized(with:)` is to follow.
  ///
  /// - Throws: As `init(_:)`.
  package static func dataset(_ options: Options = Options()) throws -> Dataset {
    try World(options).dataset()
  }

  /// The prompts of this world; where words carry the questions, `Dataset.tokenized(with:)` is to follow.
  package func dataset() throws -> Dataset {
    try Dataset(
      name: "world-\(options.difficulty.rawValue)", train: train.flatMap { prompts($0) },
      dev: dev.flatMap { prompts($0) }, tune: tune.flatMap { prompts($0) })
  }

  /// A question as the row of features that prompts of form `embedding` carry; words that no question of the world uses
  /// leave no trace in it.
  @Sendable package static func embedding(of question: String) -> [Float] {
    WorldQuestionEmbedding.row(question)
  }

  /// A video as pixels.
  package static func renderedFrames(_ video: WorldVideo) -> RenderedFrames {
    WorldRendering.render(video)
  }

  /// C: numbers of a feature row.
  private var channels: Int {
    switch options.rows {
    case .features: WorldFeatures.channels
    case .pixels: WorldPixels.channels(bands: options.patches)
    }
  }

  /// The features of a video, measured from its pixels, or these themselves.
  package func features(_ video: WorldVideo) -> FrameFeatures {
    let pixels = WorldRendering.render(video)
    let values =
      switch options.rows {
      case .features: WorldFeatures.extract(pixels, bands: options.patches)
      case .pixels: WorldPixels.extract(pixels, bands: options.patches)
      }
    return FrameFeatures(
      values: values, tokensPerFrame: options.patches, channels: channels,
      timestamps: (0..<video.frames).map { Double($0) + 0.5 }, duration: Double(video.frames))
  }

  /// A question's row, with zeros as long as those of frames.
  private func filled(_ row: [Float]) -> [Float] {
    row + [Float](repeating: 0, count: max(0, channels - row.count))
  }

  private func prompts(_ video: WorldVideo) -> [Prompt] {
    let (evidence, events) = (features(video), video.events)
    return video.questions.enumerated().map { index, question in
      let window = Interval(Double(question.frames.lowerBound), Double(question.frames.upperBound))
      var prompt = Prompt(
        id: "\(video.name)-q\(index)", video: video.name, query: question.text,
        queryEmbedding: options.query == .embedding
          ? filled(WorldQuestionEmbedding.row(question.text)) : nil,
        evidence: evidence, truth: [window])
      prompt.events = events
      return prompt
    }
  }
}
