import Core
import Testing

@testable import Curriculum

@Suite("Gates")
struct GateTests {
  @Test("TRPV admits a mean of exactly θ, and says what it measured below")
  func reliability() throws {
    let gate = try TeacherReliabilityGate(threshold: 0.5, predictions: 2)
    let onTheLine = CandidateEvidence(id: "a", teacherQuality: [0.75, 0.25, 0])
    #expect(try gate.refusal(of: Candidate(onTheLine)) == nil)
    let below = CandidateEvidence(id: "a", teacherQuality: [0.5, 0.25, 1])
    #expect(
      try gate.refusal(of: Candidate(below))
        == "TRPV: the mean quality of the teacher's top 2 is 0.375, below θ = 0.5")
  }

  @Test("a short list of predictions is refused, averaged, or filled up with zeros")
  func shortLists() throws {
    let candidate = Candidate(CandidateEvidence(id: "a", teacherQuality: [0.8]))
    #expect(throws: CurriculumError.fewerPredictions(id: "a", expected: 2, received: 1)) {
      try candidate.teacherQuality(2)
    }
    #expect(try candidate.teacherQuality(2, shortLists: .average) == 0.8)
    #expect(try candidate.teacherQuality(2, shortLists: .zero) == 0.4)
  }

  @Test("SCC wants a teacher that is right and a student that is not", arguments: [0.69, 0.7])
  func teacherAhead(student: Double) throws {
    let gate = try TeacherAheadGate()
    let candidate = CandidateEvidence(id: "a", teacherQuality: [0.7], studentQuality: student)
    #expect(try (gate.refusal(of: Candidate(candidate)) == nil) == (student < 0.7))
    let weak = CandidateEvidence(id: "a", teacherQuality: [0.69], studentQuality: 0)
    #expect(try gate.refusal(of: Candidate(weak))?.contains("teacher") == true)
  }

  @Test("groups without spread rest a round, then are tried again; unknown ones are let in")
  func spread() throws {
    let gate = try RewardSpreadGate()
    var history = PromptHistory()
    history.note(PromptObservation(id: "a", step: 0, rewardSpread: 0), round: 0)
    let evidence = CandidateEvidence(id: "a", rewardSpread: 0)
    let refused = try (1...3).map { round in
      try gate.refusal(of: Candidate(evidence, history: history, round: round)) != nil
    }
    #expect(refused == [true, false, false])
    #expect(try gate.refusal(of: Candidate(CandidateEvidence(id: "b"))) == nil)
  }

  @Test("a curriculum remembers what training showed when it begins its next round")
  func observed() async throws {
    let parameters = RoundParameters(RewardSpreadRule(), RoundSettings(every: 1))
    var curriculum = try parameters.curriculum(seed: Seed(1))
    _ = try await curriculum.beginRound(pool(3))
    curriculum.observe([PromptObservation(id: "prompt-1", step: 0, rewardSpread: 0)])
    let lines = try await curriculum.beginRound(pool(3))
    #expect(lines.filter { !$0.taken }.map(\.id) == ["prompt-1"])
    #expect(lines[1].evidence.rewardSpread == 0)
  }

  @Test("learning progress is the change between the last two windows")
  func progress() throws {
    let score = try LearningProgress(window: 2)
    #expect(score.progress([9, 0, 1, 1, 2]) == 1)
    #expect(score.progress([0.25, 1]) == 0.75)
    #expect(score.progress([1]) == nil)
  }
}

