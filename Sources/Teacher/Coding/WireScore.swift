import Core

/// A score as it is written to a cache or sent by another process: numbers in base64.
struct WireScore: Codable, Hashable {
  /// T Float32 numbers.
  var sampled: String

  /// How many of the likeliest tokens each position lists.
  var k: Int?

  /// T·k Int32 numbers, position by position, likeliest first.
  var topTokens: String?

  /// T·k Float32 numbers beside `topTokens`.
  var topLogProbabilities: String?

  /// T·V Float32 numbers, row-major.
  var rows: String?

  /// V, where there are rows.
  var vocabulary: Int?

  enum CodingKeys: String, CodingKey {
    case sampled, k, rows, vocabulary
    case topTokens = "top_tokens"
    case topLogProbabilities = "top_logprobs"
  }
}

extension WireScore {
  /// A score as text.
  init(_ score: TeacherScore) {
    sampled = Base64.text(score.sampled)
    if let top = score.top {
      k = top.first?.count ?? 0
      topTokens = Base64.text(integers: top.joined().map(\.token))
      topLogProbabilities = Base64.text(top.joined().map(\.logProbability))
    }
    if let rows = score.rows {
      vocabulary = rows.vocabularySize
      self.rows = Base64.text(rows.logProbabilities(0..<rows.positions))
    }
  }

  /// The score that a text says, or what is wrong with it.
  ///
  /// - Parameters:
  ///   - length: T, the number of tokens of the response.
  ///   - support: What was asked for.
  ///   - vocabularySize: V, if it is known: rows must be that wide and tokens below it.
  /// - Returns: The score, as much of it as was asked for.
  /// - Throws: What is wrong with the text.
  func score(
    length: Int, support: TeacherSupport, vocabularySize: Int? = nil
  ) throws(WireDefect) -> TeacherScore {
    let sampled = try floats(self.sampled, of: "sampled", count: length)
    // A sampled token with probability 0 would make the loss infinite.
    guard !sampled.contains(-.infinity) else { throw .impossible("sampled", value: "-inf") }
    switch support {
    case .sampled:
      return TeacherScore(sampled: sampled)
    case .top(let k):
      let least = min(k, vocabularySize ?? 0)
      return TeacherScore(
        sampled: sampled,
        top: try top(length: length, atLeast: least, vocabularySize: vocabularySize ?? .max))
    case .full:
      let width = vocabulary ?? 0
      guard width > 0 else { throw .missing("rows") }
      guard width == vocabularySize ?? width else {
        throw .length("a row", expected: vocabularySize ?? width, received: width)
      }
      let values = try floats(rows, of: "rows", count: length, each: width)
      return TeacherScore(
        sampled: sampled, rows: DenseVocabularyRows(vocabularySize: width, values: values))
    }
  }

  private func top(
    length: Int, atLeast least: Int, vocabularySize: Int
  ) throws(WireDefect) -> [[ScoredToken]] {
    let k = k ?? 0
    guard k > 0, let topTokens else { throw .missing("top_tokens") }
    guard k >= least else { throw .length("a top list", expected: least, received: k) }
    guard let tokens = Base64.integers(topTokens) else { throw .notBase64("top_tokens") }
    let values = try floats(topLogProbabilities, of: "top_logprobs", count: length, each: k)
    guard tokens.count == values.count else {
      throw .length("top_tokens", expected: values.count, received: tokens.count)
    }
    if let foreign = tokens.first(where: { $0 < 0 || $0 >= vocabularySize }) {
      throw .impossible("top_tokens", value: "token \(foreign)")
    }
    return (0..<length).map { position in
      (position * k..<(position + 1) * k).map { ScoredToken(tokens[$0], values[$0]) }
    }
  }

  private func floats(
    _ text: String?, of field: String, count length: Int, each width: Int = 1
  ) throws(WireDefect) -> [Float] {
    let (count, isTooMuch) = length.multipliedReportingOverflow(by: width)
    guard !isTooMuch else { throw .impossible(field, value: "\(width) numbers a token") }
    guard let text else { throw .missing(field) }
    guard let values = Base64.floats(text) else { throw .notBase64(field) }
    guard values.count == count else {
      throw .length(field, expected: count, received: values.count)
    }
    guard let bad = values.first(where: { !($0 <= WireScore.largest) }) else { return values }
    throw .impossible(field, value: "\(bad)")
  }

  /// Log-probabilities are at most 0; rounding may lift a certain token a little above.
  static let largest: Float = 1e-3
}

/// What is wrong with a score that somebody sent.
enum WireDefect: Error, Hashable {
  /// A field that was asked for is not there.
  case missing(String)
  /// A field is not base64 of whole numbers.
  case notBase64(String)
  /// A field has another number of values than the response has tokens.
  case length(String, expected: Int, received: Int)
  /// A value is not a log-probability: NaN, or above 0.
  case impossible(String, value: String)
}
