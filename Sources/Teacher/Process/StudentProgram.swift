package import Core

/// A program that has a student's weights, spoken to in JSON lines: the requests of protocol 1 under the key `student`.
///
/// Unlike a teacher it remembers, so nothing is asked twice: a program that ends in the middle has lost what it had.
package struct StudentProgram: Sendable {
  private let process: LineProcess
  private let parameters: ProcessParameters
  /// What the program calls itself.
  package let name: String
  /// What the program says a token costs, in floating-point operations.
  package let flopsPerToken: Double
  /// Whether it gives whole rows of logits and takes gradients in them.
  package let hasLogits: Bool
  /// Whether it tells divergences from weights that it has, and is moved by them.
  package let hasDivergences: Bool
  /// What a token costs in the other model that it has beside the student; `nil` where it has none.
  package let teacherFlopsPerToken: Double?

  /// Starts the program and greets it.
  ///
  /// - Parameters:
  ///   - parameters: What to run and how long to wait; requests are tried once whatever it says.
  ///   - tokenizer: The words of the run.
  ///   - settings: What the student is made of.
  ///   - log: Receives each line of the program's error output.
  /// - Returns: The program, which has made fresh weights.
  /// - Throws: `ProcessError`, `TeacherError.parameter`.
  package static func connect(
    _ parameters: ProcessParameters, tokenizer: any Tokenizer, settings: StudentSettings,
    log: @escaping @Sendable (String) -> Void
  ) async throws -> StudentProgram {
    var parameters = parameters
    parameters.attempts = 1
    let process = try LineProcess(
      parameters, hello: HostHello(kind: "student", tokenizer: tokenizer, student: settings),
      log: log)
    let hello = try await process.connect()
    return StudentProgram(
      process: process, parameters: parameters, name: hello.name,
      flopsPerToken: hello.flopsPerToken ?? 0, hasLogits: hello.logits ?? false,
      hasDivergences: hello.divergences ?? false,
      teacherFlopsPerToken: hello.teacherFlopsPerToken)
  }

  /// Asks once.
  ///
  /// - Throws: `ProcessError.refused` where the program says no and has changed nothing; any other error means that it, and
  ///   what it had, is gone. The next request starts it anew.
  package func ask(_ request: StudentRequest) async throws -> StudentAnswer {
    let answer = try await process.exchange(ProcessRequest(student: request))
    guard let answer = answer.student else { throw defect(.missing("student")) }
    return answer
  }

  /// The error for an answer that cannot be right.
  package func defect(_ field: String) -> ProcessError { defect(.missing(field)) }

  private func defect(_ defect: WireDefect) -> ProcessError {
    .content(program: parameters.program, prompt: "", defect: defect.inWords)
  }
}
