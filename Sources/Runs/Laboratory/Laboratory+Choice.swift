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
  var difficulty = World.Difficulty.standard
  var order = WorldChoice.Order.shuffled
  var seed = 0

  static let keys = WorldParameters.keys.filter { $0.key != "query" }
    .merging([
      "order": .choice(
        WorldChoice.Order.self, "shuffled: options in an order of each question's own; fixed")
    ]) { $1 }
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
      "world-choice", summary: "multiple choice about the built-in world: colour, order, count",
      parameters: WorldChoiceParameters.self
    ) { parameters, _ in
      try WorldChoice.dataset(
        World.Options(
          videos: parameters.videos, devVideos: parameters.devVideos,
          tuneVideos: parameters.tuneVideos, queriesPerVideo: parameters.queriesPerVideo,
          frames: parameters.frames,
          patches: parameters.patches, difficulty: parameters.difficulty,
          seed: Seed(UInt64(bitPattern: Int64(parameters.seed)))), order: parameters.order)
    }
    try codecs.register(
      "choice", summary: "one of the options that come with a question",
      parameters: ChoiceParameters.self
    ) { parameters, dataset in try ChoiceTask.answers(parameters.form, of: dataset) }
  }
}
