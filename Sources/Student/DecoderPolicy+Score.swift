package import Core
internal import Networks
internal import Tensors

extension DecoderPolicy {
  /// How likely it finds each token of every response.
  package func score(
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
    let positions = groups.reduce(0) { $0 + $1.rollouts.reduce(0) { $0 + $1.tokens.count } }
    guard positions * model.decoder.configuration.vocabularySize <= Self.keptLogits else {
      return try scoreLater(groups, temperature: temperature)
    }
    let rows = try vocabularyRows(groups, temperature: temperature)
    return zip(groups, rows).map { group, rows in
      zip(group.rollouts, rows).map { TeacherScore(of: $0.tokens, in: $1) }
    }
  }

  /// Numbers of rows up to which they are kept: 64 MB.
  static var keptLogits: Int { 1 << 24 }

  /// Scores whose rows are made when they are read, from the last hidden states: T·width numbers are kept in place of T·V.
  ///
  /// - Complexity: The output product runs once for the sampled tokens and once a reading.
  func scoreLater(_ groups: [RolloutGroup], temperature: Double) throws -> [[TeacherScore]] {
    let sampled = try logProbabilities(groups, temperature: temperature)
    let hidden = try hiddenRows(groups)
    return zip(sampled, hidden).map {
      zip($0, $1).map { sampled, hidden in
        let rows = RowsOfHiddenStates(policy: self, temperature: temperature, hidden: hidden)
        return TeacherScore(sampled: sampled, rows: rows)
      }
    }
  }
}

/// Log-probabilities over the vocabulary, made from hidden states when they are read; the bits are those of kept rows.
struct RowsOfHiddenStates: VocabularyRows {
  let policy: DecoderPolicy
  let temperature: Double
  /// T·`keptWidth` numbers.
  let hidden: [Float]

  var positions: Int { hidden.count / policy.model.decoder.configuration.keptWidth }
  var vocabularySize: Int { policy.model.decoder.configuration.vocabularySize }

  func logProbabilities(_ range: Range<Int>) -> [Float] {
    let width = policy.model.decoder.configuration.keptWidth
    let rows = Array(hidden[range.lowerBound * width..<range.upperBound * width])
    var values = TapePool.withTape { tape in
      policy.weights.run(tape) { policy.model.decoder.logits(ofRows: rows, on: $0) }
    }
    var span = values.mutableSpan
    _ = Rows.logSoftmax(&span, width: vocabularySize, temperature: temperature)
    return values
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
