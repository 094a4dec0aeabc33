package import Core
internal import Plugins

/// How a round chooses: a configurable recipe for a `SelectionPlan`.
///
/// A mandatory property is optional and checked by `plan()`.
package protocol SelectionRule: NamedChoice {
  /// The gates, the score and the sampler.
  ///
  /// - Throws: `CurriculumError` for a parameter out of range or not given.
  func plan() throws -> SelectionPlan
}

/// How often rounds are held and how much they take, whatever the rule.
package struct RoundSettings: Codable, Sendable, Hashable {
  /// How many prompts a round takes; `nil` for all that are admitted.
  package var budget: Int?
  /// How many rounds there are; `nil` for one, or any number where `every` is given.
  package var rounds: Int?
  /// After how many dealt prompts the next round begins.
  package var every: Int?
  /// Whether this is the arm or its control.
  package var arm: SelectionPlan.Arm

  /// Settings; without arguments one round takes everybody who is admitted.
  package init(
    budget: Int? = nil, rounds: Int? = nil, every: Int? = nil, arm: SelectionPlan.Arm = .on
  ) {
    self.budget = budget
    self.rounds = rounds
    self.every = every
    self.arm = arm
  }

  static let keys: [String: KeyDeclaration] = [
    "budget": .integer(
      1..., "How many prompts a round takes; all that are admitted if left out.", unit: "prompts"),
    "rounds": .integer(
      1..., "How often the pool is scored; once, or without end where `every` is given."),
    "every": .integer(
      1..., "After how many dealt prompts the pool is scored again.", unit: "prompts"),
    "arm": .choice(
      SelectionPlan.Arm.self,
      "on, or off: everything is measured, but as many prompts are drawn uniformly."),
  ]
}

/// What a user may set of a curriculum that works in rounds: the rule's parameters and the rounds', side by side.
package struct RoundParameters<Rule: SelectionRule>: CurriculumParameters {
  /// How a round chooses.
  package var rule: Rule
  /// How rounds are held.
  package var settings: RoundSettings

  /// The defaults.
  package init() { self.init(Rule()) }

  /// A rule in rounds.
  package init(_ rule: Rule, _ settings: RoundSettings = RoundSettings()) {
    self.rule = rule
    self.settings = settings
  }

  /// The rule's name.
  package static var name: String { Rule.name }

  /// What the rule does.
  package static var summary: String { Rule.summary }

  /// One sentence a parameter.
  package static var keys: [String: KeyDeclaration] {
    Rule.keys.merging(RoundSettings.keys) { own, _ in own }
  }

  /// Reads both from one map.
  package init(from decoder: any Decoder) throws {
    self.init(try Rule(from: decoder), try RoundSettings(from: decoder))
  }

  /// Writes both into one map, the rule's parameters first.
  package func encode(to encoder: any Encoder) throws {
    try rule.encode(to: encoder)
    try settings.encode(to: encoder)
  }

  /// Makes the curriculum.
  package func curriculum(seed: Seed) throws -> any PromptCurriculum {
    var plan = try rule.plan()
    plan.name = Rule.name
    plan.settings = settings
    return try StagedCurriculum(plan, seed: seed)
  }
}
