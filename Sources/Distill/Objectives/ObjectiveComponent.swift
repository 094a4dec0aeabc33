internal import Tensors

/// One term of an objective: signal × support × estimator × token weighting × correction × reduction, with a weight.
///
/// Every component has its own normaliser, so adding one never dilutes another.
package struct ObjectiveComponent: Sendable, Hashable {
  /// What it is called in metrics and messages.
  package var name: String
  /// What it listens to; several are added up before the ratio is clipped.
  package var signals: [Signal]
  /// Which tokens of the vocabulary it looks at.
  package var support: VocabularySupport
  /// How the signal becomes a loss.
  package var estimator: Estimator
  /// What is done to single tokens.
  package var weighting: [TokenWeighting]
  /// How a moved student is accounted for.
  package var correction: Correction
  /// How tokens add up to a batch.
  package var reduction: Reduction
  /// What the component is multiplied by.
  package var weight: Double

  /// A term of an objective; without a name it is called after its first signal and its estimator.
  package init(
    name: String? = nil, _ signals: [Signal], support: VocabularySupport = .sampled,
    estimator: Estimator = .policyGradient, weighting: [TokenWeighting] = [],
    correction: Correction = .none, reduction: Reduction = .tokenMean, weight: Double = 1
  ) {
    self.name = name ?? Self.standardName(signals, estimator)
    self.signals = signals
    self.support = support
    self.estimator = estimator
    self.weighting = weighting
    self.correction = correction
    self.reduction = reduction
    self.weight = weight
  }

  static func standardName(_ signals: [Signal], _ estimator: Estimator) -> String {
    let first = signals.first?.phrase.name ?? "nothing"
    return estimator == .policyGradient ? first : "\(first)-\(Phrase.name(of: estimator))"
  }

  /// The teacher's settings, if it listens to one for advantages.
  var teacherSignals: [TeacherSignal] {
    signals.compactMap { if case .teacher(let settings) = $0.source { settings } else { nil } }
  }

  /// The settings of rewards it listens to.
  var rewardSignals: [RewardSignal] {
    signals.compactMap { if case .reward(let settings) = $0.source { settings } else { nil } }
  }

  /// Whether evaluating it measures the exact reverse KL divergence on the way.
  var isWholeReverseKL: Bool { wholeDivergence == .reverseKL }

  /// Whether all that it asks of rows is how far they are from the teacher's.
  var isWholeDivergence: Bool { wholeDivergence != nil }

  /// The divergence that it is over the whole vocabulary; `nil` for any other component.
  var wholeDivergence: RowDivergence? {
    guard support == .full, case .divergence(let kind) = estimator else { return nil }
    return kind
  }

  /// Whether it works on rows of the vocabulary rather than on sampled tokens.
  var isDense: Bool {
    switch estimator {
    case .divergence, .vocabularyAdvantage: true
    case .policyGradient, .logRatio: false
    }
  }
}

extension Phrase {
  /// The word an estimator is known by.
  static func name(of estimator: Estimator) -> String {
    String(estimator.description.prefix { $0 != "(" })
  }
}

extension ObjectiveComponent: Codable {
  /// The keys of a component in a configuration.
  enum CodingKeys: String, CodingKey, CaseIterable {
    case name, signals, support, estimator, weighting, correction, reduction, weight
  }

  /// Reads a component; what is left out has its default, and an unknown key is an error.
  package init(from decoder: any Decoder) throws {
    try refuseUnknownKeys(decoder, CodingKeys.self, of: "component")
    let fields = try decoder.container(keyedBy: CodingKeys.self)
    self.init(
      name: try fields.decodeIfPresent(String.self, forKey: .name),
      try fields.decode([Signal].self, forKey: .signals),
      support: try fields.decodeIfPresent(VocabularySupport.self, forKey: .support) ?? .sampled,
      estimator: try fields.decodeIfPresent(Estimator.self, forKey: .estimator) ?? .policyGradient,
      weighting: try fields.decodeIfPresent([TokenWeighting].self, forKey: .weighting) ?? [],
      correction: try fields.decodeIfPresent(Correction.self, forKey: .correction) ?? .none,
      reduction: try fields.decodeIfPresent(Reduction.self, forKey: .reduction) ?? .tokenMean,
      weight: try fields.decodeIfPresent(Double.self, forKey: .weight) ?? 1)
  }

  /// Writes what differs from the defaults.
  package func encode(to encoder: any Encoder) throws {
    var fields = encoder.container(keyedBy: CodingKeys.self)
    if name != Self.standardName(signals, estimator) { try fields.encode(name, forKey: .name) }
    try fields.encode(signals, forKey: .signals)
    if support != .sampled { try fields.encode(support, forKey: .support) }
    if estimator != .policyGradient { try fields.encode(estimator, forKey: .estimator) }
    if !weighting.isEmpty { try fields.encode(weighting, forKey: .weighting) }
    if correction != .none { try fields.encode(correction, forKey: .correction) }
    try fields.encode(reduction, forKey: .reduction)
    if weight != 1 { try fields.encode(weight, forKey: .weight) }
  }
}

/// A key that may be anything, to see which ones a configuration has.
struct AnyKey: CodingKey {
  var stringValue: String
  var intValue: Int? { nil }
  init(stringValue: String) { self.stringValue = stringValue }
  init?(intValue: Int) { nil }
}

/// Throws if a configuration has a key that nobody reads.
func refuseUnknownKeys<Keys: CodingKey & CaseIterable>(
  _ decoder: any Decoder, _: Keys.Type, of kind: String
) throws {
  let known = Keys.allCases.map(\.stringValue)
  for key in try decoder.container(keyedBy: AnyKey.self).allKeys
  where !known.contains(key.stringValue) {
    throw ObjectiveError.unknownName(
      kind: "key of a \(kind)", name: key.stringValue, candidates: known)
  }
}
