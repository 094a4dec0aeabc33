internal import Storage
package import Core

/// Word problems whose answer is a number, as GSM8K has them: reasoning in words, then `#### 72`.
///
/// Source: Cobbe et al., "Training verifiers to solve math word problems", arXiv:2110.14168.
package struct WordProblemTask: TextTask {
  /// The most tokens of an answer, the end included.
  package let maximumLength: Int

  /// The task.
  ///
  /// - Parameter maximumLength: The most tokens of an answer, the end included.
  package init(maximumLength: Int) { self.maximumLength = maximumLength }

  /// Its name.
  package var name: String { "word problems" }

  /// None beside the headline.
  package var metrics: [MetricDefinition] { [] }

  /// 1 where the final number is the right one, otherwise 0.
  package func quality(_ answer: (any Answer)?, of prompt: Prompt) -> Double {
    guard let said = answer.flatMap({ Self.number(in: $0.text) }) else { return 0 }
    return prompt.truth.contains { Self.number(in: $0.text) == said } ? 1 : 0
  }

  /// Right or wrong.
  package func outcomes(_ answers: [(any Answer)?], to prompts: [Prompt]) -> [Outcome] {
    zip(answers, prompts).map { Outcome($0, to: $1, quality: quality($0, of: $1)) }
  }

  /// Whether both come to the same number, however they get there: what a majority is counted by.
  package func agreement(_ first: any Answer, _ second: any Answer) -> Double {
    guard let number = Self.number(in: first.text) else { return 0 }
    return Self.number(in: second.text) == number ? 1 : 0
  }

  /// The number after the last `####`, or else the last number of the text; thousands may be parted by commas.
  static func number(in text: String) -> Fraction? {
    let marked = text.ranges(of: "####").last.map { text[$0.upperBound...] } ?? text[...]
    let pattern = /-?[0-9][0-9,]*(?:\.([0-9]+))?/
    let found = marked.matches(of: pattern)
    guard let match = text.contains("####") ? found.first : found.last else { return nil }
    let decimals = match.output.1 ?? ""
    let digits = match.output.0.filter { $0.isNumber || $0 == "-" }
    guard digits.count <= 12, let whole = Int(digits) else { return nil }
    let fraction = Fraction(whole, decimals.reduce(1) { power, _ in power * 10 })
    return fraction.isUsable ? fraction : nil
  }
}

/// Reads word problems from JSON lines with `question` and `answer`.
package enum WordProblems {
  private struct Line: Decodable {
    let question: String
    let answer: String

    init(from decoder: any Decoder) throws {
      let line = try decoder.container(keyedBy: LineKey.self)
      try line.refuseUnread(but: ["question", "answer"])
      question = try line.decode(String.self, forKey: LineKey("question"))
      answer = try line.decode(String.self, forKey: LineKey("answer"))
    }
  }

  /// Problems to train on and to report on.
  ///
  /// - Parameters:
  ///   - train: The file of the problems to train on; none if left out.
  ///   - dev: The file of the problems to report on; none if left out.
  ///   - limit: The most problems that are read of each.
  /// - Returns: The problems, each named by its part and line.
  /// - Throws: `StorageError`, for answers that end in no number too; `TextTaskError.seen` for a problem in both files.
  package static func dataset(train: String?, dev: String?, limit: Int) throws -> Dataset {
    let learned = try train.map { try prompts($0, "train", limit) } ?? []
    let asked = try dev.map { try prompts($0, "dev", limit) } ?? []
    let known = Set(learned.map(\.query))
    if let seen = asked.first(where: { known.contains($0.query) }) {
      throw TextTaskError.seen(prompt: seen.id, path: dev ?? "")
    }
    return try Dataset(name: "gsm8k", train: learned, dev: asked)
  }

  private static func prompts(_ path: String, _ part: String, _ limit: Int) throws -> [Prompt] {
    let lines = try JSONLines.read(path, as: Line.self) { line in
      WordProblemTask.number(in: line.answer) == nil
        ? "its answer ends in no number after ####" : nil
    }
    return lines.prefix(limit).map { number, line in
      let id = "\(part)-\(number)"
      return Prompt(
        id: id, video: id, query: line.question, evidence: .none,
        truth: [TextAnswer(line.answer)])
    }
  }

  /// How answers are written in the words of the problems, for a student that brings no tokenizer.
  package static func answers(_ dataset: Dataset, maximumLength: Int) -> AnswerCodec {
    AnswerCodec(
      WordProblemTask(maximumLength: maximumLength), tokenizer: lettersOfAnswers(dataset))
  }
}
