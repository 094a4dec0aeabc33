public import Rollouts

/// The built-in world: short rendered videos of coloured shapes, and questions about what they do and in which order.
///
/// A video has one frame of 16 × 16 pixels a second. Everything follows from one seed; the right windows are exact, and
/// lie on whole seconds.
public struct World: Sendable {
  /// How much there is to understand.
  public enum Difficulty: String, Sendable, Hashable, CaseIterable {
    /// Two objects that differ in everything; each blinks once and moves once.
    case easy
    /// Three objects that may share shape or colour, that enter, leave and repeat themselves; questions about order.
    case standard
  }

  /// What to make.
  public struct Options: Sendable, Hashable {
    /// How many videos to train on.
    public var videos: Int
    /// How many videos to report on.
    public var devVideos: Int
    /// How many questions are asked about each video.
    public var queriesPerVideo: Int
    /// F: how many frames a video has, one a second; at least 9.
    public var frames: Int
    /// N: how many feature rows a frame has, each an upright strip of the picture: 1, 2 or 4.
    public var patches: Int
    /// How much there is to understand.
    public var difficulty: Difficulty
    /// From which everything follows.
    public var seed: Seed

    /// What to make.
    ///
    /// - Precondition: The numbers are within the ranges of their properties.
    public init(
      videos: Int = 100, devVideos: Int = 50, queriesPerVideo: Int = 4, frames: Int = 24,
      patches: Int = 2, difficulty: Difficulty = .standard, seed: Seed = Seed(0)
    ) {
      precondition(videos >= 0 && devVideos >= 0, "\(videos) and \(devVideos) videos.")
      precondition(queriesPerVideo > 0, "\(queriesPerVideo) questions a video.")
      precondition(frames >= 9, "A video of \(frames) frames is too short.")
      precondition([1, 2, 4].contains(patches), "\(patches) patches a frame are not 1, 2 or 4.")
      self.videos = videos
      self.devVideos = devVideos
      self.queriesPerVideo = queriesPerVideo
      self.frames = frames
      self.patches = patches
      self.difficulty = difficulty
      self.seed = seed
    }
  }

  /// What was made.
  public let options: Options

  /// The videos to train on.
  public let train: [WorldVideo]

  /// The videos to report on.
  public let dev: [WorldVideo]

  /// Every word that a question may use.
  public static let vocabularyWords: [String] =
    ["the"] + WorldColour.allCases.map(\.rawValue) + WorldShape.allCases.map(\.rawValue)
    + WorldAction.allCases.map(\.rawValue) + ["first", "again", "before", "after"]

  /// Makes videos; the first of them are the same however many are made.
  ///
  /// - Throws: `GroundingError.nothingThere` if the videos are too short for so many questions.
  public init(_ options: Options = Options()) throws {
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
  }

  /// The prompts of a world, without tokens: see `GroundingDataset.tokenized(with:)`.
  ///
  /// - Throws: As `init(_:)`.
  public static func dataset(_ options: Options = Options()) throws -> GroundingDataset {
    try World(options).dataset()
  }

  /// The prompts of this world, without tokens: see `GroundingDataset.tokenized(with:)`.
  public func dataset() throws -> GroundingDataset {
    try GroundingDataset(
      name: "world-\(options.difficulty.rawValue)", train: train.flatMap { prompts($0) },
      dev: dev.flatMap { prompts($0) })
  }

  /// A video as pixels.
  public static func renderedFrames(_ video: WorldVideo) -> RenderedFrames {
    WorldRendering.render(video)
  }

  /// The features of a video, measured from its pixels.
  public func features(_ video: WorldVideo) -> FrameFeatures {
    let pixels = WorldRendering.render(video)
    return FrameFeatures(
      values: WorldFeatures.extract(pixels, strips: options.patches),
      tokensPerFrame: options.patches, channels: WorldFeatures.channels,
      timestamps: (0..<video.frames).map { Double($0) + 0.5 }, duration: Double(video.frames))
  }

  private func prompts(_ video: WorldVideo) -> [Prompt] {
    let evidence = features(video)
    return video.questions.enumerated().map { index, question in
      let window = Interval(Double(question.frames.lowerBound), Double(question.frames.upperBound))
      return Prompt(
        id: "\(video.name)-q\(index)", video: video.name, query: question.text, evidence: evidence,
        truth: [window])
    }
  }
}
