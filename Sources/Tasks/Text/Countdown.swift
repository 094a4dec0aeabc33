package import Core

/// Makes problems of the task `countdown`, as many as wanted, each with an answer.
package enum Countdown {
  /// What problems are like.
  package struct Options: Sendable, Hashable {
    /// How many numbers are given, 2 to 6.
    package var numbers: Int
    /// Numbers are 1 to this.
    package var largest: Int
    /// Targets are 1 to this.
    package var largestTarget: Int
    /// Problems to train on.
    package var train: Int
    /// Problems to report on.
    package var dev: Int
    /// From which all problems follow.
    package var seed: Seed

    /// What problems are like.
    package init(
      numbers: Int, largest: Int, largestTarget: Int, train: Int, dev: Int, seed: Seed
    ) {
      self.numbers = numbers
      self.largest = largest
      self.largestTarget = largestTarget
      self.train = train
      self.dev = dev
      self.seed = seed
    }
  }

  /// Problems of which none occurs twice, in whatever order its numbers stand.
  ///
  /// - Throws: `TextTaskError.outOfRange`, or `.tooFew` where there are not as many different problems, in a hundred draws a problem.
  /// - Complexity: O(problems).
  package static func dataset(_ options: Options) throws -> Dataset {
    try options.check()
    var generator = options.seed.derived("countdown").generator()
    var seen: Set<CountdownProblem> = []
    var prompts: [Prompt] = []
    let wanted = options.dev + options.train
    // Problems to report on come first: they stay the same however many are trained on.
    for _ in 0..<100 * wanted where prompts.count < wanted {
      let drawn = draw(options, &generator)
      guard (1...options.largestTarget).contains(drawn.value) else { continue }
      let key = CountdownProblem(numbers: drawn.numbers.sorted(), target: drawn.value)
      guard seen.insert(key).inserted else { continue }
      prompts.append(
        prompt(
          prompts.count, of: options.dev,
          CountdownProblem(
            numbers: drawn.numbers, target: drawn.value), drawn.text))
    }
    guard prompts.count == wanted else {
      throw TextTaskError.tooFew(wanted: wanted, found: prompts.count)
    }
    return try Dataset(
      name: "countdown", train: Array(prompts[options.dev...]),
      dev: Array(prompts[..<options.dev]))
  }

  private static func prompt(
    _ index: Int, of dev: Int, _ problem: CountdownProblem, _ answer: String
  ) -> Prompt {
    let id = index < dev ? "dev-\(index)" : "train-\(index - dev)"
    return Prompt(
      id: id, video: id, query: problem.query, evidence: .none, truth: [TextAnswer(answer)])
  }

  /// Numbers in a random order, and an expression that takes them from left to right.
  private static func draw(
    _ options: Options, _ generator: inout SeededGenerator
  ) -> (numbers: [Int], value: Int, text: String) {
    let numbers = (0..<options.numbers).map { _ in
      1 + generator.integer(below: options.largest)
    }
    var (text, value) = ("\(numbers[0])", numbers[0])
    var isSum = false
    for number in numbers.dropFirst() {
      switch generator.integer(below: 3) {
      case 0: (text, value, isSum) = ("\(text)+\(number)", value + number, true)
      case 1: (text, value, isSum) = ("\(text)-\(number)", value - number, true)
      default:
        (text, value) = ("\(isSum ? "(\(text))" : text)*\(number)", value * number)
        isSum = false
      }
    }
    return (numbers.shuffled(using: &generator), value, text)
  }

  /// How answers are written in the words of the problems, for a student that brings no tokenizer.
  package static func answers(
    _ dataset: Dataset, maximumLength: Int
  ) throws -> AnswerCodec {
    for prompt in dataset.all where CountdownProblem(prompt.query) == nil {
      throw TextTaskError.otherTask(prompt: prompt.id, task: "countdown")
    }
    let signs = "0123456789+-*/()".map { String($0) }
    return AnswerCodec(
      CountdownTask(maximumLength: maximumLength),
      tokenizer: vocabulary(answers: signs, words: dataset.words))
  }
}

extension Countdown.Options {
  /// Refuses what no problem can be made of.
  fileprivate func check() throws {
    let ranges = [
      ("numbers", numbers, 2...6), ("largest", largest, 1...10_000),
      ("largestTarget", largestTarget, 1...1_000_000), ("train", train, 0...1_000_000),
      ("dev", dev, 0...100_000),
    ]
    for (key, value, range) in ranges where !range.contains(value) {
      throw TextTaskError.outOfRange(key: key, value: value, range: range)
    }
  }
}

/// Why questions about texts cannot be asked.
package enum TextTaskError: ExplainedError, Hashable {
  /// A number that cannot be used.
  case outOfRange(key: String, value: Int, range: ClosedRange<Int>)
  /// There are not as many different problems.
  case tooFew(wanted: Int, found: Int)
  /// A problem to report on is one to train on, too.
  case seen(prompt: String, path: String)
  /// The data's questions are of another task.
  case otherTask(prompt: String, task: String)

  /// What happened.
  package var happened: String {
    switch self {
    case .outOfRange(let key, let value, let range):
      "\(key) is \(value), which is not \(range.lowerBound) to \(range.upperBound)."
    case .tooFew(let wanted, let found):
      "\(wanted) different problems were asked for, and only \(found) were found."
    case .seen(let prompt, let path):
      "The problem '\(prompt)' of '\(path)' is among those to train on, too."
    case .otherTask(let prompt, let task):
      "Prompt '\(prompt)' is no question of the task '\(task)'."
    }
  }

  /// What to do.
  package var remedy: String {
    switch self {
    case .outOfRange(let key, let value, let range):
      "Set \(key) to \(min(max(value, range.lowerBound), range.upperBound))."
    case .tooFew: "Ask for fewer, or allow more or larger numbers."
    case .seen: "Take it out of one of the files."
    case .otherTask: "Choose the codec that belongs to this data."
    }
  }

  /// A matter of the configuration, but for what a file says.
  package var exitStatus: ExitStatus {
    switch self {
    case .seen: .badInput
    default: .usage
    }
  }
}
