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

struct WordProblemParameters: PluginParameters {
  var train: String?
  var dev: String?
  var limit = 100_000

  var files: [String] { [train, dev].compactMap { $0 } }

  static let documentation = [
    "train": "JSON lines with question and answer, the answer ending in #### and a number",
    "dev": "the same, to report on",
    "limit": "the most problems that are read of each",
  ]

  /// Refuses limits that leave nothing.
  func check() throws {
    guard limit > 0 else {
      throw TextTaskError.outOfRange(key: "limit", value: limit, range: 1...100_000_000)
    }
  }
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
    try registerCountdown()
    try registerWordProblems()
  }

  private mutating func registerCountdown() throws {
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

  private mutating func registerWordProblems() throws {
    try datasets.register(
      "gsm8k", summary: "word problems in JSON lines, as GSM8K has them",
      parameters: WordProblemParameters.self
    ) { parameters, _ in
      try parameters.check()
      return try WordProblems.dataset(
        train: parameters.train, dev: parameters.dev, limit: parameters.limit)
    }
    try codecs.register(
      "gsm8k", summary: "reasoning that ends in a number, which is checked",
      parameters: TextCodecParameters.self
    ) { parameters, dataset in
      WordProblems.answers(dataset, maximumLength: parameters.maximumTokens)
    }
  }
}
