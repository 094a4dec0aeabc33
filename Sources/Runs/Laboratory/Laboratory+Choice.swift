internal import Core
internal import Plugins
internal import Tasks

struct WorldChoiceParameters: PluginParameters {
  var videos = 1000
  var devVideos = 50
  var tuneVideos = 0
  var queriesPerVideo = 4
  var frames = 24
  var patches = 3
  var fades = 0
  var fadeFrames = 9
  var difficulty = World.Difficulty.standard
  var query = World.QueryForm.words
  var topics = WorldChoice.Topic.allCases
  var order = WorldChoice.Order.shuffled
  var seed = 0

  static let keys = WorldParameters.keys.filter { $0.key != "rows" }.merging([
    "query": .choice(
      World.QueryForm.self,
      "words: tokens, the options among them; embedding: one row of counts of the question's words alone"
    ),
    "topics": .list(
      of: .choice(WorldChoice.Topic.allCases.map(\.rawValue)),
      "what questions are about, by turns; one frame tells a colour, and none of the others"),
    "order": .choice(
      WorldChoice.Order.self, "shuffled: options in an order of each question's own; fixed"),
  ]) { $1 }
}

struct ChoiceFileParameters: PluginParameters {
  var train: String?
  var dev: String?
  var features: String?
  var captions: String?
  var limit = 1_000_000

  var files: [String] { [train, dev, features, captions].compactMap { $0 } }

  static let keys: [String: KeyDeclaration] = [
    "train": .text("JSON lines to train on; none if left out"),
    "dev": .text("JSON lines to report on, with no video of the other file; mandatory"),
    "features": .text(
      "HDF5 with /video/VIDEO, and /query/ID where questions are embedded; mandatory"),
    "captions": captionsKey,
    "limit": .integer(1...1_000_000, "the most questions that are read of each", unit: "questions"),
  ]
}

/// What can be set of questions made of captions.
struct CaptionChoiceParameters: PluginParameters {
  var of: ConfigurationValue?
  var topics = CaptionChoice.Topic.allCases
  var options = CaptionChoice.Options().count
  var seed: Int?

  var members: [String: ConfigurationValue] {
    get { of.map { $0.isNull ? [:] : ["of": $0] } ?? [:] }
    set { of = newValue["of"] ?? of }
  }

  static let keys: [String: KeyDeclaration] = [
    "of": .plugin("data", "questions whose right answers are stretches, with captions; mandatory"),
    "topics": .list(
      of: .choice(CaptionChoice.Topic.allCases.map(\.rawValue)),
      "moment: which of some descriptions is of this video; window: which caption belongs into a stretch; first: "
        + "which of two comes first"),
    "options": .integer(
      2...Choice.letters.count, "options of a question; two of those about what comes first"),
    "seed": .integer(
      0...Int.max, "from which wrong options and their order are drawn; the run's if left out"),
  ]
}

struct ChoiceParameters: PluginParameters {
  var form = ChoiceTask.Form.letter

  static let keys: [String: KeyDeclaration] = [
    "form": .choice(ChoiceTask.Form.self, "letter: A, B and so on; text: the option's own words")
  ]
}

extension Laboratory {
  mutating func registerChoice() throws {
    taskMetrics += ChoiceTask.metrics
    try datasets.register(
      "world-choice",
      summary: "multiple choice about the built-in world: colour, order, count and others",
      parameters: WorldChoiceParameters.self
    ) { parameters, _ in
      try WorldChoice.dataset(
        World.Options(
          videos: parameters.videos, devVideos: parameters.devVideos,
          tuneVideos: parameters.tuneVideos, queriesPerVideo: parameters.queriesPerVideo,
          frames: parameters.frames,
          patches: parameters.patches, fades: parameters.fades, fadeFrames: parameters.fadeFrames,
          difficulty: parameters.difficulty,
          query: parameters.query,
          seed: Seed(UInt64(bitPattern: Int64(parameters.seed)))),
        .init(topics: parameters.topics, order: parameters.order))
    }
    try registerChoiceFile()
    try registerCaptionChoice()
    try codecs.register(
      "choice", summary: "one of the options that come with a question",
      parameters: ChoiceParameters.self
    ) { parameters, dataset in try ChoiceTask.answers(parameters.form, of: dataset) }
  }

  private mutating func registerCaptionChoice() throws {
    let bases = datasets
    try datasets.register(
      "caption-choice", summary: "multiple choice about captioned videos, made from other data",
      parameters: CaptionChoiceParameters.self
    ) { parameters, seed in
      guard let of = parameters.of, !of.isNull else {
        throw LaboratoryError.mandatory(key: "of", why: "questions are made of its moments")
      }
      return try CaptionChoice.dataset(
        of: try bases.build(of, at: "of", in: seed),
        .init(
          topics: parameters.topics, count: parameters.options,
          seed: parameters.seed.map { Seed(UInt64($0)) } ?? seed.derived("options")))
    }
  }

  private mutating func registerChoiceFile() throws {
    try datasets.register(
      "choice-file", summary: "questions with options in JSON lines, as benchmarks publish them",
      parameters: ChoiceFileParameters.self
    ) { parameters, _ in
      guard let dev = parameters.dev, let features = parameters.features else {
        throw LaboratoryError.mandatory(
          key: parameters.dev == nil ? "dev" : "features",
          why: "a run reports on questions about videos")
      }
      return try ChoiceFile.dataset(
        train: parameters.train, dev: dev, features: features, captions: parameters.captions,
        limit: parameters.limit)
    }
  }
}
