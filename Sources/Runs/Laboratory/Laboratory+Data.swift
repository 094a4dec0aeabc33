internal import Video
internal import Tasks
internal import Plugins
internal import Core

struct WorldParameters: PluginParameters {
  var videos = 1000
  var devVideos = 50
  var queriesPerVideo = 4
  var frames = 24
  var patches = 3
  var difficulty = "standard"
  var query = "embedding"
  var seed = 0

  static let documentation = [
    "videos": "videos to train on",
    "devVideos": "videos to report on",
    "queriesPerVideo": "questions asked about each video",
    "frames": "frames of a video, one a second; at least 9",
    "patches": "feature rows of a frame, each a level band of the picture: 1, 2 or 3",
    "difficulty": "easy, standard or hard",
    "query": "embedding: one row of word counts; words: tokens the student must learn to read",
    "seed": "from which all videos follow; the same for every seed of a sweep",
  ]
}

struct QVHighlightsParameters: PluginParameters {
  var path = "../shared/data/qvhighlights"
  var rows = "features"
  var trainLimit: Int?
  var devLimit: Int?

  var files: [String] { [path] }

  static let documentation = [
    "path": "the folder with features.h5, highlight_val_release.jsonl and split.json",
    "rows": "what a clip's row carries: features, featuresAndCosine (with the query) or cosine",
    "trainLimit": "the most queries to train on; all if left out",
    "devLimit": "the most queries to report on; all if left out",
  ]
}

struct TimeTokensParameters: PluginParameters {
  var clipLength: Double?

  static let documentation = [
    "clipLength": "seconds between two tokens; the distance of the frames if left out"
  ]
}

struct DigitsParameters: PluginParameters {
  var step = 1.0

  static let documentation = ["step": "seconds between two times that can be written"]
}

extension Laboratory {
  mutating func registerData() throws {
    try datasets.register(
      "world", summary: "rendered videos of coloured shapes, and questions about what they do",
      parameters: WorldParameters.self
    ) { parameters, _ in
      guard let difficulty = World.Difficulty(rawValue: parameters.difficulty) else {
        throw LaboratoryError.unknownChoice(
          key: "difficulty", value: parameters.difficulty,
          choices: World.Difficulty.allCases.map(\.rawValue))
      }
      guard let query = World.QueryForm(rawValue: parameters.query) else {
        throw LaboratoryError.unknownChoice(
          key: "query", value: parameters.query, choices: World.QueryForm.allCases.map(\.rawValue))
      }
      return try World.dataset(
        World.Options(
          videos: parameters.videos, devVideos: parameters.devVideos,
          queriesPerVideo: parameters.queriesPerVideo, frames: parameters.frames,
          patches: parameters.patches, difficulty: difficulty, query: query,
          seed: Seed(UInt64(bitPattern: Int64(parameters.seed)))))
    }
    try datasets.register(
      "qvhighlights", summary: "a folder in the layout of QVHighlights",
      parameters: QVHighlightsParameters.self
    ) { parameters, _ in
      guard let rows = QVHighlights.Options.Rows(rawValue: parameters.rows) else {
        throw LaboratoryError.unknownChoice(
          key: "rows", value: parameters.rows,
          choices: QVHighlights.Options.Rows.allCases.map(\.rawValue))
      }
      return try QVHighlights.load(
        path: parameters.path,
        options: .init(
          rows: rows, trainLimit: parameters.trainLimit, devLimit: parameters.devLimit))
    }
    try registerCodecs()
  }

  private mutating func registerCodecs() throws {
    taskMetrics += GroundingTask.metrics
    try codecs.register(
      "timeTokens", summary: "one token a clip boundary", parameters: TimeTokensParameters.self
    ) { parameters, dataset in
      let prompt = dataset.train.first ?? dataset.dev.first
      let times = prompt?.evidence.timestamps ?? []
      let spacing = times.count > 1 ? times[1] - times[0] : 1
      let length = parameters.clipLength ?? spacing
      try dataset.requireWindows()
      return TimeTokensCodec(
        clipLength: length, clips: Int((dataset.maximumDuration / length).rounded(.up)),
        words: dataset.queryWords
      ).answers
    }
    try codecs.register(
      "digits", summary: "characters, such as 12.0 - 30.0", parameters: DigitsParameters.self
    ) { parameters, dataset in
      try dataset.requireWindows()
      return DigitsCodec(
        step: parameters.step, maximumDuration: dataset.maximumDuration,
        words: dataset.queryWords
      ).answers
    }
  }
}

extension GroundingDataset {
  /// Refuses data whose right answers are no stretches of time.
  ///
  /// - Throws: `TaskError.foreignAnswer`.
  fileprivate func requireWindows() throws {
    for prompt in train + dev {
      guard let other = prompt.truth.first(where: { !($0 is Interval) }) else { continue }
      throw TaskError.foreignAnswer(task: "grounding", answer: other.text)
    }
  }

  /// The words of the queries where they are read as text; none where the data has query embeddings.
  var queryWords: [String] {
    let hasEmbedding = (train.first ?? dev.first)?.queryEmbedding != nil
    return hasEmbedding ? [] : words
  }

  /// The same data with its queries as words of the codec's vocabulary, where they are read so; a language model writes a
  /// prompt's text in tokens of its own.
  func readable(with codec: AnswerCodec) throws -> GroundingDataset {
    guard !queryWords.isEmpty, codec.tokenizer is Vocabulary else { return self }
    return try tokenized(with: codec.tokenizer)
  }
}
