/// How much of the next-token distribution a teacher can tell, or an objective needs.
public enum TeacherSupport: Sendable, Hashable, Codable {
  /// The log-probability of the response's own token only.
  case sampled
  /// The k most likely tokens as well.
  case top(Int)
  /// The whole vocabulary.
  case full

  /// Whether a teacher that gives `self` can serve an objective that needs `needed`.
  public func covers(_ needed: TeacherSupport) -> Bool {
    switch (self, needed) {
    case (.full, _), (_, .sampled): true
    case (.top(let mine), .top(let theirs)): mine >= theirs
    default: false
    }
  }
}

/// How likely a teacher finds each token of somebody else's response.
public struct TeacherScore: Sendable {
  /// log q of each token of the response, nats, T of them.
  public var sampled: [Float]

  /// The k most likely tokens at each position with their log-probabilities, most likely first, if asked for.
  public var top: [[ScoredToken]]?

  /// log q of every token of the vocabulary at each position, if asked for.
  public var rows: (any VocabularyRows)?

  /// Where the rows are, if they stay there.
  public var beside: RowsBeside?

  /// What a teacher says of one response.
  public init(
    sampled: [Float], top: [[ScoredToken]]? = nil, rows: (any VocabularyRows)? = nil,
    beside: RowsBeside? = nil
  ) {
    self.sampled = sampled
    self.top = top
    self.rows = rows
    self.beside = beside
  }
}

/// A teacher's rows that stay with a student's engine, which has the teacher's weights too: it is asked how far the student is from
/// them, and moves the student by that, so that no row of a vocabulary is sent.
public struct RowsBeside: Sendable {
  /// What the engine calls the teacher's weights.
  public var weights: String
  /// The question as the teacher sees it.
  public var prompt: Prompt
  /// The teacher's own temperature.
  public var temperature: Double

  /// Rows of some weights on a question.
  public init(weights: String, prompt: Prompt, temperature: Double) {
    self.weights = weights
    self.prompt = prompt
    self.temperature = temperature
  }
}

/// A token with its log-probability, in nats.
public struct ScoredToken: Sendable, Hashable, Codable {
  /// Which token.
  public var token: Token

  /// Its log-probability, nats.
  public var logProbability: Float

  /// A token with its log-probability.
  public init(_ token: Token, _ logProbability: Float) {
    self.token = token
    self.logProbability = logProbability
  }
}

/// Log-probabilities over the vocabulary for the positions of one response, made when they are read.
///
/// A teacher may keep its last hidden states and multiply by the output matrix a few positions at a time, so no
/// responses × tokens × vocabulary array need exist.
public protocol VocabularyRows: Sendable {
  /// T: how many positions there are.
  var positions: Int { get }

  /// V: how many tokens a row has.
  var vocabularySize: Int { get }

  /// The rows of some positions.
  ///
  /// - Parameter range: Which positions, within 0 ..< T.
  /// - Returns: `range.count`·V log-probabilities, row-major, nats.
  func logProbabilities(_ range: Range<Int>) -> [Float]
}

/// Rows that are simply kept.
public struct DenseVocabularyRows: VocabularyRows, Hashable {
  /// V.
  public let vocabularySize: Int

  /// T·V log-probabilities, row-major, nats.
  public let values: [Float]

  /// Kept rows.
  ///
  /// - Precondition: `values` is a whole number of rows.
  public init(vocabularySize: Int, values: [Float]) {
    precondition(
      values.count.isMultiple(of: vocabularySize),
      "\(values.count) values are not rows of \(vocabularySize).")
    self.vocabularySize = vocabularySize
    self.values = values
  }

  /// T.
  public var positions: Int { values.count / vocabularySize }

  /// The rows of some positions.
  public func logProbabilities(_ range: Range<Int>) -> [Float] {
    Array(values[range.lowerBound * vocabularySize..<range.upperBound * vocabularySize])
  }
}

extension TeacherScore {
  /// What rows over the vocabulary say of a response, with the rows themselves.
  ///
  /// - Precondition: there is a row for each of the T tokens.
  public init(of tokens: [Token], in rows: DenseVocabularyRows) {
    precondition(
      tokens.count == rows.positions, "\(tokens.count) tokens, but \(rows.positions) rows.")
    let starts = tokens.indices.map { $0 * rows.vocabularySize }
    self.init(sampled: zip(starts, tokens).map { rows.values[$0 + $1] }, rows: rows)
  }
}
