package import Core

/// A program of its own that says how good answers are: the same protocol as `ProcessTeacher`.
package struct ProcessJudge: Sendable {
  /// An answer with its question and the right answers.
  package struct Answered: Encodable, Sendable {
    var prompt: String
    var query: String
    var answer: String
    var truth: [String]

    /// An answer to judge.
    package init(_ answer: any Answer, to prompt: Prompt) {
      (self.prompt, query, self.answer) = (prompt.id, prompt.query, answer.text)
      truth = prompt.truth.map(\.text)
    }
  }

  /// A batch.
  struct Answers: Encodable, Sendable { var answers: [Answered] }

  private let program: LineProcess
  private let parameters: ProcessParameters

  /// A program that is started when the first answer is judged.
  ///
  /// - Throws: `TeacherError.parameter`.
  package init(
    _ parameters: ProcessParameters, log: @escaping @Sendable (String) -> Void
  ) throws {
    program = try LineProcess(parameters, hello: HostHello(kind: "task"), log: log)
    self.parameters = parameters
  }

  /// How good each answer is, 0 … 1.
  ///
  /// - Throws: `ProcessError`.
  package func qualities(of answers: [Answered]) async throws -> [Double] {
    try await parameters.inBatches(answers) { batch in
      let answer = try await program.exchange(ProcessRequest(judge: Answers(answers: batch)))
      let qualities = answer.qualities ?? []
      try parameters.count(
        qualities.count, batch.count, "qualities", prompt: batch.first?.prompt)
      for (one, quality) in zip(batch, qualities) where !(0...1).contains(quality) {
        throw ProcessError.content(
          program: parameters.program, prompt: one.prompt,
          defect: "a quality is \(quality), not 0 to 1")
      }
      return qualities
    }
  }
}
