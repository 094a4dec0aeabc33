/// How the losses of tokens become the loss of a batch with N response tokens in S responses.
///
/// The counts are those of the whole batch, whatever part of it is evaluated at a time.
package enum Reduction: Sendable, Hashable {
  /// `Σ_i Σ_t`.
  case tokenSum
  /// `1/N Σ_i Σ_t`.
  case tokenMean
  /// `1/S Σ_i 1/|y_i| Σ_t`: short responses count as much as long ones.
  case sequenceMeanTokenMean
  /// `1/S Σ_i Σ_t`.
  case sequenceMeanTokenSum
  /// `1/S Σ_i Σ_t / length`; `nil` takes the sampling limit.
  case sequenceMeanTokenSumNorm(length: Int?)

  /// What a token's loss of a response of `length` tokens is multiplied by.
  ///
  /// - Parameters:
  ///   - length: |y_i|.
  ///   - tokens: N.
  ///   - responses: S.
  ///   - limit: The most tokens a response can have, for `sequenceMeanTokenSumNorm` without a length.
  /// - Returns: The factor.
  func unit(length: Int, tokens: Int, responses: Int, limit: Int) -> Double {
    switch self {
    case .tokenSum: 1
    case .tokenMean: 1 / Double(max(tokens, 1))
    case .sequenceMeanTokenMean: 1 / Double(max(responses, 1) * length)
    case .sequenceMeanTokenSum: 1 / Double(max(responses, 1))
    case .sequenceMeanTokenSumNorm(let constant):
      1 / (Double(max(responses, 1)) * Double(constant ?? limit))
    }
  }
}

extension Reduction: ConfigurationPhrase {
  static let names = [
    "tokenSum", "tokenMean", "sequenceMeanTokenMean", "sequenceMeanTokenSum",
    "sequenceMeanTokenSumNorm",
  ]

  /// Reads one of the names; `sequenceMeanTokenSumNorm(256)` divides by a constant length.
  package init(text: String) throws(ObjectiveError) {
    let phrase = try Phrase(parsing: text)
    switch phrase.name {
    case "tokenSum": self = .tokenSum
    case "tokenMean": self = .tokenMean
    case "sequenceMeanTokenMean": self = .sequenceMeanTokenMean
    case "sequenceMeanTokenSum": self = .sequenceMeanTokenSum
    case "sequenceMeanTokenSumNorm":
      let a = try PhraseArguments(phrase, ["length"])
      let length = a.word("length") == nil ? nil : try a.integer("length")
      guard length.map({ $0 > 0 }) ?? true else {
        throw .malformed(text: text, reason: "the length must be at least 1")
      }
      self = .sequenceMeanTokenSumNorm(length: length)
    default:
      throw .unknownName(kind: "reduction", name: phrase.name, candidates: Self.names)
    }
  }

  /// The reduction as a configuration writes it.
  package var description: String {
    switch self {
    case .tokenSum: "tokenSum"
    case .tokenMean: "tokenMean"
    case .sequenceMeanTokenMean: "sequenceMeanTokenMean"
    case .sequenceMeanTokenSum: "sequenceMeanTokenSum"
    case .sequenceMeanTokenSumNorm(let length):
      length.map { "sequenceMeanTokenSumNorm(\($0))" } ?? "sequenceMeanTokenSumNorm"
    }
  }
}
