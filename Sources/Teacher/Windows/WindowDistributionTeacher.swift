public import Core

/// A teacher made of scored windows, for example the published predictions of a trained model.
///
/// The windows of a prompt are smoothed over the answer grid (`WindowSmoothing`); the log-probability of a token is that
/// of all answers which agree with the response so far. This is exact for any codec: nothing is sampled or approximated.
///
/// - Complexity: A prompt costs O(windows · grid + prefixes), about 0.1 ms for ten windows on the 2,850 answers of 75
///   clips; a token costs O(children of its prefix).
public struct WindowDistributionTeacher: TeacherScorer, IntervalPredictor {
  /// Where the windows come from.
  public let source: any WindowSource

  /// How they become a distribution.
  public let smoothing: WindowSmoothing

  /// The words in which answers are written.
  public let vocabulary: Vocabulary

  private let tries: AnswerTrieCache

  /// A teacher that answers from windows.
  ///
  /// - Parameters:
  ///   - source: The scored windows of each prompt.
  ///   - codec: How the student writes its answers.
  ///   - smoothing: How windows become a distribution.
  /// - Throws: `TeacherError.parameter` where a parameter is out of range.
  public init(
    source: any WindowSource, codec: any AnswerCodec, smoothing: WindowSmoothing
  ) throws {
    try smoothing.validate()
    self.source = source
    self.smoothing = smoothing
    vocabulary = codec.vocabulary
    tries = AnswerTrieCache(codec: codec)
  }

  /// The digest of the codec's vocabulary.
  public var vocabularyFingerprint: String { vocabulary.fingerprint }

  /// A digest of everything its scores depend on besides the request.
  public var identity: String {
    ContentHash.of([
      "windows", source.identity, tries.fingerprint, "\(smoothing.scale)",
      "\(smoothing.floorShare)", "\(smoothing.confidenceTemperature)", "\(smoothing.offGridMass)",
    ])
  }

  /// A window teacher knows whole distributions.
  public var support: TeacherSupport { .full }

  /// Looking up costs no floating-point operations worth counting.
  public var flopsPerToken: Double { 0 }

  /// What the teacher believes about a prompt.
  ///
  /// - Throws: `TeacherError.noWindows`, `TeacherError.emptyGrid`.
  public func distribution(for prompt: Prompt) throws -> WindowDistribution {
    let windows = try source.windows(for: prompt)
    let trie = tries.trie(duration: prompt.duration)
    guard !trie.windows.isEmpty else {
      throw TeacherError.emptyGrid(prompt: prompt.id, duration: prompt.duration)
    }
    return WindowDistribution(
      trie: trie, weights: trie.weights(of: windows, smoothing), vocabularySize: vocabulary.count,
      offGridMass: smoothing.offGridMass)
  }

  /// Scores every token of every response.
  ///
  /// - Throws: `TeacherError.noWindows`, `TeacherError.emptyGrid`, `TeacherError.foreignToken`.
  public func score(
    _ requests: [ScoringRequest], support: TeacherSupport
  ) async throws -> [[TeacherScore]] {
    try requests.map { request in
      let distribution = try distribution(for: request.prompt)
      try request.refuseForeignTokens(vocabularySize: vocabulary.count)
      return request.responses.map { response in
        distribution.score(response, support: support)
      }
    }
  }

  /// The windows of each prompt by confidence, best first.
  public func predictions(
    for prompts: [Prompt], count: Int
  ) async throws -> [[ScoredInterval]] {
    try prompts.map { prompt in
      let ranked = try source.windows(for: prompt).enumerated().sorted {
        ($0.element.confidence, $1.offset) > ($1.element.confidence, $0.offset)
      }
      return ranked.prefix(count).map(\.element)
    }
  }
}

extension WindowDistribution {
  /// What there is to say about a response.
  func score(_ response: [Token], support: TeacherSupport) -> TeacherScore {
    let path = path(response)
    let sampled = sampled(response, along: path)
    return switch support {
    case .sampled: TeacherScore(sampled: sampled)
    case .top(let k): TeacherScore(sampled: sampled, top: path.map { top(k, after: $0) })
    case .full:
      TeacherScore(sampled: sampled, rows: WindowRows(distribution: self, path: path))
    }
  }
}

/// Rows of the vocabulary that are made from the answer tree when they are read.
struct WindowRows: VocabularyRows {
  let distribution: WindowDistribution
  let path: [Int32?]

  var positions: Int { path.count }
  var vocabularySize: Int { distribution.vocabularySize }

  func logProbabilities(_ range: Range<Int>) -> [Float] {
    var rows = [Float](repeating: 0, count: range.count * vocabularySize)
    for (row, position) in range.enumerated() {
      let bounds = row * vocabularySize..<(row + 1) * vocabularySize
      distribution.write(after: path[position], into: &rows[bounds])
    }
    return rows
  }
}
