extension Signal: ConfigurationPhrase {
  /// Reads `teacher`, `reward(scale=sampleStd)`, `reference`, `demonstrations`, `constant(-1)` or `plugIn(name)`.
  package init(text: String) throws(ObjectiveError) { try self.init(phrase: Phrase(parsing: text)) }

  /// The signal as a configuration writes it.
  package var description: String { phrase.text }

  init(phrase: Phrase) throws(ObjectiveError) {
    switch phrase.name {
    case "teacher":
      let a = try PhraseArguments(phrase, ["base", "extrapolation", "discount", "stop", "weight"])
      let stop = (a.word("stop") ?? "").split(separator: "+").compactMap { Int($0) }
      self.init(
        .teacher(
          TeacherSignal(
            base: try a.choice("base", or: .behaviour),
            extrapolation: try a.number("extrapolation", or: 1),
            discount: try a.number("discount", or: 0), stopTokens: stop)),
        weight: try a.number("weight", or: 1))
    case "reward":
      let a = try PhraseArguments(
        phrase, ["baseline", "scale", "epsilon", "term", "values", "weight"])
      let settings = RewardSignal(
        baseline: try a.choice("baseline", or: .groupMean),
        scale: try a.choice("scale", or: .none), epsilon: try a.number("epsilon", or: 1e-4),
        term: a.word("term"), isRandom: try a.choice("values", or: RewardValues.given) == .random)
      self.init(.reward(settings), weight: try a.number("weight", or: 1))
    case "reference", "demonstrations":
      let a = try PhraseArguments(phrase, ["weight"])
      self.init(
        phrase.name == "reference" ? .reference : .demonstrations,
        weight: try a.number("weight", or: 1))
    case "constant":
      let a = try PhraseArguments(phrase, ["value", "weight"])
      self.init(.constant(try a.number("value")), weight: try a.number("weight", or: 1))
    case "plugIn":
      let a = try PhraseArguments(phrase, ["name", "weight"])
      guard let name = a.word("name") else {
        throw .malformed(text: phrase.text, reason: "'name' must be given")
      }
      self.init(.plugIn(name), weight: try a.number("weight", or: 1))
    default:
      throw .unknownName(
        kind: "signal", name: phrase.name,
        candidates: [
          "teacher", "reward", "reference", "demonstrations", "constant", "plugIn",
        ])
    }
  }

  var phrase: Phrase {
    var result: Phrase
    switch source {
    case .teacher(let settings): result = settings.phrase
    case .reward(let settings): result = settings.phrase
    case .reference: result = Phrase("reference")
    case .demonstrations: result = Phrase("demonstrations")
    case .constant(let value): result = Phrase("constant", [("value", written(value))])
    case .plugIn(let name): result = Phrase("plugIn", [("name", name)])
    }
    if weight != 1 { result.arguments.append(("weight", written(weight))) }
    return result
  }

  private enum RewardValues: String, CaseIterable { case given, random }
}

extension TeacherSignal {
  var phrase: Phrase {
    var result = Phrase("teacher")
    if base != .behaviour { result.arguments.append(("base", base.rawValue)) }
    if extrapolation != 1 { result.arguments.append(("extrapolation", written(extrapolation))) }
    if discount != 0 { result.arguments.append(("discount", written(discount))) }
    if !stopTokens.isEmpty {
      result.arguments.append(("stop", stopTokens.map(String.init).joined(separator: "+")))
    }
    return result
  }
}

extension RewardSignal {
  var phrase: Phrase {
    var result = Phrase("reward")
    if baseline != .groupMean { result.arguments.append(("baseline", baseline.rawValue)) }
    if scale != .none { result.arguments.append(("scale", scale.rawValue)) }
    if epsilon != 1e-4 { result.arguments.append(("epsilon", written(epsilon))) }
    if let term { result.arguments.append(("term", term)) }
    if isRandom { result.arguments.append(("values", "random")) }
    return result
  }
}
