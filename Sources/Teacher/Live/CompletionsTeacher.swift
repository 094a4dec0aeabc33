#if LiveTeachers
package import Core

/// A teacher behind a completions service: vLLM, or whatever speaks OpenAI's `/v1/completions` and scores prompts.
///
/// It is probed before it is believed (`TeacherProbe`). Each response is one request; several are on their way at a time,
/// and what fails for a passing reason is tried again. Wrap it in `CachedTeacher` with its `identity` to ask nothing twice.
///
/// The log-probability of a student's token is the sum over the server's tokens in which it is written. Where the two
/// vocabularies differ, probability that the server gives to other words is not redistributed: Σ_v q(v) is below 1.
///
/// - Complexity: One request a response; about 100,000 a minute with 8 in flight against a server that costs nothing.
package struct CompletionsTeacher: TeacherScorer {
  let client: CompletionsClient
  let spelling: ServerSpelling
  let tokenizer: any Tokenizer

  /// What the probe found.
  package let report: TeacherProbeReport

  /// Connects to a service, probes it, and refuses one that cannot be believed.
  ///
  /// - Parameters:
  ///   - parameters: Where it is and how to ask.
  ///   - tokenizer: The student's words.
  ///   - videos: What a server that sees is shown; left out for one that is told everything in words.
  ///   - prompt: A prompt to probe with; a short made-up one if there is none.
  /// - Returns: The teacher, ready to score.
  /// - Throws: `CompletionsError`, `TeacherError.parameter`.
  package static func connect(
    _ parameters: CompletionsParameters, tokenizer: any Tokenizer,
    videos: (any FilmedVideos)? = nil, probingWith prompt: Prompt? = nil
  ) async throws -> CompletionsTeacher {
    let client = try CompletionsClient(parameters)
    let spelling = try await ServerSpelling(client, tokenizer: tokenizer, videos: videos)
    let probe = TeacherProbe(client: client, spelling: spelling, tokenizer: tokenizer)
    let report = try await probe.run(with: prompt)
    if let failed = report.checks.first(where: { !$0.passed }) {
      throw CompletionsError.probe(
        url: report.url, check: failed.name, finding: failed.finding)
    }
    return CompletionsTeacher(
      client: client, spelling: spelling, tokenizer: tokenizer, report: report)
  }

  /// The digest of the student's vocabulary, in whose tokens scores are given.
  package var vocabularyFingerprint: String { tokenizer.fingerprint }

  /// The likeliest tokens that were asked for, or the sampled token only.
  package var support: TeacherSupport {
    client.parameters.top > 0 ? .top(client.parameters.top) : .sampled
  }

  /// As configured.
  package var flopsPerToken: Double { client.parameters.flopsPerToken }

  /// What asking has cost so far.
  package var costs: ServiceCosts { client.costs }

  /// A digest of everything the scores depend on that can be known: address, model, template, spelling, interface.
  package var identity: String {
    let parameters = client.parameters
    return ContentHash.of(
      [
        "completions", parameters.url, parameters.model, parameters.template,
        report.interface.rawValue,
        spelling.fingerprint, report.systemFingerprint ?? "",
      ] + (parameters.pictures.stamp.map { [$0] } ?? []))
  }

  /// Scores every token of every response.
  ///
  /// - Throws: `CompletionsError`, `TeacherError.support`.
  package func score(
    _ requests: [ScoringRequest], support: TeacherSupport
  ) async throws -> [[TeacherScore]] {
    try self.support.require(support)
    for request in requests { try request.refuseForeignTokens(vocabularySize: tokenizer.count) }
    let questions = requests.flatMap { request in
      request.responses.map { (prompt: request.prompt, response: $0) }
    }
    let scores = try await inParallel(questions, width: client.parameters.inFlight) {
      try await score($0.response, to: $0.prompt, support: support)
    }
    var rest = scores[...]
    return requests.map { request in
      defer { rest = rest.dropFirst(request.responses.count) }
      return Array(rest.prefix(request.responses.count))
    }
  }

  private func score(
    _ response: [Token], to prompt: Prompt, support: TeacherSupport
  ) async throws -> TeacherScore {
    let context = try await spelling.context(of: prompt)
    var k = 0
    if case .top(let wanted) = support { k = wanted }
    let scores = try await client.scores(
      of: spelling.input(context, response), top: k, by: report.interface, prompt: prompt.id,
      context: context.count)
    let groups = try spelling.grouped(scores, response: response, prompt: prompt)
    let sampled = try groups.map { group in
      try group.indices.reduce(0.0) {
        $0 + (try logProbability(group[$1], at: $1, prompt))
      }
    }
    let top = try groups.compactMap { try $0.first.map { try likeliest(k, $0, prompt) } }
    return TeacherScore(sampled: sampled.map { Float($0) }, top: k > 0 ? top : nil)
  }

  private func logProbability(
    _ score: ServerScore, at position: Int, _ prompt: Prompt
  ) throws -> Double {
    guard let value = score.logProbability, value.isFinite, value < 1e-3 else {
      let said = score.logProbability.map { "\($0)" } ?? "missing"
      throw CompletionsError.notALogProbability(
        prompt: prompt.id, position: position, value: said)
    }
    return value
  }

  private func likeliest(
    _ k: Int, _ score: ServerScore, _ prompt: Prompt
  ) throws -> [ScoredToken] {
    let listed = score.top.prefix(k).compactMap { alternative -> ScoredToken? in
      guard case .id(let token) = alternative.token else { return nil }
      return ScoredToken(token, Float(alternative.logProbability))
    }
    if let foreign = listed.first(where: { !tokenizer.contains($0.token) }) {
      throw TeacherError.foreignToken(
        prompt: prompt.id, token: foreign.token, vocabulary: tokenizer.count)
    }
    guard listed.count == min(k, tokenizer.count) else {
      throw CompletionsError.length(prompt: prompt.id, expected: k, received: listed.count)
    }
    return listed
  }
}
#endif
