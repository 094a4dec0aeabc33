internal import Core

/// What a round of a curriculum does: who may come in, what they are ranked by, who is chosen.
package struct SelectionPlan: Sendable {
  /// Whether the plan is followed.
  package enum Arm: String, Codable, Sendable, CaseIterable {
    /// It is.
    case on
    /// The control: everything is measured, scored and drawn as with `on`, but as many prompts as the plan would have
    /// taken are drawn uniformly from the whole pool.
    case off
  }

  /// A candidate must pass all of them.
  package var gates: [any AdmissionGate]
  /// What those admitted are ranked by; `nil` where the sampler reads no scores.
  package var score: (any CandidateScore)?
  /// Who is chosen among them.
  package var sampler: any CandidateSampler
  /// Whether the choice minds where answers lie.
  package var positions = PositionBalance.free
  /// How many are chosen, and how often.
  package var settings: RoundSettings
  /// What it is called in error messages.
  package var name: String

  /// A plan; without arguments it takes everybody once.
  package init(
    name: String = "staged", gates: [any AdmissionGate] = [], score: (any CandidateScore)? = nil,
    sampler: any CandidateSampler = UniformSampler(), settings: RoundSettings = RoundSettings()
  ) {
    self.name = name
    self.gates = gates
    self.score = score
    self.sampler = sampler
    self.settings = settings
  }

  /// One line a candidate, in the same order.
  ///
  /// - Parameters:
  ///   - pool: The candidates, ascending by id.
  ///   - seed: The stream of this round.
  /// - Returns: Who is taken, and why.
  /// - Throws: `CurriculumError` for missing or meaningless measurements, or if nobody is admitted.
  func select(_ pool: [Candidate], seed: Seed) throws -> [SelectionRecord] {
    let refusals = try pool.map { candidate in
      try gates.lazy.compactMap { try $0.refusal(of: candidate) }.first { _ in true }
    }
    let admitted = pool.indices.filter { refusals[$0] == nil }
    guard !admitted.isEmpty else {
      throw CurriculumError.nobodyAdmitted(
        round: pool.first?.round ?? 0, candidates: pool.count,
        reason: refusals.first.flatMap { $0 } ?? "")
    }
    let scores = try finiteScores(admitted.map { pool[$0] })
    let chosen = try choose(
      among: admitted.map { pool[$0] }, scores ?? Array(repeating: 0, count: admitted.count),
      seed: seed.derived("sampler"))
    var lines = pool.indices.map { line(pool[$0], refusal: refusals[$0], of: admitted.count) }
    for (place, index) in admitted.enumerated() { lines[index].score = scores?[place] }
    for index in taken(chosen.map { admitted[$0] }, of: pool.count, seed: seed) {
      lines[index].taken = true
      lines[index].reason = reasonForTaking(admitted: admitted.count)
    }
    return lines
  }
}

extension SelectionPlan {
  /// Refuses numbers out of range.
  func check() throws(CurriculumError) {
    let (rounds, every) = (settings.rounds, settings.every)
    for (key, value) in [("budget", settings.budget), ("rounds", rounds), ("every", every)] {
      guard let value, value < 1 else { continue }
      throw .parameter(curriculum: name, name: key, value: "\(value)", allowed: "at least 1")
    }
    if let rounds, rounds > 1, every == nil {
      throw .roundsWithoutEvery(curriculum: name, rounds: rounds)
    }
  }

  private func finiteScores(_ candidates: [Candidate]) throws -> [Double]? {
    guard let score else { return nil }
    let scores = try score.scores(of: candidates)
    for (candidate, value) in zip(candidates, scores) where !value.isFinite {
      throw candidate.notFinite(value, score.name)
    }
    return scores
  }

  private func choose(
    among admitted: [Candidate], _ scores: [Double], seed: Seed
  ) throws -> [Int] {
    let budget = settings.budget ?? admitted.count
    guard positions != .free else { return sampler.choose(budget, from: scores, seed: seed) }
    return positions.choose(
      budget, from: scores, at: try admitted.map { try $0.teacherPosition() }, by: sampler,
      seed: seed)
  }

  /// Who is taken in the end: the sampler's choice, or as many drawn uniformly.
  private func taken(_ chosen: [Int], of count: Int, seed: Seed) -> [Int] {
    guard settings.arm == .off else { return chosen }
    return UniformSampler().choose(
      chosen.count, from: Array(repeating: 0, count: count), seed: seed.derived("off arm"))
  }

  private func line(_ candidate: Candidate, refusal: String?, of admitted: Int) -> SelectionRecord {
    SelectionRecord(
      round: candidate.round, id: candidate.id, score: nil, evidence: candidate.evidence,
      admitted: refusal == nil, taken: false,
      reason: settings.arm == .off
        ? "off arm: not drawn"
        : refusal ?? "not chosen by \(sampler.name) among \(admitted) admitted\(byScore)")
  }

  private func reasonForTaking(admitted: Int) -> String {
    settings.arm == .off
      ? "off arm: drawn uniformly from the whole pool"
      : "chosen by \(sampler.name) among \(admitted) admitted\(byScore)"
  }

  private var byScore: String {
    (score.map { " by \($0.name)" } ?? "") + (positions == .free ? "" : ", quarter by quarter")
  }
}
