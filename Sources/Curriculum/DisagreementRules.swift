package import Core

/// Top-k without a gate.
package struct TopRule: SelectionRule {
  /// What prompts are ranked by.
  package var score = Disagreement.qualityGap

  /// By gap of quality.
  package init() {}

  /// The name it is chosen by.
  package static let name = "topK"

  /// What it does.
  package static let summary = "The prompts on which teacher and student differ most."

  /// One sentence a parameter.
  package static let keys: [String: KeyDeclaration] = [
    "score": Disagreement.key
  ]

  /// The score and the sampler.
  package func plan() throws -> SelectionPlan {
    SelectionPlan(score: try score.score(), sampler: TopSampler())
  }
}

/// DSUS.
package struct EvenlySpacedRule: SelectionRule {
  /// What prompts are ranked by.
  package var score = Disagreement.qualityGap

  /// By gap of quality.
  package init() {}

  /// The name it is chosen by.
  package static let name = "dsus"

  /// What it does.
  package static let summary = "Prompts of evenly spaced ranks of disagreement (DSUS)."

  /// One sentence a parameter.
  package static let keys: [String: KeyDeclaration] = [
    "score": Disagreement.key
  ]

  /// The score and the sampler.
  package func plan() throws -> SelectionPlan {
    SelectionPlan(score: try score.score(), sampler: EvenlySpacedRanks())
  }
}

/// BBDS.
package struct BalancedBinsRule: SelectionRule {
  /// What prompts are ranked by.
  package var score = Disagreement.qualityGap
  /// How many bins there are.
  package var bins = 5
  /// Which bin gets the remainder.
  package var order = BalancedBins.Order.highestFirst

  /// Five bins of the quality gap.
  package init() {}

  /// The name it is chosen by.
  package static let name = "bbds"

  /// What it does.
  package static let summary = "Equally many prompts from each band of disagreement (BBDS)."

  /// One sentence a parameter.
  package static let keys: [String: KeyDeclaration] = [
    "score": Disagreement.key,
    "bins": .integer(1...100_000, "How many bins of equal width the scores fall into."),
    "order": .choice(
      BalancedBins.Order.self, "highestFirst or lowestFirst: which bin gets the remainder."),
  ]

  /// The score and the sampler.
  package func plan() throws -> SelectionPlan {
    SelectionPlan(
      score: try score.score(), sampler: try BalancedBins(bins: bins, order: order))
  }
}

/// GWDS.
package struct GaussianDisagreementRule: SelectionRule {
  /// What prompts are ranked by.
  package var score = Disagreement.qualityGap
  /// c: the score that is drawn most.
  package var center = 0.9
  /// σ.
  package var width = 0.2

  /// c .9 and σ .2 over the quality gap.
  package init() {}

  /// The name it is chosen by.
  package static let name = "gwds"

  /// What it does.
  package static let summary = "Random prompts, most of them of large disagreement (GWDS)."

  /// One sentence a parameter.
  package static let keys: [String: KeyDeclaration] = [
    "score": Disagreement.key,
    "center": .real(.any, "The score that is drawn most (c)."),
    "width": .real(.above(0), "How far from it draws fall (σ)."),
  ]

  /// The score and the sampler.
  package func plan() throws -> SelectionPlan {
    SelectionPlan(
      score: try score.score(),
      sampler: try GaussianSampler(center: center, width: width, name: "GWDS"))
  }
}
