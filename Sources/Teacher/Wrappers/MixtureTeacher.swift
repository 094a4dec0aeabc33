import Foundation
package import Core

/// Several teachers as one: `q(v) = Σ_i w_i·q_i(v)`, weights normalised to sum to 1.
package struct MixtureTeacher: TeacherScorer {
  private let members: [(teacher: any TeacherScorer, logWeight: Double)]

  /// The digest of the members' common vocabulary.
  package let vocabularyFingerprint: String

  /// A mixture.
  ///
  /// - Parameter members: Teachers with weights above 0; at least one.
  /// - Throws: `TeacherError.parameter` for a weight that is not above 0 or no member at all,
  ///   `TeacherError.vocabulary` where members differ.
  package init(_ members: [(teacher: any TeacherScorer, weight: Double)]) throws {
    try check("members", Double(members.count), "at least 1") { $0 >= 1 }
    for member in members {
      try check("weight", member.weight, "above 0") { $0 > 0 && $0.isFinite }
    }
    vocabularyFingerprint = try sharedFingerprint(members.map(\.teacher))
    let total = members.reduce(0) { $0 + $1.weight }
    self.members = members.map { ($0.teacher, log($0.weight / total)) }
  }

  /// Whole distributions if every member gives them; otherwise the sampled token.
  ///
  /// The likeliest tokens of a mixture cannot be told from its members' likeliest tokens alone.
  package var support: TeacherSupport {
    members.allSatisfy { $0.teacher.support == .full } ? .full : .sampled
  }

  /// What all members cost together.
  package var flopsPerToken: Double { members.reduce(0) { $0 + $1.teacher.flopsPerToken } }

  /// Scores every token under the mixture.
  ///
  /// - Throws: `TeacherError.support`, and what members throw.
  package func score(
    _ requests: [ScoringRequest], support: TeacherSupport
  ) async throws -> [[TeacherScore]] {
    try self.support.require(support)
    var opinions: [[[TeacherScore]]] = []
    let asked: TeacherSupport = support == .sampled ? .sampled : .full
    for member in members {
      opinions.append(try await member.teacher.score(requests, support: asked))
    }
    return requests.indices.map { request in
      requests[request].responses.indices.map { slot in
        combined(
          opinions.map { $0[request][slot] }, response: requests[request].responses[slot],
          support: support)
      }
    }
  }

  private func combined(
    _ scores: [TeacherScore], response: [Token], support: TeacherSupport
  ) -> TeacherScore {
    let logWeights = members.map(\.logWeight)
    guard support != .sampled else {
      return TeacherScore(sampled: mixed(scores.map { $0.sampled[...] }, logWeights))
    }
    let rows = TransformedRows(sources: scores.compactMap(\.rows)) { mixed($0, logWeights) }
    return TeacherScore(rows: rows, response: response, support: support)
  }
}

/// log Σ_i exp(logWeight_i + column_i) at each place of several equally long columns.
private func mixed(_ columns: [ArraySlice<Float>], _ logWeights: [Double]) -> [Float] {
  guard let first = columns.first else { return [] }
  return first.indices.map { index in
    let offset = index - first.startIndex
    let terms = zip(columns, logWeights).map { Double($0[$0.startIndex + offset]) + $1 }
    let largest = terms.max() ?? 0
    guard largest > -.infinity else { return -.infinity }
    return Float(log(terms.reduce(0) { $0 + exp($1 - largest) }) + largest)
  }
}
