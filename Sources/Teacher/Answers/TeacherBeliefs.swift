package import Core

/// What a teacher believes of every answer that can be given, read off the scores that it serves.
///
/// It is asked as a student's trainer asks it, so a belief is that of the teacher with everything it is wrapped in. The scores of an
/// answer's tokens multiply; what a teacher believes of texts that are no answers is left out, and the rest sums to 1.
package struct TeacherBeliefs: Sendable {
  /// The answers that some prompts share.
  package struct Answers: Sendable {
    /// In the task's order.
    package let answers: [any Answer]
    /// Their tokens, the end included.
    package let tokens: [[Token]]
  }

  /// Prompts a request: a thousand answers each are scored at once.
  private static let batch = 16

  private let teacher: any TeacherScorer
  private let codec: AnswerCodec
  /// What is asked.
  package let task: any EnumerableTask

  /// The beliefs of a teacher.
  ///
  /// - Parameters:
  ///   - teacher: Who is asked.
  ///   - codec: How answers are written.
  ///   - who: Who needs that, for the error.
  /// - Throws: `TaskError.notEnumerable` for a task whose answers cannot be listed.
  package init(_ teacher: any TeacherScorer, _ codec: AnswerCodec, for who: String) throws {
    self.teacher = teacher
    self.codec = codec
    task = try codec.enumerable(for: who)
  }

  /// The answers that can be given to a prompt.
  ///
  /// - Throws: What writing an answer throws.
  package func answers(to prompt: Prompt) throws -> Answers {
    let answers = task.answers(to: prompt)
    return Answers(answers: answers, tokens: try answers.map { try codec.encode($0, to: prompt) })
  }

  /// The belief about each prompt, in order, and the floating-point operations of asking.
  ///
  /// - Throws: What writing an answer or asking the teacher throws.
  /// - Complexity: A score of every answer to every prompt.
  package func of(_ prompts: [Prompt]) async throws -> (beliefs: [AnswerBelief], flops: Double) {
    var beliefs: [AnswerBelief] = []
    var known: (space: String, tokens: [[Token]]) = ("", [])
    var tokens = 0
    for start in stride(from: 0, to: prompts.count, by: Self.batch) {
      let asked = prompts[start..<min(prompts.count, start + Self.batch)]
      let requests = try asked.map { prompt in
        let space = task.answerSpace(of: prompt)
        if known.tokens.isEmpty || known.space != space {
          known = (space, try answers(to: prompt).tokens)
        }
        tokens += known.tokens.reduce(0) { $0 + $1.count }
        return ScoringRequest(prompt: prompt, responses: known.tokens)
      }
      let scores = try await teacher.score(requests, support: .sampled)
      beliefs += try zip(asked, scores).map { try belief(of: $0, $1) }
    }
    return (beliefs, teacher.flopsPerToken * Double(tokens))
  }

  private func belief(of prompt: Prompt, _ scores: [TeacherScore]) throws -> AnswerBelief {
    let sums = scores.map { $0.sampled.reduce(0) { $0 + Double($1) } }
    guard let belief = AnswerBelief(logProbabilities: sums) else {
      throw TeacherError.noBelief(prompt: prompt.id)
    }
    return belief
  }
}

extension TeacherBeliefs.Answers {
  /// The place of the answer that is written by taking the likeliest token each time, the lower number of equals.
  package func greedy(under belief: AnswerBelief) -> Int? {
    var left = Array(tokens.indices)
    var place = 0
    while left.count > 1 {
      var masses: [Token: Double] = [:]
      for index in left where place < tokens[index].count {
        masses[tokens[index][place], default: 0] += belief.probabilities[index]
      }
      guard let best = masses.max(by: { ($0.value, $1.key) < ($1.value, $0.key) })?.key else {
        break
      }
      left = left.filter { place < tokens[$0].count && tokens[$0][place] == best }
      place += 1
    }
    return left.first
  }
}
