public import Rollouts

/// What a user may set of a curriculum, and how to make it.
///
/// Every property has a default; a mandatory one is optional and checked by `curriculum(seed:)`.
public protocol CurriculumParameters: Codable, Sendable, Hashable {
  /// The defaults.
  init()

  /// The name it is chosen by.
  static var name: String { get }

  /// What it does, in one sentence.
  static var summary: String { get }

  /// One sentence a parameter, by its name: meaning, unit, range.
  static var documentation: [String: String] { get }

  /// Makes the curriculum.
  ///
  /// - Parameter seed: The root of its streams.
  /// - Returns: The curriculum before its first round.
  /// - Throws: `CurriculumError` for a parameter out of range or not given.
  func curriculum(seed: Seed) throws -> any PromptCurriculum
}

/// What every curriculum that works in rounds lets users set.
protocol RoundParameters: CurriculumParameters {
  var budget: Int? { get }
  var rounds: Int? { get }
  var every: Int? { get }
  var arm: SelectionPlan.Arm { get }

  /// Who is chosen; its rounds are filled in from the parameters.
  func plan() throws -> SelectionPlan
}

extension RoundParameters {
  /// Makes the curriculum.
  public func curriculum(seed: Seed) throws -> any PromptCurriculum {
    var plan = try plan()
    plan.name = Self.name
    plan.budget = budget
    plan.rounds = rounds
    plan.every = every
    plan.arm = arm
    return try StagedCurriculum(plan, seed: seed)
  }

  static func documented(_ own: [String: String]) -> [String: String] {
    own.merging([
      "budget": "How many prompts a round takes, at least 1; all that are admitted if left out.",
      "rounds": "How often the pool is scored; once, or without end where `every` is given.",
      "every": "After how many dealt prompts the pool is scored again, at least 1.",
      "arm": "on, or off: everything is measured, but as many prompts are drawn uniformly.",
    ]) { own, _ in own }
  }
}

/// Where a disagreement between teacher and student is read off.
public enum Disagreement: String, Codable, Sendable, CaseIterable {
  /// Teacher IoU − student IoU.
  case iouGap
  /// Σ_t (log π − log q) over the student's own answer.
  case trajectoryRKLSum = "trajectoryRKL(sum)"
  /// The same, averaged over the answer's tokens.
  case trajectoryRKLMean = "trajectoryRKL(mean)"

  /// The score it names.
  func score(gapPredictions: Int = 1, shortLists: ShortLists = .refuse) throws -> any CandidateScore
  {
    switch self {
    case .iouGap: try IoUGap(predictions: gapPredictions, shortLists: shortLists)
    case .trajectoryRKLSum: TrajectoryReverseKL(.sum)
    case .trajectoryRKLMean: TrajectoryReverseKL(.mean)
    }
  }

  static let documentation =
    "iouGap, trajectoryRKL(sum) or trajectoryRKL(mean): what prompts are ranked by."
}

/// The parameters of every curriculum there is, in the order in which they are listed to users.
public let allCurriculumParameters: [any CurriculumParameters.Type] = [
  UniformParameters.self,
  TVDFParameters.self,
  TopParameters.self,
  EvenlySpacedParameters.self,
  BalancedBinsParameters.self,
  GaussianDisagreementParameters.self,
  GaussianParameters.self,
  HardestParameters.self,
  EasiestParameters.self,
  DifficultyPoolsParameters.self,
  TeacherAheadParameters.self,
  RewardSpreadParameters.self,
  LearningProgressParameters.self,
]
