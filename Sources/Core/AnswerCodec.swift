/// A task's answers in the tokens of one tokenizer: what a run writes and reads them with.
public struct AnswerCodec: Sendable {
  /// What is asked.
  public let task: any AnswerTask

  /// The tokens in which answers are written.
  public let tokenizer: any Tokenizer

  /// A task's answers in the tokens of a tokenizer.
  public init(_ task: any AnswerTask, tokenizer: any Tokenizer) {
    self.task = task
    self.tokenizer = tokenizer
  }

  /// The most tokens an answer can have, the end token included.
  public var maximumLength: Int { task.maximumLength }

  /// The tokens of an answer, the end token last.
  ///
  /// - Throws: `TaskError.foreignAnswer` for an answer of another task.
  public func encode(_ answer: any Answer, to prompt: Prompt) throws -> [Token] {
    try task.write(answer, to: prompt, with: tokenizer)
  }

  /// What a response says, or `nil` where it says nothing that could be right.
  public func decode(_ tokens: [Token], to prompt: Prompt) -> (any Answer)? {
    task.read(tokens, to: prompt, with: tokenizer)
  }

  /// The task as one whose answers can be listed.
  ///
  /// - Parameter who: Who needs that, for the error.
  /// - Returns: The same task.
  /// - Throws: `TaskError.notEnumerable`.
  public func enumerable(for who: String) throws -> any EnumerableTask {
    guard let task = task as? any EnumerableTask else {
      throw TaskError.notEnumerable(task: task.name, who: who)
    }
    return task
  }
}

extension AnswerCodec {
  /// What each response to each prompt says, and how good that is, all judged at once.
  ///
  /// - Throws: What whoever judges answers throws.
  public func judged(
    _ groups: [RolloutGroup]
  ) async throws -> (answers: [[(any Answer)?]], qualities: [[Double]]) {
    let answers = groups.map { group in
      group.rollouts.map { decode($0.tokens, to: group.prompt) }
    }
    let prompts = groups.flatMap { group in group.rollouts.map { _ in group.prompt } }
    var rest = try await task.qualities(answers.flatMap(\.self), of: prompts)[...]
    let qualities = answers.map { answers in
      defer { rest = rest.dropFirst(answers.count) }
      return Array(rest.prefix(answers.count))
    }
    return (answers, qualities)
  }
}
