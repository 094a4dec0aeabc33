/// How a policy-gradient component accounts for the student having moved since it sampled: `ρ_t = π(y_t)/π_old(y_t)`.
package enum Correction: Sendable, Hashable {
  /// `−A·log π`: exact while the student has not moved.
  case none
  /// `−ρA`.
  case importanceRatio
  /// `−min(ρA, clip(ρ, 1−low, 1+high)·A)`; with `dual` c, where A < 0, not below `c·A`.
  case ppoClip(low: Double, high: Double, dual: Double?)
  /// PPO's clip with one ratio a response, `(π(y)/π_old(y))^{1/|y|}`: GSPO.
  case sequenceRatio(low: Double, high: Double)
  /// `−sg[min(ρ, 1+high)]·A·log π`: CISPO.
  case cispo(high: Double)
  /// A `PolicyGradientLoss` that the caller registered under a name.
  case plugIn(String)
}

extension Correction: ConfigurationPhrase {
  static let names = [
    "none", "importanceRatio", "ppoClip", "sequenceRatio", "cispo", "plugIn",
  ]

  /// Reads `none`, `importanceRatio`, `ppoClip(0.2, 0.28, dual=3)`, `sequenceRatio(3e-4, 4e-4)`, `cispo(0.28)` or `plugIn(name)`.
  package init(text: String) throws(ObjectiveError) {
    let phrase = try Phrase(parsing: text)
    switch phrase.name {
    case "none": self = .none
    case "importanceRatio": self = .importanceRatio
    case "ppoClip":
      let a = try PhraseArguments(phrase, ["low", "high", "dual"])
      let low = try a.number("low", or: 0.2)
      self = .ppoClip(
        low: low, high: try a.number("high", or: low), dual: try a.optionalNumber("dual"))
    case "sequenceRatio":
      let a = try PhraseArguments(phrase, ["low", "high"])
      self = .sequenceRatio(low: try a.number("low"), high: try a.number("high"))
    case "cispo":
      self = .cispo(high: try PhraseArguments(phrase, ["high"]).number("high"))
    case "plugIn":
      guard let name = try PhraseArguments(phrase, ["name"]).word("name") else {
        throw .malformed(text: text, reason: "'name' must be given")
      }
      self = .plugIn(name)
    default:
      throw .unknownName(kind: "correction", name: phrase.name, candidates: Self.names)
    }
  }

  /// The correction as a configuration writes it.
  package var description: String {
    switch self {
    case .none: return "none"
    case .importanceRatio: return "importanceRatio"
    case .ppoClip(let low, let high, let dual):
      let bounds = "low=\(written(low)), high=\(written(high))"
      return "ppoClip(\(bounds)\(dual.map { ", dual=\(written($0))" } ?? ""))"
    case .sequenceRatio(let low, let high):
      return "sequenceRatio(low=\(written(low)), high=\(written(high)))"
    case .cispo(let high): return "cispo(high=\(written(high)))"
    case .plugIn(let name): return "plugIn(\(name))"
    }
  }
}
