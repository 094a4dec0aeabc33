internal import Video
internal import Tasks
internal import Plugins
internal import Core

struct WorldParameters: PluginParameters {
  var videos = 1000
  var devVideos = 50
  var tuneVideos = 0
  var queriesPerVideo = 4
  var frames = 24
  var patches = 3
  var difficulty = World.Difficulty.standard
  var query = World.QueryForm.embedding
  var seed = 0

  static let keys: [String: KeyDeclaration] = [
    "videos": .integer(1...100_000, "videos to train on", unit: "videos"),
    "devVideos": .integer(1...100_000, "videos to report on", unit: "videos"),
    "tuneVideos": .integer(
      0...100_000, "videos to choose settings by, in no other part", unit: "videos"),
    "queriesPerVideo": .integer(1...100, "questions asked about each video, if it has so many"),
    "frames": .integer(9...10_000, "frames of a video, one a second", unit: "frames"),
    "patches": .integer(1...3, "feature rows of a frame, each a level band of the picture"),
    "difficulty": .choice(
      World.Difficulty.self, "how many things move, and how much noise there is"),
    "query": .choice(
      World.QueryForm.self,
      "embedding: one row of word counts; words: tokens the student must learn to read"),
    "seed": .integer(
      0...Int.max, "from which all videos follow; the same for every seed of a sweep"),
  ]
}

struct QVHighlightsParameters: PluginParameters {
  var path: String?
  var rows = QVHighlights.Options.Rows.features
  var captions: String?
  var trainLimit: Int?
  var devLimit: Int?
  var tuneShare = 0.0

  var files: [String] { [path, captions].compactMap(\.self) }

  static let keys: [String: KeyDeclaration] = [
    "path": .text(
      "the folder with features.h5, highlight_val_release.jsonl and split.json; mandatory"),
    "rows": .choice(
      QVHighlights.Options.Rows.self,
      "what a clip's row carries: features, featuresAndCosine (with the query) or cosine"),
    "captions": captionsKey,
    "trainLimit": .integer(
      1..., "the most queries to train on; all if left out", unit: "queries"),
    "devLimit": .integer(1..., "the most queries to report on; all if left out", unit: "queries"),
    "tuneShare": tuneShareKey,
  ]
}

/// What is said of frames, for students that read text.
let captionsKey = KeyDeclaration.text(
  "captions as JSON lines, one a clip, which students that are language models read; none if left out"
)

/// The folder of data in files.
///
/// - Throws: `LaboratoryError.mandatory` where none is named.
func folder(_ path: String?) throws -> String {
  guard let path else {
    throw LaboratoryError.mandatory(key: "path", why: "it is the folder of the data")
  }
  return path
}

/// A part to choose settings by, in data from files.
let tuneShareKey = KeyDeclaration.real(
  .below(1, from: 0), "share of the videos to train on that settings are chosen by instead")

struct TimeTokensParameters: PluginParameters {
  var clipLength: Double?

  static let keys: [String: KeyDeclaration] = [
    "clipLength": .real(
      0.001...86_400, "time between two tokens; the distance of the frames if left out", unit: "s")
  ]
}

struct DigitsParameters: PluginParameters {
  var step = 1.0

  static let keys: [String: KeyDeclaration] = [
    "step": .real(0.001...86_400, "time between two times that can be written", unit: "s")
  ]
}

extension Laboratory {
  mutating func registerData() throws {
    for name in ["world", "world-choice"] { questionEmbeddings[name] = World.embedding(of:) }
    try datasets.register(
      "world", summary: "rendered videos of coloured shapes, and questions about what they do",
      parameters: WorldParameters.self
    ) { parameters, _ in
      try World.dataset(
        World.Options(
          videos: parameters.videos, devVideos: parameters.devVideos,
          tuneVideos: parameters.tuneVideos, queriesPerVideo: parameters.queriesPerVideo,
          frames: parameters.frames,
          patches: parameters.patches, difficulty: parameters.difficulty,
          query: parameters.query,
          seed: Seed(UInt64(bitPattern: Int64(parameters.seed)))))
    }
    try registerFolders()
    try registerCodecs()
  }

  private mutating func registerFolders() throws {
    try datasets.register(
      "qvhighlights", summary: "a folder in the layout of QVHighlights",
      parameters: QVHighlightsParameters.self
    ) { parameters, _ in
      try QVHighlights.load(
        path: try folder(parameters.path),
        options: .init(
          rows: parameters.rows, captions: parameters.captions,
          trainLimit: parameters.trainLimit, devLimit: parameters.devLimit)
      ).keepingBack(parameters.tuneShare)
    }
  }

  private mutating func registerCodecs() throws {
    taskMetrics += GroundingTask.metrics
    try codecs.register(
      "timeTokens", summary: "one token a clip boundary", parameters: TimeTokensParameters.self
    ) { parameters, dataset in
      let length = parameters.clipLength ?? dataset.frameDistance
      try dataset.requireWindows()
      return TimeTokensCodec(
        clipLength: length, clips: try dataset.times(every: length, key: "clipLength"),
        words: dataset.queryWords
      ).answers
    }
    try codecs.register(
      "digits", summary: "characters, such as 12.0 - 30.0", parameters: DigitsParameters.self
    ) { parameters, dataset in
      try dataset.requireWindows()
      _ = try dataset.times(every: parameters.step, key: "step")
      return DigitsCodec(
        step: parameters.step, maximumDuration: dataset.maximumDuration,
        words: dataset.queryWords
      ).answers
    }
    try registerNarration()
  }
}

extension Dataset {
  /// Refuses data whose right answers are no stretches of time.
  ///
  /// - Throws: `TaskError.foreignAnswer`.
  func requireWindows() throws {
    for prompt in all {
      guard let other = prompt.truth.first(where: { !($0 is Interval) }) else { continue }
      throw TaskError.foreignAnswer(task: "grounding", answer: other.text)
    }
  }

  /// How many steps the longest video has.
  ///
  /// - Throws: `LaboratoryError.grid` for a step so short that answers have too many times to choose from.
  func times(every step: Double, key: String) throws -> Int {
    let count = (maximumDuration / step).rounded(.up)
    guard step > 0, count <= Double(LaboratoryError.mostTimes) else {
      throw LaboratoryError.grid(key: key, step: step, duration: maximumDuration)
    }
    return max(1, Int(count))
  }

  /// The same data with its queries as words of the codec's vocabulary, where they are read so; a language model writes a
  /// prompt's text in tokens of its own.
  func readable(with codec: AnswerCodec) throws -> Dataset {
    guard !queryWords.isEmpty, codec.tokenizer is Vocabulary else { return self }
    return try tokenized(with: codec.tokenizer)
  }
}
