package import Core

/// Countdown: write an expression of all given numbers, each used once, whose value is the target.
///
/// Right answers are checked exactly, whichever they are; the one that comes with a question is what imitation learns from.
/// Source: Gandhi et al., "Stream of search", arXiv:2404.03683, §3.
package struct CountdownTask: TextTask {
  /// The most tokens of an answer, the end included.
  package let maximumLength: Int

  /// The task.
  ///
  /// - Parameter maximumLength: The most tokens of an answer, the end included.
  package init(maximumLength: Int) { self.maximumLength = maximumLength }

  /// Its name.
  package var name: String { "countdown" }

  /// The share of answers that are expressions of exactly the given numbers.
  package var columns: [MetricName] { [.wellFormed] }

  /// What its numbers mean.
  package var metrics: [MetricDefinition] { Self.metrics }

  /// What the numbers of this task mean.
  package static let metrics: [MetricDefinition] = [
    .init(
      MetricName.wellFormed.rawValue, "1", .higher, per: .queries,
      "share of answers that are expressions of exactly the numbers given, right or wrong")
  ]

  /// 1 for an expression of exactly the numbers given whose value is the target, otherwise 0.
  package func quality(_ answer: (any Answer)?, of prompt: Prompt) -> Double {
    guard let problem = CountdownProblem(prompt.query), let answer,
      let expression = problem.expression(answer)
    else { return 0 }
    return expression.value == Fraction(problem.target) ? 1 : 0
  }

  /// Right or wrong, and whether the numbers are those given.
  package func outcomes(_ answers: [(any Answer)?], to prompts: [Prompt]) -> [Outcome] {
    zip(answers, prompts).map { answer, prompt in
      let problem = CountdownProblem(prompt.query)
      let isWellFormed = answer.flatMap { problem?.expression($0) } != nil
      return Outcome(
        answer, to: prompt, quality: quality(answer, of: prompt),
        metrics: [MetricName.wellFormed.title: isWellFormed ? 1 : 0])
    }
  }

  /// The share of right answers, and of those that use the numbers as they should.
  package func summary(_ outcomes: [Outcome]) -> [MetricName: Double] {
    let wellFormed = outcomes.compactMap { $0.metrics[MetricName.wellFormed.title] }
    return [.accuracy: mean(outcomes.map(\.quality)), .wellFormed: mean(wellFormed)]
  }
}

extension MetricName {
  /// `eval/wellFormed`.
  package static let wellFormed = MetricName("eval/wellFormed")
}

/// Numbers and a target, written as a question and read back from it: `make 145 from 16, 21, 13`.
package struct CountdownProblem: Sendable, Hashable {
  /// What may be used, each once.
  package let numbers: [Int]
  /// What the expression must be worth.
  package let target: Int

  /// A problem.
  package init(numbers: [Int], target: Int) {
    self.numbers = numbers
    self.target = target
  }

  /// The problem that a question states; `nil` where it states none.
  package init?(_ query: String) {
    let words = query.split { !("0"..."9").contains($0) }.compactMap { Int($0) }
    guard query.hasPrefix("make "), words.count > 1 else { return nil }
    self.init(numbers: Array(words.dropFirst()), target: words[0])
  }

  /// The question.
  package var query: String {
    "make \(target) from \(numbers.map { "\($0)" }.joined(separator: ", "))"
  }

  /// An answer as an expression of exactly these numbers; `nil` where it is none.
  package func expression(_ answer: any Answer) -> ArithmeticExpression? {
    guard let expression = ArithmeticExpression(answer.text),
      expression.numbers.sorted() == numbers.sorted()
    else { return nil }
    return expression
  }
}
