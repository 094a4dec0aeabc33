package import Core
package import Plugins

/// Something users choose by its name and set by its parameters, each of which has a default.
package protocol NamedChoice: DefaultedConfiguration, Hashable {
  /// The name it is chosen by.
  static var name: String { get }

  /// What it does, in one sentence.
  static var summary: String { get }
}

/// What a user may set of a curriculum, and how to make it.
///
/// A mandatory property is optional and checked by `curriculum(seed:)`.
package protocol CurriculumParameters: NamedChoice, PluginParameters {
  /// Makes the curriculum.
  ///
  /// - Parameter seed: The root of its streams.
  /// - Returns: The curriculum before its first round.
  /// - Throws: `CurriculumError` for a parameter out of range or not given.
  func curriculum(seed: Seed) throws -> any PromptCurriculum
}

/// Where a disagreement between teacher and student is read off.
package enum Disagreement: String, Codable, Sendable, CaseIterable {
  /// Teacher quality − student quality.
  case qualityGap
  /// Σ_t (log π − log q) over the student's own answer.
  case trajectoryRKLSum = "trajectoryRKL(sum)"
  /// The same, averaged over the answer's tokens.
  case trajectoryRKLMean = "trajectoryRKL(mean)"

  /// The score it names.
  func score(gapPredictions: Int = 1, shortLists: ShortLists = .refuse) throws -> any CandidateScore
  {
    switch self {
    case .qualityGap: try QualityGap(predictions: gapPredictions, shortLists: shortLists)
    case .trajectoryRKLSum: TrajectoryReverseKL(.sum)
    case .trajectoryRKLMean: TrajectoryReverseKL(.mean)
    }
  }

  static let key = KeyDeclaration.choice(
    Disagreement.self,
    "qualityGap, trajectoryRKL(sum) or trajectoryRKL(mean): what prompts are ranked by.")
}

/// The parameters of every curriculum there is, in the order in which they are listed to users.
package let allCurriculumParameters: [any CurriculumParameters.Type] = [
  UniformParameters.self,
  RoundParameters<TVDFRule>.self,
  RoundParameters<TopRule>.self,
  RoundParameters<EvenlySpacedRule>.self,
  RoundParameters<BalancedBinsRule>.self,
  RoundParameters<GaussianDisagreementRule>.self,
  RoundParameters<GaussianRule>.self,
  RoundParameters<HardestRule>.self,
  RoundParameters<EasiestRule>.self,
  RoundParameters<DifficultyPoolsRule>.self,
  RoundParameters<TeacherAheadRule>.self,
  RoundParameters<RewardSpreadRule>.self,
  RoundParameters<LearningProgressRule>.self,
]
