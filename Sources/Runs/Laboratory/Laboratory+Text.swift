internal import Core
internal import Plugins
internal import Tasks

struct CountdownParameters: PluginParameters {
  var numbers = 3
  var largest = 30
  var largestTarget = 1000
  var train = 20_000
  var dev = 500
  var seed = 0

  static let documentation = [
    "numbers": "how many numbers are given, 2 to 6",
    "largest": "numbers are 1 to this",
    "largestTarget": "targets are 1 to this",
    "train": "problems to train on",
    "dev": "problems to report on",
    "seed": "from which all problems follow; the same for every seed of a sweep",
  ]
}

struct TextCodecParameters: PluginParameters {
  var maximumTokens = 24

  static let documentation = [
    "maximumTokens": "the most tokens of an answer, the end included"
  ]
}

extension Laboratory {
  /// Adds tasks whose questions and answers are texts.
  mutating func registerText() throws {
    taskMetrics += CountdownTask.metrics
    try datasets.register(
      "countdown", summary: "problems: make a target from given numbers, each used once",
      parameters: CountdownParameters.self
    ) { parameters, _ in
      try Countdown.dataset(
        Countdown.Options(
          numbers: parameters.numbers, largest: parameters.largest,
          largestTarget: parameters.largestTarget, train: parameters.train, dev: parameters.dev,
          seed: Seed(UInt64(bitPattern: Int64(parameters.seed)))))
    }
    try codecs.register(
      "countdown", summary: "an expression, checked exactly whichever it is",
      parameters: TextCodecParameters.self
    ) { parameters, dataset in
      try Countdown.answers(dataset, maximumLength: parameters.maximumTokens)
    }
  }
}
