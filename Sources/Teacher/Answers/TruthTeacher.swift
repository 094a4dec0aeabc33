package import Core

/// A teacher that knows the right answers of any task whose answers can be listed: an oracle without a notion of nearly
/// right.
///
/// The right answers share its belief but for a share that is spread evenly over all answers.
package struct TruthTeacher: TeacherScorer, AnswerPredictor {
  /// What can be chosen.
  package struct Parameters: Sendable, Hashable, Codable {
    /// The share of the probability spread evenly over all answers, 0 ..< 1.
    package var floorShare: Double
    /// The share of each next-token distribution that is uniform over the vocabulary, 0 < ε < 1.
    package var offGridMass: Double

    /// The defaults.
    package init() { self.init(floorShare: 0.05) }

    /// Parameters of a teacher.
    package init(floorShare: Double, offGridMass: Double = 1e-4) {
      self.floorShare = floorShare
      self.offGridMass = offGridMass
    }
  }

  private let parameters: Parameters
  private let codec: AnswerCodec
  private let tries: AnswerTrieCache

  /// A teacher that knows the right answers and writes as `codec` does.
  ///
  /// - Throws: `TeacherError.parameter` where a parameter is out of range; `TaskError.notEnumerable`.
  package init(codec: AnswerCodec, _ parameters: Parameters = Parameters()) throws {
    try check("floorShare", parameters.floorShare, "at least 0 and below 1") { $0 >= 0 && $0 < 1 }
    try check("offGridMass", parameters.offGridMass, "above 0 and below 1") { $0 > 0 && $0 < 1 }
    self.parameters = parameters
    self.codec = codec
    tries = try AnswerTrieCache(codec, for: "A teacher that knows the truth")
  }

  /// The digest of the codec's vocabulary.
  package var vocabularyFingerprint: String { codec.tokenizer.fingerprint }

  /// A digest of everything its scores depend on besides the request.
  package var identity: String {
    ContentHash.of([
      "truth", tries.fingerprint, "\(parameters.floorShare)", "\(parameters.offGridMass)",
    ])
  }

  /// It knows whole distributions.
  package var support: TeacherSupport { .full }

  /// Knowing costs nothing.
  package var flopsPerToken: Double { 0 }

  /// What the teacher believes about a prompt.
  ///
  /// - Throws: `TeacherError.noTruth` for a prompt whose right answer nobody knows, or cannot be written.
  package func distribution(for prompt: Prompt) throws -> AnswerDistribution {
    let trie = try tries.entry(for: prompt).trie
    let right = trie.answers.map { answer in prompt.truth.contains { $0.isEqual(to: answer) } }
    let known = right.count { $0 }
    guard known > 0 else { throw TeacherError.noTruth(prompt: prompt.id) }
    let share = (1 - parameters.floorShare) / Double(known)
    let floor = parameters.floorShare / Double(right.count)
    return AnswerDistribution(
      trie: trie, weights: right.map { ($0 ? share : 0) + floor },
      vocabularySize: codec.tokenizer.count, offGridMass: parameters.offGridMass)
  }

  /// Scores every token of every response.
  ///
  /// - Throws: `TeacherError.noTruth`, `TeacherError.foreignToken`.
  package func score(
    _ requests: [ScoringRequest], support: TeacherSupport
  ) async throws -> [[TeacherScore]] {
    try requests.map { request in
      let distribution = try distribution(for: request.prompt)
      try request.refuseForeignTokens(vocabularySize: codec.tokenizer.count)
      return request.responses.map { distribution.score($0, support: support) }
    }
  }

  /// The right answers.
  package func predictions(for prompts: [Prompt], count: Int) async throws -> [[ScoredAnswer]] {
    prompts.map { $0.truth.prefix(count).map { ScoredAnswer($0, confidence: 1) } }
  }
}
