package import Core

/// A teacher that knows the truth: the upper bound of what supervision can give, and the honest label for it.
///
/// It is a `WindowDistributionTeacher` whose windows are `Prompt.truth`. Several true windows share its belief.
package struct OracleTeacher: TeacherScorer, AnswerPredictor {
  /// What can be chosen about an oracle.
  package struct Parameters: Sendable, Hashable, Codable {
    /// 1/τ, per second, above 0: how fast its belief falls with distance from the truth.
    package var sharpness: Double
    /// The share of the probability spread evenly over the answer grid, 0 ..< 1.
    package var floorShare: Double
    /// The share of each next-token distribution that is uniform over the vocabulary, 0 < ε < 1.
    package var offGridMass: Double

    /// The defaults.
    package init() { self.init(sharpness: 1) }

    /// Parameters of an oracle.
    package init(sharpness: Double = 1, floorShare: Double = 0.01, offGridMass: Double = 1e-4) {
      self.sharpness = sharpness
      self.floorShare = floorShare
      self.offGridMass = offGridMass
    }
  }

  /// The machinery behind it.
  package let windows: WindowDistributionTeacher

  /// A teacher that knows the truth and writes as `codec` does.
  ///
  /// - Throws: `TeacherError.parameter` where a parameter is out of range; `TaskError.notEnumerable`.
  package init(codec: AnswerCodec, _ parameters: Parameters = Parameters()) throws {
    try check("sharpness", parameters.sharpness, "above 0") { $0 > 0 && $0.isFinite }
    windows = try WindowDistributionTeacher(
      source: TrueWindows(), codec: codec,
      smoothing: WindowSmoothing(
        scale: 1 / parameters.sharpness, floorShare: parameters.floorShare,
        offGridMass: parameters.offGridMass))
  }

  /// The digest of the codec's vocabulary.
  package var vocabularyFingerprint: String { windows.vocabularyFingerprint }

  /// An oracle knows whole distributions.
  package var support: TeacherSupport { windows.support }

  /// Knowing costs nothing.
  package var flopsPerToken: Double { 0 }

  /// Scores every token of every response.
  ///
  /// - Throws: `TeacherError.noWindows` for a prompt whose truth nobody knows, and what the window teacher throws.
  package func score(
    _ requests: [ScoringRequest], support: TeacherSupport
  ) async throws -> [[TeacherScore]] {
    try await windows.score(requests, support: support)
  }

  /// The true windows.
  package func predictions(
    for prompts: [Prompt], count: Int
  ) async throws -> [[ScoredAnswer]] {
    try await windows.predictions(for: prompts, count: count)
  }
}
