package import Core

/// A teacher made of scored windows, for example the published predictions of a trained model.
///
/// The windows of a prompt are smoothed over the answer grid (`WindowSmoothing`); the log-probability of a token is that
/// of all answers which agree with the response so far. This is exact for any codec: nothing is sampled or approximated.
///
/// - Complexity: A prompt costs O(windows · grid + prefixes), about 0.1 ms for ten windows on the 2,850 answers of 75
///   clips; a token costs O(children of its prefix).
package struct WindowDistributionTeacher: TeacherScorer, AnswerPredictor {
  /// Where the windows come from.
  package let source: any WindowSource

  /// How they become a distribution.
  package let smoothing: WindowSmoothing

  /// The words in which answers are written.
  package let tokenizer: any Tokenizer

  private let tries: AnswerTrieCache

  /// A teacher that answers from windows.
  ///
  /// - Parameters:
  ///   - source: The scored windows of each prompt.
  ///   - codec: How the student writes its answers.
  ///   - smoothing: How windows become a distribution.
  /// - Throws: `TeacherError.parameter` where a parameter is out of range; `TaskError.notEnumerable`.
  package init(
    source: any WindowSource, codec: AnswerCodec, smoothing: WindowSmoothing
  ) throws {
    try smoothing.validate()
    self.source = source
    self.smoothing = smoothing
    tokenizer = codec.tokenizer
    tries = try AnswerTrieCache(codec, for: "A teacher of windows")
  }

  /// The digest of the codec's vocabulary.
  package var vocabularyFingerprint: String { tokenizer.fingerprint }

  /// A digest of everything its scores depend on besides the request.
  package var identity: String {
    ContentHash.of(
      [
        "windows", source.identity, tries.fingerprint, "\(smoothing.scale)",
        "\(smoothing.floorShare)", "\(smoothing.confidenceTemperature)", "\(smoothing.offGridMass)",
      ] + (smoothing.overlapTemperature.map { ["overlap", "\($0)"] } ?? []))
  }

  /// A window teacher knows whole distributions.
  package var support: TeacherSupport { .full }

  /// Looking up costs no floating-point operations worth counting.
  package var flopsPerToken: Double { 0 }

  /// What the teacher believes about a prompt.
  ///
  /// - Throws: `TeacherError.noWindows`, `TeacherError.emptyGrid`.
  package func distribution(for prompt: Prompt) throws -> AnswerDistribution {
    let windows = try source.windows(for: prompt)
    let entry = try tries.entry(for: prompt)
    guard !entry.grid.windows.isEmpty, entry.grid.windows.count == entry.trie.answers.count else {
      throw TeacherError.emptyGrid(prompt: prompt.id, duration: prompt.duration)
    }
    return AnswerDistribution(
      trie: entry.trie, weights: entry.grid.weights(of: windows, smoothing),
      vocabularySize: tokenizer.count, offGridMass: smoothing.offGridMass)
  }

  /// Scores every token of every response.
  ///
  /// - Throws: `TeacherError.noWindows`, `TeacherError.emptyGrid`, `TeacherError.foreignToken`.
  package func score(
    _ requests: [ScoringRequest], support: TeacherSupport
  ) async throws -> [[TeacherScore]] {
    try requests.map { request in
      let distribution = try distribution(for: request.prompt)
      try request.refuseForeignTokens(vocabularySize: tokenizer.count)
      return request.responses.map { response in
        distribution.score(response, support: support)
      }
    }
  }

  /// The windows of each prompt by confidence, best first.
  package func predictions(
    for prompts: [Prompt], count: Int
  ) async throws -> [[ScoredAnswer]] {
    try prompts.map { prompt in
      let ranked = try source.windows(for: prompt).enumerated().sorted {
        ($0.element.confidence, $1.offset) > ($1.element.confidence, $0.offset)
      }
      return ranked.prefix(count).map {
        ScoredAnswer($0.element.interval, confidence: $0.element.confidence)
      }
    }
  }
}
