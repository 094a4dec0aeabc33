package import Core

/// Which tokens of the vocabulary a component looks at, at each position.
package enum VocabularySupport: Sendable, Hashable {
  /// The sampled token alone.
  case sampled
  /// The k most likely tokens of somebody, with a rule for the rest.
  case top(Int, of: Owner, rest: Rest)
  /// Every token.
  case full

  /// Whose most likely tokens.
  package enum Owner: String, Sendable, Hashable, CaseIterable {
    /// The student's, as it is now; needs the teacher's whole row.
    case student
    /// The teacher's.
    case teacher
    /// Either's; needs the teacher's whole row.
    case union
    /// Both's.
    case intersection
  }

  /// What happens to the probability of the tokens left out.
  package enum Rest: String, Sendable, Hashable, CaseIterable {
    /// It is forgotten: the sum is no divergence and can be negative.
    case raw
    /// The kept tokens are normalised to 1 on both sides.
    case renormalised
    /// It forms one more bucket: a true divergence, of the coarser distributions.
    case tail
  }

  /// What a teacher must be able to say for it.
  package var teacherSupport: TeacherSupport {
    switch self {
    case .sampled: .sampled
    case .top(let k, .teacher, _), .top(let k, .intersection, _): .top(k)
    case .top, .full: .full
    }
  }

  /// k, if the support is the most likely tokens.
  var count: Int? {
    if case .top(let k, _, _) = self { k } else { nil }
  }
}

extension VocabularySupport: ConfigurationPhrase {
  /// Reads `sampled`, `full` or `top(16, of=teacher, rest=tail)`.
  package init(text: String) throws(ObjectiveError) {
    let phrase = try Phrase(parsing: text)
    switch phrase.name {
    case "sampled": self = .sampled
    case "full": self = .full
    case "top":
      let a = try PhraseArguments(phrase, ["k", "of", "rest"])
      let k = try a.integer("k")
      guard k > 0 else { throw .malformed(text: text, reason: "k must be at least 1") }
      self = .top(k, of: try a.choice("of", or: .student), rest: try a.choice("rest", or: .tail))
    default:
      throw .unknownName(
        kind: "support", name: phrase.name, candidates: ["sampled", "top", "full"])
    }
  }

  /// The support as a configuration writes it.
  package var description: String {
    switch self {
    case .sampled: "sampled"
    case .full: "full"
    case .top(let k, let owner, let rest):
      "top(\(k), of=\(owner.rawValue), rest=\(rest.rawValue))"
    }
  }
}
