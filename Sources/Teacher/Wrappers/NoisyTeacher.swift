import Foundation
package import Core

/// A teacher with label noise: with probability η it says any token at all, `(1−η)·q(v) + η/V`.
///
/// The order of tokens stays, so it works on whatever support the other teacher gives.
package struct NoisyTeacher: TeacherScorer {
  /// What can be chosen.
  package struct Parameters: Sendable, Hashable, Codable {
    /// η, 0 … 1.
    package var noise: Double

    /// The defaults.
    package init() { self.init(noise: 0.1) }

    /// An amount of noise.
    package init(noise: Double) { self.noise = noise }
  }

  private let base: any TeacherScorer
  private let noise: Double
  private let vocabularySize: Int

  /// Another teacher with noise.
  ///
  /// - Parameters:
  ///   - base: The teacher to disturb.
  ///   - parameters: How much.
  ///   - vocabularySize: V, the number of tokens of its vocabulary.
  /// - Throws: `TeacherError.parameter`.
  package init(
    _ base: any TeacherScorer, _ parameters: Parameters, vocabularySize: Int
  ) throws {
    try check("noise", parameters.noise, "from 0 to 1") { $0 >= 0 && $0 <= 1 }
    self.base = base
    noise = parameters.noise
    self.vocabularySize = vocabularySize
  }

  /// The digest of the other teacher's vocabulary.
  package var vocabularyFingerprint: String { base.vocabularyFingerprint }

  /// What the other teacher gives.
  package var support: TeacherSupport { base.support }

  /// What the other teacher costs.
  package var flopsPerToken: Double { base.flopsPerToken }

  /// Scores every token with noise.
  ///
  /// - Throws: What the other teacher throws.
  package func score(
    _ requests: [ScoringRequest], support: TeacherSupport
  ) async throws -> [[TeacherScore]] {
    guard noise > 0 else { return try await base.score(requests, support: support) }
    let uniform = noise / Double(vocabularySize)
    let noise = noise
    let disturbed: @Sendable (Float) -> Float = {
      Float(log((1 - noise) * exp(Double($0)) + uniform))
    }
    return try await base.score(requests, support: support).map { scores in
      scores.map { score in
        TeacherScore(
          sampled: score.sampled.map(disturbed),
          top: score.top?.map { $0.map { ScoredToken($0.token, disturbed($0.logProbability)) } },
          rows: score.rows.map { rows in
            TransformedRows(sources: [rows]) { $0[0].map(disturbed) }
          })
      }
    }
  }
}
