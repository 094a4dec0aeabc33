/// What can be set of top-k without a gate.
public struct TopParameters: RoundParameters {
  /// What prompts are ranked by.
  public var score = Disagreement.iouGap
  /// How many prompts a round takes.
  public var budget: Int?
  /// How often the pool is scored.
  public var rounds: Int?
  /// After how many dealt prompts it is scored again.
  public var every: Int?
  /// Whether this is the arm or its control.
  public var arm = SelectionPlan.Arm.on

  /// By IoU gap.
  public init() {}

  /// The name it is chosen by.
  public static let name = "topK"

  /// What it does.
  public static let summary = "The prompts on which teacher and student differ most."

  /// One sentence a parameter.
  public static let documentation = documented([
    "score": Disagreement.documentation
  ])

  /// The score and the sampler.
  func plan() throws -> SelectionPlan {
    SelectionPlan(score: try score.score(), sampler: TopSampler())
  }
}

/// What can be set of DSUS.
public struct EvenlySpacedParameters: RoundParameters {
  /// What prompts are ranked by.
  public var score = Disagreement.iouGap
  /// How many prompts a round takes.
  public var budget: Int?
  /// How often the pool is scored.
  public var rounds: Int?
  /// After how many dealt prompts it is scored again.
  public var every: Int?
  /// Whether this is the arm or its control.
  public var arm = SelectionPlan.Arm.on

  /// By IoU gap.
  public init() {}

  /// The name it is chosen by.
  public static let name = "dsus"

  /// What it does.
  public static let summary = "Prompts of evenly spaced ranks of disagreement (DSUS)."

  /// One sentence a parameter.
  public static let documentation = documented([
    "score": Disagreement.documentation
  ])

  /// The score and the sampler.
  func plan() throws -> SelectionPlan {
    SelectionPlan(score: try score.score(), sampler: EvenlySpacedRanks())
  }
}

/// What can be set of BBDS.
public struct BalancedBinsParameters: RoundParameters {
  /// What prompts are ranked by.
  public var score = Disagreement.iouGap
  /// How many bins there are.
  public var bins = 5
  /// Which bin gets the remainder.
  public var order = BalancedBins.Order.highestFirst
  /// How many prompts a round takes.
  public var budget: Int?
  /// How often the pool is scored.
  public var rounds: Int?
  /// After how many dealt prompts it is scored again.
  public var every: Int?
  /// Whether this is the arm or its control.
  public var arm = SelectionPlan.Arm.on

  /// Five bins of the IoU gap.
  public init() {}

  /// The name it is chosen by.
  public static let name = "bbds"

  /// What it does.
  public static let summary = "Equally many prompts from each band of disagreement (BBDS)."

  /// One sentence a parameter.
  public static let documentation = documented([
    "score": Disagreement.documentation,
    "bins": "How many bins of equal width the scores fall into, at least 1.",
    "order": "highestFirst or lowestFirst: which bin gets the remainder.",
  ])

  /// The score and the sampler.
  func plan() throws -> SelectionPlan {
    SelectionPlan(
      score: try score.score(), sampler: try BalancedBins(bins: bins, order: order))
  }
}

/// What can be set of GWDS.
public struct GaussianDisagreementParameters: RoundParameters {
  /// What prompts are ranked by.
  public var score = Disagreement.iouGap
  /// c: the score that is drawn most.
  public var center = 0.9
  /// σ.
  public var width = 0.2
  /// How many prompts a round takes.
  public var budget: Int?
  /// How often the pool is scored.
  public var rounds: Int?
  /// After how many dealt prompts it is scored again.
  public var every: Int?
  /// Whether this is the arm or its control.
  public var arm = SelectionPlan.Arm.on

  /// c .9 and σ .2 over the IoU gap.
  public init() {}

  /// The name it is chosen by.
  public static let name = "gwds"

  /// What it does.
  public static let summary = "Random prompts, most of them of large disagreement (GWDS)."

  /// One sentence a parameter.
  public static let documentation = documented([
    "score": Disagreement.documentation,
    "center": "The score that is drawn most (c).",
    "width": "How far from it draws fall (σ), above 0.",
  ])

  /// The score and the sampler.
  func plan() throws -> SelectionPlan {
    SelectionPlan(
      score: try score.score(),
      sampler: try GaussianSampler(center: center, width: width, name: "GWDS"))
  }
}