@Suite("Errors of curricula")
struct CurriculumErrorTests {
  @Test("a NaN score names its prompt", arguments: [Double.nan, .infinity])
  func notFinite(bad: Double) async throws {
    var candidates = pool(10)
    candidates[4].trajectoryReverseKL = bad
    var rule = TopRule()
    rule.score = .trajectoryRKLSum
    var curriculum = try RoundParameters(rule).curriculum(seed: Seed(1))
    let error = await #expect(throws: CurriculumError.self) {
      try await curriculum.beginRound(candidates)
    }
    #expect(
      error?.description == """
        The trajectory reverse KL of prompt 'prompt-4' is \(bad), which is not a finite number. \
        Look at the model's answer to this prompt, or leave the prompt out.
        """)
  }

  @Test("a NaN from a score of one's own names its prompt too")
  func ownScore() throws {
    struct Broken: CandidateScore {
      var name: String { "luck" }
      var needs: EvidenceNeeds { [] }
      func scores(of candidates: [Candidate]) -> [Double] { candidates.map { _ in .nan } }
    }
    var curriculum = try StagedCurriculum(SelectionPlan(score: Broken()), seed: Seed(1))
    let expected = CurriculumError.notFinite(id: "prompt-0", what: "luck", value: "nan")
    #expect(throws: expected) { try curriculum.beginRound(pool(2)) }
  }

  @Test("θ and k have no default, and are not asked for without TRPV")
  func mandatory() throws {
    let error = #expect(throws: CurriculumError.self) {
      try RoundParameters(TVDFRule()).curriculum(seed: Seed(1))
    }
    #expect(
      error?.description == """
        The curriculum 'tvdf' was not given theta, which has no default. Write it down in the \
        configuration; the paper does not say what it was.
        """)
    #expect(throws: CurriculumError.mandatory(curriculum: "tvdf", name: "k")) {
      try tvdf { $0.rule.k = nil }.curriculum(seed: Seed(1))
    }
    var ungated = TVDFRule()
    ungated.trpv = false
    _ = try RoundParameters(ungated).curriculum(seed: Seed(1))
  }

  @Test("numbers out of range are usage errors", arguments: [0, -3])
  func ranges(bad: Int) throws {
    let error = #expect(throws: CurriculumError.self) {
      try tvdf { $0.settings.budget = bad }.curriculum(seed: Seed(1))
    }
    #expect(error?.exitStatus == .usage)
    #expect(throws: CurriculumError.self) { try tvdf { $0.rule.k = bad }.curriculum(seed: Seed(1)) }
    #expect(throws: CurriculumError.self) { try BalancedBins(bins: bad) }
    #expect(throws: CurriculumError.self) { try GaussianSampler(center: 0, width: Double(bad)) }
    #expect(throws: CurriculumError.roundsWithoutEvery(curriculum: "tvdf", rounds: 2)) {
      try tvdf { $0.settings.rounds = 2 }.curriculum(seed: Seed(1))
    }
  }

  @Test("a pool that cannot be used says why")
  func pools() async throws {
    var curriculum = try tvdf().curriculum(seed: Seed(1))
    #expect(throws: CurriculumError.noRound) { try curriculum.next(1) }
    await #expect(throws: CurriculumError.noCandidates(round: 0)) {
      try await curriculum.beginRound([])
    }
    await #expect(throws: CurriculumError.duplicateCandidate(id: "prompt-0")) {
      try await curriculum.beginRound(pool(2) + pool(1))
    }
    await #expect(throws: CurriculumError.missingEvidence(id: "x", what: "the teacher's quality")) {
      try await curriculum.beginRound([CandidateEvidence(id: "x")])
    }
    let wrong = CandidateEvidence(id: "x", teacherQuality: [0, 0, 0], studentQuality: 0)
    let error = await #expect(throws: CurriculumError.self) {
      try await curriculum.beginRound([wrong])
    }
    #expect(
      error?.happened == """
        Round 0 admitted none of its 1 candidates; of the first one: TRPV: the mean quality of the \
        teacher's top 3 is 0.0, below θ = 0.4.
        """)
  }

  @Test("a snapshot must be readable and of the same seed")
  func snapshots() throws {
    var curriculum = UniformCurriculum(seed: Seed(1))
    let other = try UniformCurriculum(["a"], seed: Seed(2)).snapshot()
    #expect(throws: CurriculumError.otherSeed(expected: 1, received: 2)) {
      try curriculum.restore(other)
    }
    let error = #expect(throws: CurriculumError.self) { try curriculum.restore([1, 2]) }
    #expect(error?.happened.contains("2 bytes") == true)
  }
}
