package import Core

/// A teacher that is a program of its own, in any language, spoken to in JSON lines over its standard input and output.
///
/// See `Examples/python-teacher` for the other side. Requests go out in batches, several at a time; numbers travel as the
/// bits of Float32, so the scores are exactly those the program computed. A program that dies, hangs or talks nonsense is
/// started again and asked again; answers that cannot be right are errors.
///
/// - Complexity: About 400,000 scored tokens a second with a Python program that looks them up, responses of six tokens.
package struct ProcessTeacher: TeacherScorer {
  private let program: LineProcess
  private let parameters: ProcessParameters
  private let hello: ProgramHello
  private let teller: PromptTeller
  private let vocabularySize: Int

  /// Starts the program and greets it.
  ///
  /// - Parameters:
  ///   - parameters: What to run and how long to wait.
  ///   - tokenizer: The student's words; the program is told them and has to confirm.
  ///   - videos: Where the videos' files are, for a program that asks to see them.
  ///   - log: Receives each line of the program's error output, and a line on everything that happens to it.
  /// - Returns: The teacher, ready to score.
  /// - Throws: `ProcessError`, `TeacherError.parameter`.
  package static func connect(
    _ parameters: ProcessParameters, tokenizer: any Tokenizer,
    videos: (any FilmedVideos)? = nil, log: @escaping @Sendable (String) -> Void = { _ in }
  ) async throws -> ProcessTeacher {
    let program = try LineProcess(
      parameters, hello: HostHello(kind: "teacher", tokenizer: tokenizer), log: log)
    let hello = try await program.connect()
    return ProcessTeacher(
      program: program, parameters: parameters, hello: hello,
      teller: try PromptTeller(hello, parameters, videos), vocabularySize: tokenizer.count)
  }

  /// The digest of the vocabulary, which the program has confirmed.
  package var vocabularyFingerprint: String { hello.vocabulary }

  /// What the program says it can give.
  package var support: TeacherSupport { hello.teacherSupport }

  /// What the program says a token costs.
  package var flopsPerToken: Double { hello.flopsPerToken ?? 0 }

  /// What the program calls itself.
  package var name: String { hello.name }

  /// A digest of everything its scores depend on, or `nil` if the program cannot tell; without it nothing may be cached.
  package var identity: String? {
    guard hello.frames?.needsVideos == true, let stamp = parameters.pictures.stamp else {
      return hello.identity
    }
    return hello.identity.map { ContentHash.of([$0, stamp]) }
  }

  /// What asking has cost so far.
  package var costs: ServiceCosts { program.costs }

  /// Ends the program; the next score starts it again.
  package func stop() async { await program.stop() }

  /// Scores every token of every response.
  ///
  /// - Throws: `ProcessError`, `TeacherError.support`, `TeacherError.foreignToken`.
  package func score(
    _ requests: [ScoringRequest], support: TeacherSupport
  ) async throws -> [[TeacherScore]] {
    try self.support.require(support)
    for request in requests { try request.refuseForeignTokens(vocabularySize: vocabularySize) }
    return try await parameters.inBatches(requests) {
      try await score(batch: $0, support: support)
    }
  }

  private func score(
    batch: [ScoringRequest], support: TeacherSupport
  ) async throws -> [[TeacherScore]] {
    var prompts: [WirePrompt] = []
    for request in batch {
      prompts.append(try await teller.prompt(request.prompt, responses: request.responses))
    }
    let answer = try await program.exchange(
      ProcessRequest(score: .init(support: support, prompts: prompts)))
    let scores = answer.scores ?? []
    try parameters.count(scores.count, batch.count, "prompts", prompt: batch.first?.prompt.id)
    return try zip(batch, scores).map { request, scores in
      try parameters.count(
        scores.count, request.responses.count, "scores", prompt: request.prompt.id)
      return try zip(request.responses, scores).map { response, wire in
        do throws(WireDefect) {
          return try wire.score(
            length: response.count, support: support, vocabularySize: vocabularySize)
        } catch {
          throw ProcessError.content(
            program: parameters.program, prompt: request.prompt.id, defect: error.inWords)
        }
      }
    }
  }
}
