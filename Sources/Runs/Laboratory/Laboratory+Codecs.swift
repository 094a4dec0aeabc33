internal import Core
internal import Plugins
internal import Tasks

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
  mutating func registerCodecs() throws {
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
    try registerWindowTokens()
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

  private mutating func registerWindowTokens() throws {
    try codecs.register(
      "windowTokens", summary: "one token a window: one softmax over all of them",
      parameters: TimeTokensParameters.self
    ) { parameters, dataset in
      let length = parameters.clipLength ?? dataset.frameDistance
      try dataset.requireWindows()
      let clips = try dataset.times(
        every: length, key: "clipLength", most: WindowTokensCodec.mostClips)
      return WindowTokensCodec(clipLength: length, clips: clips, words: dataset.queryWords).answers
    }
  }
}
