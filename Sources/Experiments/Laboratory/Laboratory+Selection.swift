internal import Curriculum
internal import Plugins
internal import Rollouts

extension Laboratory {
  mutating func registerSelection() throws {
    try registerKeyframes()
    try curricula.register(
      "tvdf", summary: "teacher-validated prompts (TRPV), ranked by disagreement (DBTP)",
      parameters: TVDFParameters.self
    ) { parameters, context in
      try StagedCurriculum(parameters.plan(), seed: context.seed.derived("curriculum"))
    }
    try curricula.register("uniform", summary: "every prompt once an epoch, in random order") {
      UniformCurriculum(seed: $0.seed.derived("curriculum"))
    }
  }
}

/// TVDF: which prompts the teacher is right about, and where the student disagrees with it most.
struct TVDFParameters: PluginParameters {
  var theta: Double?
  var k: Int?
  var trpv = true
  var dbtp = true
  var score = "iouGap"
  var budget: Int?
  var every: Int?
  var arm = SelectionPlan.Arm.on

  static let documentation = [
    "theta": "the least mean IoU of the teacher's best k predictions; mandatory with trpv",
    "k": "how many of the teacher's predictions are looked at; mandatory with trpv",
    "trpv": "whether prompts must pass the teacher's check",
    "dbtp": "whether those left are ranked by disagreement; otherwise drawn uniformly",
    "score": "disagreement: iouGap, trajectoryRKL(sum) or trajectoryRKL(mean)",
    "budget": "prompts chosen a round; all that are admitted if left out",
    "every": "prompts dealt between rounds; one round if left out",
    "arm": "on, or off: the same measurements and draws, but a uniform choice",
  ]

  func plan() throws -> SelectionPlan {
    var gates: [any AdmissionGate] = []
    if trpv {
      guard let theta, let k else {
        throw LaboratoryError.mandatory(
          key: theta == nil ? "theta" : "k",
          why: "the paper gives no value, so a run that uses trpv says its own")
      }
      gates.append(try TeacherReliabilityGate(threshold: theta, predictions: k, shortLists: .zero))
    }
    let ranking: (any CandidateScore)? = dbtp ? try disagreement() : nil
    return SelectionPlan(
      gates: gates, score: ranking, sampler: dbtp ? TopSampler() : UniformSampler(),
      budget: budget, every: every, arm: arm)
  }

  private func disagreement() throws -> any CandidateScore {
    switch score {
    case "iouGap": return try IoUGap(predictions: 1, shortLists: .zero)
    case "trajectoryRKL(sum)": return TrajectoryReverseKL(.sum)
    case "trajectoryRKL(mean)": return TrajectoryReverseKL(.mean)
    default:
      throw LaboratoryError.unknownChoice(
        key: "score", value: score,
        choices: ["iouGap", "trajectoryRKL(sum)", "trajectoryRKL(mean)"])
    }
  }
}
