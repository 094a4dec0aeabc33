package import Core

/// TVDF: TRPV, then DBTP.
///
/// With `trpv` and `dbtp` it has the four arms of an ablation; without DBTP prompts are drawn uniformly. Gates that read no labels
/// stand beside TRPV or, with `trpv: false`, in its place; a prompt passes all that are set.
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
  /// Whether DBTP minds where answers lie.
  package var positions = PositionBalance.free
  /// Whether TRPV is on.
  package var trpv = true
  /// Whether DBTP is on.
  package var dbtp = true
  /// The most entropy of the teacher's belief, nats; any if `nil`.
  package var maximumEntropy: Double?
  /// The least agreement with a second teacher; nobody is asked if `nil`.
  package var teacherAgreement: Double?
  /// The least agreement of the student with the teacher; it is not asked for if `nil`.
  package var studentAgreement: Double?

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
    "positions": .choice(
      PositionBalance.self,
      "free; balanced: the ranking chooses within each quarter of the videos, of which as many are taken as "
        + "are admitted; shifted: the control, drawn uniformly, as many of each as the ranking would take."
    ),
    "trpv": .flag("Whether prompts on which the teacher is unreliable are dropped."),
    "dbtp": .flag("Whether disagreement ranks the rest; if not, they are drawn uniformly."),
    "maximumEntropy": .real(
      0...,
      "A gate without labels: the most entropy of what the teacher believes of all answers; "
        + "at the logarithm of their number everybody passes; none if left out.",
      unit: "nats"),
    "teacherAgreement": .real(
      0...1,
      "A gate without labels: the least agreement of the teacher's best answer with that of "
        + "the run's secondTeacher; none if left out."),
    "studentAgreement": .real(
      0...1,
      "A gate without labels: the least agreement of the student's answer with the teacher's "
        + "best one; none if left out."),
  ]

  /// The gate, the score and the sampler that are on.
  package func plan() throws -> SelectionPlan {
    var plan = SelectionPlan()
    plan.gates = try reliabilityGates() + gatesWithoutLabels()
    if dbtp {
      plan.score = try score.score(gapPredictions: gapPredictions, shortLists: shortLists)
      plan.sampler = try makeSampler()
      plan.positions = positions
    } else if positions != .free {
      throw CurriculumError.parameter(
        curriculum: Self.name, name: "positions", value: positions.rawValue,
        allowed: "free where dbtp is off: nothing is ranked")
    }
    return plan
  }

  private func reliabilityGates() throws -> [any AdmissionGate] {
    guard trpv else { return [] }
    guard let theta else { throw missing("theta") }
    guard let k else { throw missing("k") }
    return [try TeacherReliabilityGate(threshold: theta, predictions: k, shortLists: shortLists)]
  }

  private func gatesWithoutLabels() throws -> [any AdmissionGate] {
    var gates: [any AdmissionGate] = []
    if let maximumEntropy { gates.append(try TeacherEntropyGate(maximum: maximumEntropy)) }
    if let teacherAgreement { gates.append(try AgreementGate(.teachers, least: teacherAgreement)) }
    if let studentAgreement { gates.append(try AgreementGate(.student, least: studentAgreement)) }
    return gates
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
