package import Core

/// The SCC gate.
package struct TeacherAheadRule: SelectionRule {
  /// The quality from which an answer is right.
  package var threshold = 0.7

  /// A threshold of .7.
  package init() {}

  /// The name it is chosen by.
  package static let name = "scc"

  /// What it does.
  package static let summary =
    "Random prompts that the teacher gets right and the student does not (SCC)."

  /// One sentence a parameter.
  package static let keys: [String: KeyDeclaration] = [
    "threshold": .real(0...1, "The quality from which an answer counts as right.")
  ]

  /// The score and the sampler.
  package func plan() throws -> SelectionPlan {
    SelectionPlan(gates: [try TeacherAheadGate(threshold: threshold)])
  }
}

/// Selection by reward spread.
package struct RewardSpreadRule: SelectionRule {
  /// The spread above which a group teaches something.
  package var minimum = 0.0
  /// For how many rounds a group without signal rests.
  package var rest = 1

  /// Groups without any spread rest a round.
  package init() {}

  /// The name it is chosen by.
  package static let name = "rewardSpread"

  /// What it does.
  package static let summary = "The prompts whose groups of answers differ most in reward."

  /// One sentence a parameter.
  package static let keys: [String: KeyDeclaration] = [
    "minimum": .real(0..., "The standard deviation above which a group teaches something."),
    "rest": .integer(1..., "For how many rounds a prompt without signal rests.", unit: "rounds"),
  ]

  /// The score and the sampler.
  package func plan() throws -> SelectionPlan {
    SelectionPlan(
      gates: [try RewardSpreadGate(minimum: minimum, rest: rest)], score: RewardSpreadScore(),
      sampler: TopSampler())
  }
}

/// Selection by learning progress.
package struct LearningProgressRule: SelectionRule {
  /// w: how many rewards are averaged on each side.
  package var window = 4
  /// ε: the share of uniform draws.
  package var exploration = 0.2

  /// w 4 and ε .2.
  package init() {}

  /// The name it is chosen by.
  package static let name = "learningProgress"

  /// What it does.
  package static let summary = "Prompts in proportion to how fast their reward is changing."

  /// One sentence a parameter.
  package static let keys: [String: KeyDeclaration] = [
    "window": .integer(1...8, "How many rewards are averaged on each side of the change (w)."),
    "exploration": .real(.above(0, to: 1), "The share of uniform draws (ε)."),
  ]

  /// The score and the sampler.
  package func plan() throws -> SelectionPlan {
    SelectionPlan(
      score: try LearningProgress(window: window),
      sampler: try ProportionalSampler(exploration: exploration))
  }
}
