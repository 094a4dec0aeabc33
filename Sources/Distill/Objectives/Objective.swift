package import Core

/// What is minimised: `Σ_i weight_i · component_i`.
///
/// A method (OPD, GRPO, …) is a value of this type, written down in a few lines of configuration; see `MethodPreset`.
package struct Objective: Sendable, Hashable {
  /// Whose responses the loss is about.
  package enum RolloutSource: String, Sendable, Hashable, Codable, CaseIterable {
    /// The student's own samples.
    case student
    /// The right answers of the data.
    case demonstrations
    /// The teacher's samples.
    case teacher
  }

  /// The share of a step's prompts whose answers the student samples itself; the others' come from `rolloutSource`.
  ///
  /// 1 where the source is the student, and 0 where it is somebody else, unless the configuration mixes them.
  package var studentShare: Double

  /// Which groups count.
  package enum GroupFilter: String, Sendable, Hashable, Codable, CaseIterable {
    /// All.
    case all
    /// Those whose rewards differ: dynamic sampling; the trainer may refill.
    case withSpread
  }

  /// The terms.
  package var components: [ObjectiveComponent]
  /// Whose responses the loss is about.
  package var rolloutSource: RolloutSource
  /// Which groups count.
  package var groups: GroupFilter
  /// What is done to rewards first.
  package var shaping: [RewardShaping]

  /// An objective with terms.
  package init(
    _ components: [ObjectiveComponent], rolloutSource: RolloutSource = .student,
    studentShare: Double? = nil, groups: GroupFilter = .all, shaping: [RewardShaping] = []
  ) {
    self.components = components
    self.rolloutSource = rolloutSource
    self.studentShare = studentShare ?? (rolloutSource == .student ? 1 : 0)
    self.groups = groups
    self.shaping = shaping
  }

  /// What the trainer must provide.
  package var requirements: ObjectiveRequirements { ObjectiveRequirements(self) }
}

extension Objective: Codable {
  /// The keys of an objective in a configuration.
  enum CodingKeys: String, CodingKey, CaseIterable {
    case components, rolloutSource, studentShare, groups, shaping
  }

  /// Reads an objective; an unknown key is an error.
  package init(from decoder: any Decoder) throws {
    try refuseUnknownKeys(decoder, CodingKeys.self, of: "objective")
    let fields = try decoder.container(keyedBy: CodingKeys.self)
    self.init(
      try fields.decode([ObjectiveComponent].self, forKey: .components),
      rolloutSource: try fields.decodeIfPresent(RolloutSource.self, forKey: .rolloutSource)
        ?? .student,
      studentShare: try fields.decodeIfPresent(Double.self, forKey: .studentShare),
      groups: try fields.decodeIfPresent(GroupFilter.self, forKey: .groups) ?? .all,
      shaping: try fields.decodeIfPresent([RewardShaping].self, forKey: .shaping) ?? [])
  }

  /// Writes what differs from the defaults.
  package func encode(to encoder: any Encoder) throws {
    var fields = encoder.container(keyedBy: CodingKeys.self)
    try fields.encode(components, forKey: .components)
    if rolloutSource != .student { try fields.encode(rolloutSource, forKey: .rolloutSource) }
    if studentShare != (rolloutSource == .student ? 1 : 0) {
      try fields.encode(studentShare, forKey: .studentShare)
    }
    if groups != .all { try fields.encode(groups, forKey: .groups) }
    if !shaping.isEmpty { try fields.encode(shaping, forKey: .shaping) }
  }
}

/// What an objective needs from whoever runs it.
package struct ObjectiveRequirements: Sendable, Hashable {
  /// How much a teacher must be able to say; `nil` if no teacher is needed.
  package var teacherSupport: TeacherSupport?
  /// Whether a frozen reference policy must score the responses.
  package var needsReference = false
  /// Whether the responses must be rewarded.
  package var needsReward = false
  /// What the student must be able to do.
  package var learner: LearnerNeeds
  /// Whether all that it asks of whole distributions is how far the student's are from the teacher's, so that an engine that has
  /// both can tell.
  package var isComparedBeside = false
  /// The fewest answers a prompt.
  package var minimumGroup = 1
  /// The disordered input whose answers must be sampled as well, with the role `disordered(of:)`.
  package var disorderedInput: DisorderedInput?
  /// Whether a second draw of the ordered input must be sampled as well, with the role `placebo(of:)`.
  package var needsPlacebo = false

  /// What an objective needs.
  init(_ objective: Objective) {
    learner = LearnerNeeds(objective.components)
    for component in objective.components { add(component) }
    isComparedBeside = Self.isComparedBeside(objective)
    if objective.groups == .withSpread { (needsReward, minimumGroup) = (true, 2) }
    if !objective.shaping.isEmpty { needsReward = true }
    disorderedInput = objective.shaping.lazy.compactMap(\.disorderedInput).first
    needsPlacebo = objective.shaping.contains(where: \.hasPlacebo)
  }

  /// Whether an objective would look at no distribution if its divergences were of the sampled tokens.
  private static func isComparedBeside(_ objective: Objective) -> Bool {
    guard objective.components.contains(where: \.isWholeDivergence) else { return false }
    var sampled = objective
    for (index, component) in objective.components.enumerated() {
      // A plug-in may read whatever a teacher said.
      for case .plugIn in component.signals.map(\.source) { return false }
      guard component.isWholeDivergence else { continue }
      sampled.components[index].support = .sampled
      sampled.components[index].estimator = .logRatio(.k1)
    }
    let needs = ObjectiveRequirements(sampled)
    return needs.teacherSupport == .sampled && !needs.learner.needsLogits
      && needs.learner.targets == 1 && needs.learner.likeliest == 0
  }

  private mutating func add(_ component: ObjectiveComponent) {
    for signal in component.signals {
      switch signal.source {
      case .teacher(let settings):
        need(component.isDense ? component.support.teacherSupport : .sampled)
        if !settings.stopTokens.isEmpty { need(.full) }
        if settings.extrapolation != 1 { needsReference = true }
      case .reference: needsReference = true
      case .reward(let settings):
        if !settings.isRandom { needsReward = true }
        if settings.isGroupRelative { minimumGroup = max(minimumGroup, 2) }
      case .demonstrations, .constant, .plugIn: break
      }
    }
    for weighting in component.weighting { add(weighting) }
  }

  private mutating func add(_ weighting: TokenWeighting) {
    switch weighting {
    case .entropyGate(let gate) where gate.owner == .teacher: need(.full)
    case .changePoint(let rule): need(rule.series == .topTwoMargin ? .top(2) : .sampled)
    case .klWeighting: minimumGroup = max(minimumGroup, 2)
    case .trustRegion: need(.sampled)
    case .orderConsistency: needsReward = true
    default: break
    }
  }

  private mutating func need(_ support: TeacherSupport) {
    guard let mine = teacherSupport, mine.covers(support) else {
      teacherSupport = support
      return
    }
  }
}
