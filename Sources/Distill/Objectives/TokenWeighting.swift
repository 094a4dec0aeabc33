/// What is done to the advantages or the losses of single tokens, in the order written.
package enum TokenWeighting: Sendable, Hashable {
  /// |A| ≤ bound.
  case clip(Double)
  /// A ≥ bound.
  case floor(Double)
  /// `w_t = 1 + γ(1 − Σ_{i<t}|a_i|/Σ_i|a_i|)`: early disagreements count more.
  case importanceDecay(gamma: Double)
  /// Keeps tokens by somebody's entropy at their position, in nats.
  case entropyGate(EntropyGate)
  /// Drops what follows a downward change point of the teacher's margin.
  case changePoint(ChangePointRule)
  /// `w_t = 1 + (α − 1)·minmax(KL_t)`, KL_t between the group's members and their mean at position t: TW-GRPO.
  case klWeighting(alpha: Double)
  /// Keeps positions from ≤ t < to.
  case window(from: Int, to: Int)
  /// Keeps tokens where `Bernoulli(min(q/π_old, 1))` fell on one side; two components share the coin.
  case trustRegion(TrustRegionSide)
  /// If mean A of right answers − mean A of wrong ones < δ, shifts them apart by the deficit, half each way: Uni-OPD.
  case orderConsistency(delta: Double, right: Double)
  /// Subtracts the batch's mean advantage and divides by its standard deviation.
  case whiten
  /// Deals the advantages of the whole batch to its tokens at random: a control.
  case shuffled

  /// Which tokens an entropy gate keeps.
  package struct EntropyGate: Sendable, Hashable {
    /// Whose entropy.
    package enum Owner: String, Sendable, Hashable, CaseIterable {
      /// The teacher's; needs its rows.
      case teacher
      /// The student's now.
      case student
    }

    /// Whose entropy.
    package var owner: Owner
    /// The entropy above which tokens are kept, nats; −∞ keeps all.
    package var above: Double
    /// The entropy up to which tokens are kept, nats; ∞ keeps all.
    package var upTo: Double

    /// A gate.
    package init(of owner: Owner, above: Double = -.infinity, upTo: Double = .infinity) {
      self.owner = owner
      self.above = above
      self.upTo = upTo
    }
  }

  /// Which side of the coin a component takes.
  package enum TrustRegionSide: String, Sendable, Hashable, CaseIterable {
    /// Where the coin says the teacher would have accepted the token.
    case inside
    /// Where it would not.
    case outside
  }
}

extension TokenWeighting: ConfigurationPhrase {
  static let names = [
    "clip", "floor", "importanceDecay", "entropyGate", "changePoint", "klWeighting", "window",
    "trustRegion", "orderConsistency", "whiten", "shuffled",
  ]

  /// Reads one of the names with its parameters, such as `clip(5)` or `entropyGate(of=teacher, above=0.8)`.
  package init(text: String) throws(ObjectiveError) {
    let phrase = try Phrase(parsing: text)
    func arguments(_ names: String...) throws(ObjectiveError) -> PhraseArguments {
      try PhraseArguments(phrase, names)
    }
    switch phrase.name {
    case "clip": self = .clip(try arguments("bound").number("bound"))
    case "floor": self = .floor(try arguments("bound").number("bound"))
    case "importanceDecay":
      self = .importanceDecay(gamma: try arguments("gamma").number("gamma", or: 0.5))
    case "klWeighting": self = .klWeighting(alpha: try arguments("alpha").number("alpha", or: 1.7))
    case "window":
      let a = try arguments("from", "to")
      self = .window(from: try a.integer("from"), to: try a.integer("to"))
    case "trustRegion":
      self = .trustRegion(try arguments("side").choice("side", or: .inside))
    case "orderConsistency":
      let a = try arguments("delta", "right")
      self = .orderConsistency(
        delta: try a.number("delta", or: 0.4), right: try a.number("right", or: 0.5))
    case "whiten": self = .whiten
    case "shuffled": self = .shuffled
    case "entropyGate": self = .entropyGate(try EntropyGate(phrase: phrase))
    case "changePoint": self = .changePoint(try ChangePointRule(phrase: phrase))
    default:
      throw .unknownName(kind: "token weighting", name: phrase.name, candidates: Self.names)
    }
  }

  /// The weighting as a configuration writes it.
  package var description: String {
    switch self {
    case .clip(let bound): "clip(\(written(bound)))"
    case .floor(let bound): "floor(\(written(bound)))"
    case .importanceDecay(let gamma): "importanceDecay(\(written(gamma)))"
    case .klWeighting(let alpha): "klWeighting(\(written(alpha)))"
    case .window(let from, let to): "window(from=\(from), to=\(to))"
    case .trustRegion(let side): "trustRegion(\(side.rawValue))"
    case .orderConsistency(let delta, let right):
      "orderConsistency(\(written(delta)), right=\(written(right)))"
    case .whiten: "whiten"
    case .shuffled: "shuffled"
    case .entropyGate(let gate): gate.phrase.text
    case .changePoint(let rule): rule.phrase.text
    }
  }
}

extension TokenWeighting.EntropyGate {
  init(phrase: Phrase) throws(ObjectiveError) {
    let a = try PhraseArguments(phrase, ["of", "above", "upTo"])
    self.init(
      of: try a.choice("of", or: .teacher), above: try a.optionalNumber("above") ?? -.infinity,
      upTo: try a.optionalNumber("upTo") ?? .infinity)
  }

  var phrase: Phrase {
    var result = Phrase("entropyGate", [("of", owner.rawValue)])
    if above > -.infinity { result.arguments.append(("above", written(above))) }
    if upTo < .infinity { result.arguments.append(("upTo", written(upTo))) }
    return result
  }
}
