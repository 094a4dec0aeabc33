#if LiveTeachers
package import Core

/// Finds out whether a live teacher can be believed.
///
/// The server writes a few tokens greedily and is then asked to score them: each must be its own first choice at its
/// position, under its own number, with the log-probability it had when it was written, today and when asked again. That
/// catches servers whose scores are shifted by a position, taken at another temperature, or made by another tokenizer.
package struct TeacherProbe: Sendable {
  let client: CompletionsClient
  let spelling: ServerSpelling
  let tokenizer: any Tokenizer

  /// Tokens that are written and scored: enough that a shift cannot go unnoticed.
  private static let length = 8

  /// Checks a service without connecting to it as a teacher.
  ///
  /// - Parameters:
  ///   - parameters: Where it is and how to ask.
  ///   - tokenizer: The student's words.
  ///   - videos: What a server that sees is shown; left out for one that is told everything in words.
  ///   - prompt: A prompt to probe with; a short made-up one if there is none.
  /// - Returns: What was found; it need not have passed.
  /// - Throws: `CompletionsError` where the service cannot be asked at all.
  package static func report(
    on parameters: CompletionsParameters, tokenizer: any Tokenizer,
    videos: (any FilmedVideos)? = nil, probingWith prompt: Prompt? = nil
  ) async throws -> TeacherProbeReport {
    let client = try CompletionsClient(parameters)
    let spelling = try await ServerSpelling(client, tokenizer: tokenizer, videos: videos)
    return try await TeacherProbe(client: client, spelling: spelling, tokenizer: tokenizer)
      .run(with: prompt)
  }

  /// Runs every check.
  func run(with prompt: Prompt?) async throws -> TeacherProbeReport {
    let parameters = client.parameters
    let context = try await spelling.context(of: prompt ?? madeUp)
    var report = TeacherProbeReport(
      url: parameters.url, model: parameters.model, interface: .echo)
    let written = try await write(after: context)
    report.check("writes", !written.isEmpty, "\(written.count) tokens written greedily")
    guard !written.isEmpty else { return report }
    guard let whole = try await extend(context, by: written, &report) else { return report }
    guard let scores = try await firstScores(of: whole, &report) else { return report }
    let tail = Array(scores.suffix(written.count))
    checkTokens(written, tail, &report)
    checkPositions(scores, written.count, &report)
    try await checkValues(context, whole, &report)
    try await checkRepeat(whole, scores, &report)
    try await checkPictures(whole, scores, written.count, &report)
    checkTop(tail, &report)
    report.systemFingerprint = client.systemFingerprint
    checkVocabulary(written + tail, &report)
    return report
  }

  private var madeUp: Prompt {
    let count = tokenizer.count
    return Prompt(
      id: "probe", video: "probe", query: "a person opens a door and sits down",
      tokens: (0..<6).map { ($0 * 7 + 1) % count },
      evidence: FrameFeatures(
        values: [], tokensPerFrame: 1, channels: 1, timestamps: [], duration: 60), truth: [])
  }

  private func write(after context: CompletionsRequest.Input) async throws -> [ServerScore] {
    try await client.continuation(
      of: context, tokens: Self.length, top: client.parameters.top, temperature: 0
    ).prefix { context.turn == nil || !isEnd($0.token) }.map(\.self)
  }

  /// Whether a token ends an answer: what follows belongs to the template.
  private func isEnd(_ token: ServerToken) -> Bool {
    token == .id(tokenizer.end) || token == .text(client.parameters.endText)
  }

  /// Context and written tokens as one input; `nil` with a failed check where the server hides which tokens it wrote.
  func extend(
    _ context: CompletionsRequest.Input, by written: [ServerScore],
    _ report: inout TeacherProbeReport
  ) async throws -> CompletionsRequest.Input? {
    switch context {
    case .text(let text):
      return .text(text + written.map(\.token.description).joined())
    case .chat(var turn):
      for score in written {
        turn.answer += score.text ?? score.token.description
        if case .id(let id) = score.token { turn.tokens.append(id) }
      }
      return .chat(turn)
    case .tokens(let tokens):
      var whole = tokens
      for score in written {
        guard let id = try await number(of: score.token) else {
          report.check("tokens", false, "no number is known for the written token '\(score.token)'")
          return nil
        }
        whole.append(id)
      }
      return .tokens(whole)
    }
  }

  private func number(of token: ServerToken) async throws -> Int? {
    switch token {
    case .id(let id): return id
    case .text(let text) where client.parameters.tokens == .same: return tokenizer.token(of: text)
    case .text(let text):
      let tokens = try await client.tokenize(text, special: false)
      return tokens.count == 1 ? tokens[0] : nil
    }
  }

  /// The first scores, by the configured interface or the first that works.
  private func firstScores(
    of whole: CompletionsRequest.Input, _ report: inout TeacherProbeReport
  ) async throws -> [ServerScore]? {
    let wanted = client.parameters.interface
    let choices: [CompletionsParameters.Interface] =
      whole.turn != nil
      ? [.promptLogprobs]
      : wanted != .automatic ? [wanted] : whole.isTokens ? [.promptLogprobs, .echo] : [.echo]
    var findings: [String] = []
    for interface in choices {
      do {
        let scores = try await client.scores(
          of: whole, top: client.parameters.top, by: interface, prompt: "probe")
        report.interface = interface
        report.check("scores prompts", true, "by \(interface.rawValue)")
        return scores
      } catch let error as CompletionsError {
        if case .unreachable = error { throw error }
        findings.append("\(interface.rawValue): \(error.happened)")
      }
    }
    report.check("scores prompts", false, findings.joined(separator: " "))
    return nil
  }
}

extension TeacherProbeReport {
  /// Notes what was found.
  mutating func check(_ name: String, _ passed: Bool, _ finding: String) {
    checks.append(Check(name: name, passed: passed, finding: finding))
  }
}
#endif
