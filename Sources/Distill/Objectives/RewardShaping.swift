/// What is done to the rewards of a batch before they become advantages, in the order written.
public enum RewardShaping: Sendable, Hashable {
  /// Adds 0 … −`penalty`, falling linearly over the last `buffer` tokens before `limit`: DAPO.
  case overlong(limit: Int, buffer: Int, penalty: Double)
}

extension RewardShaping: ConfigurationPhrase {
  static let names = ["overlong"]

  /// Reads `overlong(limit=256, buffer=64, penalty=1)`.
  public init(text: String) throws(ObjectiveError) {
    let phrase = try Phrase(parsing: text)
    switch phrase.name {
    case "overlong":
      let a = try PhraseArguments(phrase, ["limit", "buffer", "penalty"])
      self = .overlong(
        limit: try a.integer("limit"), buffer: try a.integer("buffer"),
        penalty: try a.number("penalty", or: 1))
    default:
      throw .unknownName(kind: "reward shaping", name: phrase.name, candidates: Self.names)
    }
  }

  /// The shaping as a configuration writes it.
  public var description: String {
    switch self {
    case .overlong(let limit, let buffer, let penalty):
      "overlong(limit=\(limit), buffer=\(buffer), penalty=\(written(penalty)))"
    }
  }
}

/// DAPO's penalty on responses that come close to the length limit.
///
/// 0 up to `limit − buffer`, then linearly to −`penalty` at `limit`, and −`penalty` beyond.
///
/// Source: DAPO, arXiv:2503.14476, eq. 13.
///
/// - Parameters:
///   - length: |y|, tokens.
///   - limit: The length at which the penalty is whole, tokens.
///   - buffer: Over how many tokens it grows.
///   - penalty: Its size, in units of reward.
public func overlongPenalty(
  length: Int, limit: Int, buffer: Int, penalty: Double
) -> Double {
  guard length > limit - buffer else { return 0 }
  guard length < limit, buffer > 0 else { return -penalty }
  return -penalty * Double(length - (limit - buffer)) / Double(buffer)
}
