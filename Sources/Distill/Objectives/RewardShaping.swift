/// What is done to the rewards of a batch before they become advantages, in the order written.
package enum RewardShaping: Sendable, Hashable {
  /// Adds 0 … −`penalty`, falling linearly over the last `buffer` tokens before `limit`: DAPO.
  ///
  /// Without a limit answers that were cut lose the whole penalty and no others anything; without a buffer it is a fifth
  /// of the limit.
  case overlong(limit: Int?, buffer: Int?, penalty: Double)
  /// Adds a bonus where answers to ordered frames beat answers to disordered ones: KF-GRPO.
  case saliency(SaliencyRule)
  /// Adds a bonus to right answers of groups that profit from order: T-GRPO.
  case temporalContrast(TemporalContrastRule)

  /// The disordered input whose answers it compares with.
  package var disorderedInput: DisorderedInput? {
    switch self {
    case .overlong: nil
    case .saliency(let rule): .hybrid(share: rule.hybridShare, block: rule.block)
    case .temporalContrast: .shuffled
    }
  }

  /// Whether it also compares with a second, independent draw of the ordered input.
  package var hasPlacebo: Bool {
    switch self {
    case .overlong: false
    case .saliency(let rule): rule.hasPlacebo
    case .temporalContrast(let rule): rule.hasPlacebo
    }
  }
}

extension RewardShaping: ConfigurationPhrase {
  static let names = ["overlong", "saliency", "temporalContrast"]

  /// Reads `overlong(limit=256, buffer=64)`, `saliency(level=rollout, advantage=accuracyOnly)` or `temporalContrast(0.8)`.
  package init(text: String) throws(ObjectiveError) {
    let phrase = try Phrase(parsing: text)
    switch phrase.name {
    case "overlong":
      let a = try PhraseArguments(phrase, ["limit", "buffer", "penalty"])
      self = .overlong(
        limit: a.word("limit") == nil ? nil : try a.integer("limit"),
        buffer: a.word("buffer") == nil ? nil : try a.integer("buffer"),
        penalty: try a.number("penalty", or: 1))
    case "saliency": self = .saliency(try SaliencyRule(phrase))
    case "temporalContrast": self = .temporalContrast(try TemporalContrastRule(phrase))
    default:
      throw .unknownName(kind: "reward shaping", name: phrase.name, candidates: Self.names)
    }
  }

  /// The shaping as a configuration writes it.
  package var description: String {
    switch self {
    case .overlong(let limit, let buffer, let penalty):
      var phrase = Phrase("overlong")
      if let limit { phrase.arguments.append(("limit", "\(limit)")) }
      if let buffer { phrase.arguments.append(("buffer", "\(buffer)")) }
      if penalty != 1 { phrase.arguments.append(("penalty", written(penalty))) }
      return phrase.text
    case .saliency(let rule):
      // Every reading the paper leaves open is written down.
      var phrase = Phrase(
        "saliency",
        [
          ("level", rule.level.rawValue), ("advantage", rule.advantage.rawValue),
          ("ties", rule.ties.rawValue), ("hybridShare", written(rule.hybridShare)),
          ("trainDisordered", Switch(rule.trainsDisordered).rawValue),
          ("placebo", Switch(rule.hasPlacebo).rawValue),
        ])
      if let term = rule.term { phrase.arguments.append(("term", term)) }
      if let block = rule.block { phrase.arguments.append(("block", "\(block)")) }
      return phrase.text
    case .temporalContrast(let rule):
      var phrase = Phrase(
        "temporalContrast",
        [
          ("ratio", written(rule.ratio)), ("bonus", written(rule.bonus)),
          ("right", written(rule.right)), ("placebo", Switch(rule.hasPlacebo).rawValue),
        ])
      if let term = rule.term { phrase.arguments.append(("term", term)) }
      return phrase.text
    }
  }
}

private enum Switch: String, CaseIterable {
  case on, off
  init(_ isOn: Bool) { self = isOn ? .on : .off }
}

extension SaliencyRule {
  fileprivate init(_ phrase: Phrase) throws(ObjectiveError) {
    let a = try PhraseArguments(
      phrase,
      [
        "level", "advantage", "ties", "term", "hybridShare", "block", "trainDisordered", "placebo",
      ])
    self.init(
      level: try a.choice("level", or: .group), advantage: try a.choice("advantage", or: .total),
      ties: try a.choice("ties", or: .zero), term: a.word("term"),
      hybridShare: try a.number("hybridShare", or: 0.5),
      block: a.word("block") == nil ? nil : try a.integer("block"),
      trainsDisordered: try a.choice("trainDisordered", or: Switch.off) == .on,
      hasPlacebo: try a.choice("placebo", or: Switch.off) == .on)
  }
}

extension TemporalContrastRule {
  fileprivate init(_ phrase: Phrase) throws(ObjectiveError) {
    let a = try PhraseArguments(phrase, ["ratio", "bonus", "right", "term", "placebo"])
    self.init(
      ratio: try a.number("ratio", or: 0.8), bonus: try a.number("bonus", or: 0.3),
      right: try a.number("right", or: 0.5), term: a.word("term"),
      hasPlacebo: try a.choice("placebo", or: Switch.off) == .on)
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
/// - Returns: What to add to the reward.
package func overlongPenalty(
  length: Int, limit: Int, buffer: Int, penalty: Double
) -> Double {
  guard length > limit - buffer else { return 0 }
  guard length < limit, buffer > 0 else { return -penalty }
  return -penalty * Double(length - (limit - buffer)) / Double(buffer)
}
