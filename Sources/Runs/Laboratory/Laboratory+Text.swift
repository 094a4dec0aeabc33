internal import Core
internal import Plugins
internal import Tasks

struct CountdownParameters: PluginParameters {
  var numbers = 3
  var largest = 30
  var largestTarget = 1000
  var train = 20_000
  var dev = 500
  var tuneShare = 0.0
  var seed = 0

  static let keys: [String: KeyDeclaration] = [
    "numbers": .integer(2...6, "how many numbers are given", unit: "numbers"),
    "largest": .integer(1...10_000, "numbers are 1 to this"),
    "largestTarget": .integer(1...1_000_000, "targets are 1 to this"),
    "train": .integer(0...1_000_000, "problems to train on", unit: "problems"),
    "dev": .integer(0...100_000, "problems to report on", unit: "problems"),
    "tuneShare": tuneShareKey,
    "seed": .integer(
      0...Int.max, "from which all problems follow; the same for every seed of a sweep"),
  ]
}

struct WordProblemParameters: PluginParameters {
  var train: String?
  var dev: String?
  var limit = 100_000
  var tuneShare = 0.0

  var files: [String] { [train, dev].compactMap { $0 } }

  static let keys: [String: KeyDeclaration] = [
    "train": .text("JSON lines with question and answer, the answer ending in #### and a number"),
    "dev": .text("the same, to report on"),
    "limit": .integer(1...100_000_000, "the most problems that are read of each", unit: "problems"),
    "tuneShare": tuneShareKey,
  ]
}

struct TextCodecParameters: PluginParameters {
  var maximumTokens = 24

  static let keys: [String: KeyDeclaration] = [
    "maximumTokens": .integer(
      2...1_000_000, "the most tokens of an answer, the end included", unit: "tokens")
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
          seed: Seed(UInt64(bitPattern: Int64(parameters.seed))))
      ).keepingBack(parameters.tuneShare)
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
      try WordProblems.dataset(
        train: parameters.train, dev: parameters.dev, limit: parameters.limit
      ).keepingBack(parameters.tuneShare)
    }
    try codecs.register(
      "gsm8k", summary: "reasoning that ends in a number, which is checked",
      parameters: TextCodecParameters.self
    ) { parameters, dataset in
      WordProblems.answers(dataset, maximumLength: parameters.maximumTokens)
    }
  }
}
