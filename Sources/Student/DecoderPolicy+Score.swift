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
    if case .top(let k) = support {
      return try likeliest(k, groups, temperature: temperature)
    }
    let rows = try vocabularyRows(groups, temperature: temperature)
    return zip(groups, rows).map { group, rows in
      zip(group.rollouts, rows).map { TeacherScore(of: $0.tokens, in: $1) }
    }
  }
}

/// The likeliest of the tokens that it is shown, in order; of equals the first.
struct LikeliestTokens {
  private let most: Int
  private(set) var tokens: [ScoredToken] = []

  /// None yet, of at most so many.
  init(_ most: Int) { self.most = most }

  /// Looks at one more token.
  ///
  /// - Complexity: O(1) for one that is not among them, which nearly all are not; O(*k*) for the others.
  mutating func add(_ token: Token, _ logProbability: Float) {
    guard most > 0 else { return }
    if tokens.count == most {
      guard let last = tokens.last, logProbability > last.logProbability else { return }
      tokens.removeLast()
    }
    let place =
      tokens.lastIndex { !(logProbability > $0.logProbability) }.map { $0 + 1 } ?? 0
    tokens.insert(ScoredToken(token, logProbability), at: place)
  }
}
