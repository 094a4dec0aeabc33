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
  var fades = 0
  var fadeFrames = 9
  var rows = World.RowForm.features
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
    "fades": .integer(
      0...1000, "times the picture fades to black and back where nothing happens, if there is room",
      unit: "fades"),
    "fadeFrames": .integer(
      1...10_000, "frames that a fade takes; 1 is a cut to black and back", unit: "frames"),
    "rows": .choice(
      World.RowForm.self,
      "what a row says of its band: features (colours, shapes, changes), or pixels, for a student with an encoder"
    ),
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
  var fold: Int?
  var captions: String?
  var augment = Augment()
  var trainLimit: Int?
  var devLimit: Int?
  var tuneShare = 0.0

  var files: [String] { [path, captions].compactMap(\.self) }

  /// What is made of the questions to train on besides.
  struct Augment: DefaultedConfiguration {
    var copies = 0
    var shift = true
    var reverse = true
    var crop = 1.0

    static let keys: [String: KeyDeclaration] = [
      "copies": .integer(
        0...100, "how many questions are made of each to train on", unit: "questions"),
      "shift": .flag(
        "whether their videos begin elsewhere, at a clip of each one's own that cuts no right window"
      ),
      "reverse": .flag("whether the first, third and so on run backwards"),
      "crop": .real(
        .above(0, to: 1),
        "the least share of its video that each keeps, drawn from it to 1, with every right window in it; 1 cuts nothing"
      ),
    ]

    /// What is made.
    ///
    /// - Throws: `ConfigurationError.unusable` where questions would be made that there are already.
    func augmentation() throws -> Augmentation {
      guard shift || crop < 1 || copies <= (reverse ? 1 : 0) else {
        throw ConfigurationError.unusable(
          path: "augment.copies",
          reason: "\(copies) copies without a shift or a crop would be the same more than once",
          source: nil)
      }
      return Augmentation(copies: copies, shifts: shift, reverses: reverse, kept: crop)
    }
  }

  static let keys: [String: KeyDeclaration] = [
    "path": .text(
      "the folder with features.h5, highlight_val_release.jsonl and split.json; mandatory"),
    "rows": .choice(
      QVHighlights.Options.Rows.self,
      "what a clip's row carries: features, featuresAndCosine (with the query), cosine, or scan (ten numbers made of the cosines and of what the likeliest clips look like)"
    ),
    "fold": .integer(
      1...SourceFolds.count,
      "which fifth of all annotated queries is reported on, parted by the recordings that videos are cut from; the split's own if left out"
    ),
    "captions": captionsKey,
    "augment": .structure(Augment.self, "more questions to train on, made of those that are there"),
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
          patches: parameters.patches, fades: parameters.fades, fadeFrames: parameters.fadeFrames,
          rows: parameters.rows,
          difficulty: parameters.difficulty,
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
          rows: parameters.rows, fold: parameters.fold, captions: parameters.captions,
          augmentation: try parameters.augment.augmentation(), trainLimit: parameters.trainLimit,
          devLimit: parameters.devLimit)
      ).keepingBack(parameters.tuneShare)
    }
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
  func times(
    every step: Double, key: String, most: Int = LaboratoryError.mostTimes
  ) throws -> Int {
    let count = (maximumDuration / step).rounded(.up)
    guard step > 0, count <= Double(most) else {
      throw LaboratoryError.grid(key: key, step: step, duration: maximumDuration, most: most)
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
