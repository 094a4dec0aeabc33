import Curriculum
import Core

/// A pool with everything measured, drawn from a seed.
func pool(_ count: Int, seed: UInt64 = 1) -> [CandidateEvidence] {
  var generator = Seed(seed).derived("pool").generator()
  return (0..<count).map { index in
    let teacher = (0..<5).map { _ in generator.uniform() }
    return CandidateEvidence(
      id: "prompt-\(index)", teacherQuality: teacher, studentQuality: generator.uniform(),
      trajectoryReverseKL: 4 * generator.uniform(), responseLength: 1 + index % 9)
  }
}

/// Scores drawn from a seed.
func scores(_ count: Int, seed: UInt64 = 1) -> [Double] {
  var generator = Seed(seed).derived("scores").generator()
  return (0..<count).map { _ in 2 * generator.uniform() - 1 }
}

/// Every sampler there is.
func everySampler() throws -> [any CandidateSampler] {
  [
    TopSampler(), BottomSampler(), UniformSampler(), EvenlySpacedRanks(), try BalancedBins(),
    try BalancedBins(bins: 3, order: .lowestFirst), try DifficultyPools(),
    try GaussianSampler(center: 0.9, width: 0.2), try ProportionalSampler(),
  ]
}

/// Every curriculum there is, with θ and k given where they are mandatory.
func everyParameters() -> [any CurriculumParameters] {
  allCurriculumParameters.map { type in
    guard type == RoundParameters<TVDFRule>.self else { return type.init() }
    return tvdf()
  }
}

/// TVDF with θ .4 and k 3.
func tvdf(
  _ change: (inout RoundParameters<TVDFRule>) -> Void = { _ in }
) -> RoundParameters<TVDFRule> {
  var parameters = RoundParameters(TVDFRule(), RoundSettings(budget: 20))
  parameters.rule.theta = 0.4
  parameters.rule.k = 3
  change(&parameters)
  return parameters
}
