public import Core

/// Gaussian draws by difficulty.
public struct GaussianRule: SelectionRule {
  /// μ: the student quality that is drawn most.
  public var center = 0.3
  /// σ.
  public var width = 0.2

  /// μ .3 and σ .2.
  public init() {}

  /// The name it is chosen by.
  public static let name = "gaussian"

  /// What it does.
  public static let summary = "Random prompts, most of them about as hard as the centre says."

  /// One sentence a parameter.
  public static let keys: [String: KeyDeclaration] = [
    "center": .real(.any, "The student quality that is drawn most (μ); TimeLens uses .05."),
    "width": .real(.above(0), "How far from it draws fall (σ)."),
  ]

  /// The score and the sampler.
  public func plan() throws -> SelectionPlan {
    SelectionPlan(
      score: StudentQualityScore(), sampler: try GaussianSampler(center: center, width: width))
  }
}

/// The hardest prompts.
public struct HardestRule: SelectionRule {
  /// Nothing to set.
  public init() {}

  /// The name it is chosen by.
  public static let name = "hardest"

  /// What it does.
  public static let summary = "The prompts on which the student is worst now."

  /// One sentence a parameter.
  public static let keys: [String: KeyDeclaration] = [:]

  /// The score and the sampler.
  public func plan() throws -> SelectionPlan {
    SelectionPlan(score: StudentQualityScore(), sampler: BottomSampler())
  }
}

/// The easiest prompts.
public struct EasiestRule: SelectionRule {
  /// Nothing to set.
  public init() {}

  /// The name it is chosen by.
  public static let name = "easiest"

  /// What it does.
  public static let summary = "The prompts on which the student is best now."

  /// One sentence a parameter.
  public static let keys: [String: KeyDeclaration] = [:]

  /// The score and the sampler.
  public func plan() throws -> SelectionPlan {
    SelectionPlan(score: StudentQualityScore(), sampler: TopSampler())
  }
}

/// Difficulty pools.
public struct DifficultyPoolsRule: SelectionRule {
  /// Where a pool ends and the next begins.
  public var boundaries = [0.3, 0.7]
  /// The weight of each pool, hardest first.
  public var shares = [1.0, 1.0, 1.0]

  /// Three pools of equal weight.
  public init() {}

  /// The name it is chosen by.
  public static let name = "difficultyPools"

  /// What it does.
  public static let summary = "A share of the budget from each band of the student's quality."

  /// One sentence a parameter.
  public static let keys: [String: KeyDeclaration] = [
    "boundaries": .list(
      of: .real(.any),
      "The student qualities at which a pool ends and the next begins, ascending."),
    "shares": .list(
      of: .real(NumberRange(0...Double(NumberRange.most))),
      "The weight of each pool, hardest first; one more than boundaries."),
  ]

  /// The score and the sampler.
  public func plan() throws -> SelectionPlan {
    SelectionPlan(
      score: StudentQualityScore(),
      sampler: try DifficultyPools(boundaries: boundaries, shares: shares))
  }
}
