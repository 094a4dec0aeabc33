package import Core

/// TVDF: TRPV, then DBTP.
///
/// With `trpv` and `dbtp` it has the four arms of an ablation; without DBTP prompts are drawn uniformly.
package struct TVDFRule: SelectionRule {
  /// How DBTP turns disagreement into a choice.
  package enum Sampler: String, Codable, Sendable, CaseIterable {
    /// The largest disagreement.
    case topK
    /// Evenly spaced ranks.
    case dsus
    /// Balanced bins, 5 of them.
    case bbds
    /// Gaussian draws, c .9 and σ .2.
    case gwds
    /// Draws that do not read the score.
    case uniform
  }

  /// θ: the quality below which the teacher is not relied on; mandatory with TRPV.
  package var theta: Double?
  /// Over how many of the teacher's predictions its quality is averaged; mandatory with TRPV.
  package var k: Int?
  /// What a list of fewer predictions is worth.
  package var shortLists = ShortLists.refuse
  /// What DBTP ranks by.
  package var score = Disagreement.qualityGap
  /// Over how many predictions the teacher's side of the quality gap is averaged.
  package var gapPredictions = 1
  /// How DBTP chooses.
  package var sampler = Sampler.topK
  /// Whether TRPV is on.
  package var trpv = true
  /// Whether DBTP is on.
  package var dbtp = true

  /// Both halves, top-k by gap of quality; θ and k must be given.
  package init() {}

  /// The name it is chosen by.
  package static let name = "tvdf"

  /// What it does.
  package static let summary =
    "Video-OPD's curriculum: prompts the teacher gets right, where the student differs most."

  /// One sentence a parameter.
  package static let keys: [String: KeyDeclaration] = [
    "theta": .real(
      0...1, "The quality below which the teacher is not relied on (θ); mandatory with trpv."),
    "k": .integer(
      1..., "Over how many top predictions the teacher's quality is averaged; mandatory with trpv."),
    "shortLists": .choice(
      ShortLists.self, "refuse, average or zero: what a list of fewer predictions is worth."),
    "score": Disagreement.key,
    "gapPredictions": .integer(
      1..., "Over how many predictions the teacher's side of qualityGap is averaged."),
    "sampler": .choice(
      Sampler.self, "topK, dsus, bbds, gwds or uniform: how the budget is spent on the ranked."),
    "trpv": .flag("Whether prompts on which the teacher is unreliable are dropped."),
    "dbtp": .flag("Whether disagreement ranks the rest; if not, they are drawn uniformly."),
  ]

  /// The gate, the score and the sampler that are on.
  package func plan() throws -> SelectionPlan {
    var plan = SelectionPlan()
    if trpv {
      guard let theta else { throw missing("theta") }
      guard let k else { throw missing("k") }
      plan.gates = [
        try TeacherReliabilityGate(threshold: theta, predictions: k, shortLists: shortLists)
      ]
    }
    if dbtp {
      plan.score = try score.score(gapPredictions: gapPredictions, shortLists: shortLists)
      plan.sampler = try makeSampler()
    }
    return plan
  }

  private func missing(_ name: String) -> CurriculumError {
    .mandatory(curriculum: Self.name, name: name)
  }

  private func makeSampler() throws -> any CandidateSampler {
    switch sampler {
    case .topK: TopSampler()
    case .dsus: EvenlySpacedRanks()
    case .bbds: try BalancedBins()
    case .gwds: try GaussianSampler(center: 0.9, width: 0.2, name: "GWDS")
    case .uniform: UniformSampler()
    }
  }
}
