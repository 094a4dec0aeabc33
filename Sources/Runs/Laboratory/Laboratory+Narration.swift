internal import Core
internal import Plugins
internal import Tasks

struct NarrationParameters: PluginParameters {
  var clipLength: Double?
  var wrong = 0.0
  var wrongBy = PlantedErrors.Unit.sentence
  var seed = 0

  static let keys: [String: KeyDeclaration] = [
    "clipLength": .real(
      0.001...86_400, "time between two tokens; the distance of the frames if left out", unit: "s"),
    "wrong": .real(
      0...1,
      "share of what imitation is told that is wrong on purpose: another time, or another subject"),
    "wrongBy": .choice(
      PlantedErrors.Unit.self,
      "what is drawn to be wrong: sentence (anew in each video), kind (who does what, always in the same way)"
    ),
    "seed": .integer(
      0...Int.max, "from which wrong sentences are drawn; the same for every seed of a sweep"),
  ]
}

extension Laboratory {
  /// Adds answers that tell what happens before they say a window.
  mutating func registerNarration() throws {
    taskMetrics += NarrationTask.narrationMetrics
    try codecs.register(
      "narration",
      summary: "what happens in the video, a sentence an event, and then a window by time tokens",
      parameters: NarrationParameters.self
    ) { parameters, dataset in
      let length = parameters.clipLength ?? dataset.frameDistance
      try dataset.requireWindows()
      let events = try dataset.eventOutline()
      return NarrationTask(
        times: TimeTokensCodec(
          clipLength: length, clips: try dataset.times(every: length, key: "clipLength"),
          words: dataset.queryWords),
        events: events,
        errors: parameters.wrong > 0
          ? PlantedErrors(
            share: parameters.wrong, unit: parameters.wrongBy, seed: Seed(UInt64(parameters.seed)),
            events: events) : nil
      ).answers
    }
  }
}

extension RunParts {
  /// A digest of what right answers tell of all videos, where they are narrated; `nil` elsewhere.
  var told: String? {
    guard context.codec.task is NarrationTask else { return nil }
    return Prompt.eventDigest(context.dataset.all + pools.flatMap(\.prompts))
  }
}
