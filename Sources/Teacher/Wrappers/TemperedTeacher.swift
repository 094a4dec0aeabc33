import Foundation
package import Core

/// A teacher whose distribution is sharpened or flattened: `q_T(v) ∝ q(v)^(1/T)`.
///
/// A control: a teacher that is right in order but wrong in confidence. It needs the other teacher's whole distribution.
package struct TemperedTeacher: TeacherScorer {
  /// What can be chosen.
  package struct Parameters: Sendable, Hashable, Codable {
    /// T, above 0; 1 changes nothing.
    package var temperature: Double

    /// The defaults.
    package init() { self.init(temperature: 1) }

    /// A temperature.
    package init(temperature: Double) { self.temperature = temperature }
  }

  private let base: any TeacherScorer
  private let temperature: Double

  /// The digest of the other teacher's vocabulary.
  package let vocabularyFingerprint: String

  /// Another teacher at a temperature.
  ///
  /// - Throws: `TeacherError.parameter`; `TeacherError.support` for a teacher that cannot tell whole distributions.
  package init(_ base: any TeacherScorer, _ parameters: Parameters) throws {
    try check("temperature", parameters.temperature, "above 0") { $0 > 0 && $0.isFinite }
    try base.support.require(.full)
    self.base = base
    temperature = parameters.temperature
    vocabularyFingerprint = base.vocabularyFingerprint
  }

  /// Whole distributions.
  package var support: TeacherSupport { .full }

  /// What the other teacher costs.
  package var flopsPerToken: Double { base.flopsPerToken }

  /// Scores every token at the temperature.
  ///
  /// - Throws: What the other teacher throws.
  package func score(
    _ requests: [ScoringRequest], support: TeacherSupport
  ) async throws -> [[TeacherScore]] {
    guard temperature != 1 else { return try await base.score(requests, support: support) }
    let scores = try await base.score(requests, support: .full)
    return try zip(requests, scores).map { request, scores in
      try zip(request.responses, scores).map { response, score in
        guard let rows = score.rows else {
          throw TeacherError.support(needed: .full, given: .sampled)
        }
        let temperature = temperature
        let tempered = TransformedRows(sources: [rows]) { row in
          normalised(row[0].map { Double($0) / temperature })
        }
        return TeacherScore(rows: tempered, response: response, support: support)
      }
    }
  }
}

/// Log-probabilities proportional to `exp` of the given numbers.
private func normalised(_ logits: [Double]) -> [Float] {
  let largest = logits.max() ?? 0
  let total = log(logits.reduce(0) { $0 + exp($1 - largest) }) + largest
  return logits.map { Float($0 - total) }
}
