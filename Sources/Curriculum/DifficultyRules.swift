package import Core

/// Gaussian draws by difficulty.
package struct GaussianRule: SelectionRule {
  /// μ: the student quality that is drawn most.
  package var center = 0.3
  /// σ.
  package var width = 0.2

  /// μ .3 and σ .2.
  package init() {}

  /// The name it is chosen by.
  package static let name = "gaussian"

  /// What it does.
  package static let summary = "Random prompts, most of them about as hard as the centre says."

  /// One sentence a parameter.
  package static let keys: [String: KeyDeclaration] = [
    "center": .real(.any, "The student quality that is drawn most (μ); TimeLens uses .05."),
    "width": .real(.above(0), "How far from it draws fall (σ)."),
  ]

  /// The score and the sampler.
  package func plan() throws -> SelectionPlan {
    SelectionPlan(
      score: StudentQualityScore(), sampler: try GaussianSampler(center: center, width: width))
  }
}

/// The hardest prompts.
package struct HardestRule: SelectionRule {
  /// Nothing to set.
  package init() {}

  /// The name it is chosen by.
  package static let name = "hardest"

  /// What it does.
  package static let summary = "The prompts on which the student is worst now."

  /// One sentence a parameter.
  package static let keys: [String: KeyDeclaration] = [:]

  /// The score and the sampler.
  package func plan() throws -> SelectionPlan {
    SelectionPlan(score: StudentQualityScore(), sampler: BottomSampler())
  }
}

/// The easiest prompts.
package struct EasiestRule: SelectionRule {
  /// Nothing to set.
  package init() {}

  /// The name it is chosen by.
  package static let name = "easiest"

  /// What it does.
  package static let summary = "The prompts on which the student is best now."

  /// One sentence a parameter.
  package static let keys: [String: KeyDeclaration] = [:]

  /// The score and the sampler.
  package func plan() throws -> SelectionPlan {
    SelectionPlan(score: StudentQualityScore(), sampler: TopSampler())
  }
}

/// Difficulty pools.
package struct DifficultyPoolsRule: SelectionRule {
  /// Where a pool ends and the next begins.
  package var boundaries = [0.3, 0.7]
  /// The weight of each pool, hardest first.
  package var shares = [1.0, 1.0, 1.0]

  /// Three pools of equal weight.
  package init() {}

  /// The name it is chosen by.
  package static let name = "difficultyPools"

  /// What it does.
  package static let summary = "A share of the budget from each band of the student's quality."

  /// One sentence a parameter.
  package static let keys: [String: KeyDeclaration] = [
    "boundaries": .list(
      of: .real(.any),
      "The student qualities at which a pool ends and the next begins, ascending."),
    "shares": .list(
      of: .real(NumberRange(0...Double(NumberRange.most))),
      "The weight of each pool, hardest first; one more than boundaries."),
  ]

  /// The score and the sampler.
  package func plan() throws -> SelectionPlan {
    SelectionPlan(
      score: StudentQualityScore(),
      sampler: try DifficultyPools(boundaries: boundaries, shares: shares))
  }
}
