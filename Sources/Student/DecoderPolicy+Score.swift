public import Core

extension DecoderPolicy {
  /// How likely it finds each token of every response.
  public func score(
    _ groups: [RolloutGroup], support: TeacherSupport, temperature: Double
  ) throws -> [[TeacherScore]] {
    guard support != .sampled else {
      return try logProbabilities(groups, temperature: temperature).map {
        $0.map { TeacherScore(sampled: $0) }
      }
    }
    let rows = try vocabularyRows(groups, temperature: temperature)
    return zip(groups, rows).map { group, rows in
      zip(group.rollouts, rows).map { rollout, rows in
        let score = TeacherScore(of: rollout.tokens, in: rows)
        guard case .top(let k) = support else { return score }
        return score.keepingTop(k)
      }
    }
  }
}

extension TeacherScore {
  /// The same, with the k most likely tokens of each position instead of the whole rows.
  fileprivate func keepingTop(_ k: Int) -> TeacherScore {
    guard let rows else { return self }
    let top = (0..<rows.positions).map { position in
      let row = rows.logProbabilities(position..<position + 1)
      return row.enumerated().sorted { ($1.element, $0.offset) < ($0.element, $1.offset) }
        .prefix(k).map { ScoredToken($0.offset, $0.element) }
    }
    return TeacherScore(sampled: sampled, top: top)
  }
}
