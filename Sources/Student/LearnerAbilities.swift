public import Core

/// What a learner can do: an objective that needs more is refused before a run begins.
public struct LearnerAbilities: Sendable, Hashable {
  /// Whether a loss may read logits over the whole vocabulary and write its gradient into them.
  public var logits: Bool
  /// The most tokens of a position whose log-probabilities it tells and whose slopes it takes; 0 for none.
  public var targets: Int
  /// How many of its own most likely tokens it names at each position; 0 for none.
  public var likeliest: Int
  /// Whether snapshots of its weights can be asked on.
  public var snapshots: Bool
  /// Whether it keeps a moving average of its weights.
  public var averages: Bool
  /// Whether it tells how far its distributions are from those of other weights that its engine has, and is moved by that.
  public var divergences: Bool
  /// Whether its engine has another model beside it, for a teacher.
  public var teacher: Bool

  /// Abilities; without any named it can be sampled from and no more.
  public init(
    logits: Bool = false, targets: Int = 0, likeliest: Int = 0, snapshots: Bool = false,
    averages: Bool = false, divergences: Bool = false, teacher: Bool = false
  ) {
    self.logits = logits
    self.targets = targets
    self.likeliest = likeliest
    self.snapshots = snapshots
    self.averages = averages
    self.divergences = divergences
    self.teacher = teacher
  }

  /// Everything that needs no other process: a network in this one.
  public static let all = LearnerAbilities(
    logits: true, targets: .max, likeliest: .max, snapshots: true, averages: true)

  /// In words, for a person whose method asked for more.
  public var words: String {
    var parts: [String] = []
    if logits { parts.append("logits over the vocabulary") }
    if targets == .max { parts.append("slopes of any tokens") }
    if targets > 0, targets < .max { parts.append("slopes of \(targets) tokens a position") }
    if likeliest == .max { parts.append("its own most likely tokens") }
    if likeliest > 0, likeliest < .max { parts.append("its own \(likeliest) most likely tokens") }
    if snapshots { parts.append("snapshots") }
    if averages { parts.append("averages of its weights") }
    if divergences { parts.append("divergences from other weights beside it") }
    if teacher { parts.append("a teacher beside it") }
    return parts.isEmpty ? "nothing but sampling" : parts.joined(separator: ", ")
  }
}

/// Why a learner cannot do what it was asked.
public enum LearnerError: ExplainedError, Hashable {
  /// It lacks an ability.
  case unable(to: String)
  /// A saved state is not of its shape.
  case misfit(holds: Int, needs: Int)

  /// What happened.
  public var happened: String {
    switch self {
    case .unable(let ability): "The student cannot \(ability)."
    case .misfit(let holds, let needs):
      "The saved state holds \(holds) weights and the student has \(needs)."
    }
  }

  /// What to do.
  public var remedy: String {
    switch self {
    case .unable: "Use a student in process, or a method and diagnostics that do without."
    case .misfit: "Configure the student as it was when the state was saved."
    }
  }

  /// A matter of the configuration.
  public var exitStatus: ExitStatus { .usage }
}
