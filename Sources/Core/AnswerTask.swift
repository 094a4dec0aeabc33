/// What is asked, how answers are written and read, and how good they are.
///
/// It writes in whatever tokens a policy was made with, and is the only part of a run that knows what an answer is.
public protocol AnswerTask: Sendable {
  /// What people call it.
  var name: String { get }

  /// The most tokens an answer can have in a vocabulary made for the task, the end token included.
  var maximumLength: Int { get }

  /// The number by which runs are compared.
  var headline: MetricName { get }

  /// What tables show beside the headline, in order.
  var columns: [MetricName] { get }

  /// What the names of `summary` mean, the headline first.
  var metrics: [MetricDefinition] { get }

  /// The tokens of an answer, an end token last; the answer is rounded to what can be written.
  ///
  /// - Throws: `TaskError.foreignAnswer` for an answer of another task, or what the tokenizer throws.
  func write(
    _ answer: any Answer, to prompt: Prompt, with tokenizer: any Tokenizer
  ) throws -> [Token]

  /// What a response says, or `nil` where it says nothing that could be right.
  func read(
    _ tokens: [Token], to prompt: Prompt, with tokenizer: any Tokenizer
  ) -> (any Answer)?

  /// How much two answers agree: 1 where they say the same, 0 where they have nothing in common.
  func agreement(_ first: any Answer, _ second: any Answer) -> Double

  /// What became of each question; somebody else may have to be asked how good an answer is.
  ///
  /// - Returns: One outcome a question, in order.
  /// - Throws: What whoever judges throws.
  /// - Precondition: As many answers as prompts.
  func outcomes(_ answers: [(any Answer)?], to prompts: [Prompt]) async throws -> [Outcome]

  /// The numbers of an evaluation.
  func summary(_ outcomes: [Outcome]) -> [MetricName: Double]
}

extension AnswerTask {
  /// Nothing beside the headline.
  public var columns: [MetricName] { [] }

  /// The best agreement with a right answer, 0 where there is none.
  public func bestAgreement(_ answer: (any Answer)?, of prompt: Prompt) -> Double {
    guard let answer else { return 0 }
    return prompt.truth.map { agreement(answer, $0) }.max() ?? 0
  }

  /// How good each answer is, 0 … 1.
  ///
  /// - Throws: As `outcomes`.
  public func qualities(
    _ answers: [(any Answer)?], of prompts: [Prompt]
  ) async throws -> [Double] {
    try await outcomes(answers, to: prompts).map(\.quality)
  }

  /// The answer that agrees best with all of them, the first of equals; what is no answer agrees with nothing.
  ///
  /// Source: Kumar and Byrne, "Minimum Bayes-risk decoding for statistical machine translation", 2004.
  ///
  /// - Complexity: O(*n*²) agreements of *n* answers.
  public func consensus(of answers: [(any Answer)?]) -> (any Answer)? {
    let answers = answers.compactMap { $0 }
    guard answers.count > 1 else { return answers.first }
    let sums = answers.map { answer in answers.reduce(0) { $0 + agreement(answer, $1) } }
    let best = sums.indices.max {
      sums[$0] < sums[$1] || (sums[$0] == sums[$1] && $0 > $1)
    }
    return best.map { answers[$0] }
  }
}

/// A task whose every answer can be listed: what teachers that are tables need.
public protocol EnumerableTask: AnswerTask {
  /// How good an answer is, 0 … 1; 0 where there is none. Tables ask it millions of times.
  func quality(_ answer: (any Answer)?, of prompt: Prompt) -> Double

  /// Every answer to a prompt that can be written, each once.
  func answers(to prompt: Prompt) -> [any Answer]

  /// A name that prompts share exactly when the same answers can be written to them in the same tokens.
  func answerSpace(of prompt: Prompt) -> String
}

extension EnumerableTask {
  /// The best agreement with a right answer.
  public func quality(_ answer: (any Answer)?, of prompt: Prompt) -> Double {
    bestAgreement(answer, of: prompt)
  }
}

/// Why a task cannot do what it was asked for.
package enum TaskError: ExplainedError, Hashable {
  /// The answer is another task's.
  case foreignAnswer(task: String, answer: String)
  /// Somebody needs every answer, and the task cannot list them.
  case notEnumerable(task: String, who: String)

  /// What happened.
  package var happened: String {
    switch self {
    case .foreignAnswer(let task, let answer): "'\(answer)' is no answer of the task '\(task)'."
    case .notEnumerable(let task, let who):
      "\(who) needs every answer that can be given, which the task '\(task)' cannot list."
    }
  }

  /// What to do.
  package var remedy: String {
    switch self {
    case .foreignAnswer: "Choose a codec for the answers of this data."
    case .notEnumerable: "Use a teacher that reads questions, such as a model."
    }
  }

  /// A matter of the configuration.
  package var exitStatus: ExitStatus { .usage }
}
