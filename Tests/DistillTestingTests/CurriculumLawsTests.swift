import Curriculum
import DistillTesting
import Core
import Testing

/// A curriculum that breaks one law.
struct BrokenCurriculum: PromptCurriculum {
  enum Fault { case few, repeating, forgetful, silent, ordered, lenient, eager }

  var base = UniformCurriculum(seed: Seed(1))
  let fault: Fault
  var first: [UInt8]?
  var needs: EvidenceNeeds { fault == .eager ? .studentQuality : [] }
  var needsRound: Bool { base.needsRound }

  init(_ fault: Fault) { self.fault = fault }

  mutating func beginRound(_ candidates: [CandidateEvidence]) throws -> [SelectionRecord] {
    var pool = candidates
    if fault == .lenient {
      var seen: Set<String> = []
      pool = pool.filter { seen.insert($0.id).inserted }
    }
    if fault == .ordered { pool = Array(pool.prefix(pool.count / 2)) }
    var records = try base.beginRound(pool)
    if fault == .ordered {
      records += candidates.dropFirst(pool.count).map {
        SelectionRecord(round: 0, id: $0.id, score: nil, evidence: $0, taken: false, reason: "late")
      }
    }
    if fault == .few { records.removeLast() }
    if fault == .silent { records[0].reason = "" }
    first = try base.snapshot()
    return records
  }

  mutating func next(_ count: Int) throws -> [String] {
    let dealt = try base.next(count)
    return fault == .repeating ? dealt.map { _ in dealt[0] } : dealt
  }

  mutating func observe(_ observations: [PromptObservation]) { base.observe(observations) }
  func snapshot() throws -> [UInt8] { try fault == .forgetful ? first ?? [] : base.snapshot() }
  mutating func restore(_ snapshot: [UInt8]) throws { try base.restore(snapshot) }
}

@Suite("The suite for curricula")
struct CurriculumLawsTests {
  let candidates = (0..<24).map { index in
    CandidateEvidence(
      id: "p\(index)", teacherQuality: [Double(index % 7) / 7 + 0.1, 0.4],
      studentQuality: Double(index % 5) / 5, trajectoryReverseKL: Double(index % 11),
      responseLength: 5 + index % 3, rewardSpread: Double(index % 4) / 4)
  }

  @Test("our own curricula keep every law")
  func ours() async throws {
    await checkCurriculum({ UniformCurriculum(seed: Seed(3)) }, candidates: candidates)
    for sampler in TVDFRule.Sampler.allCases {
      var rule = TVDFRule()
      rule.theta = 0.3
      rule.k = 1
      rule.sampler = sampler
      let settled = RoundParameters(rule, RoundSettings(budget: 8, rounds: 1))
      await checkCurriculum({ try settled.curriculum(seed: Seed(3)) }, candidates: candidates)
    }
  }

  @Test(
    "each fault is caught by the law it breaks",
    arguments: [
      (BrokenCurriculum.Fault.few, "There is one record a candidate."),
      (.repeating, "Every prompt that was taken is dealt once an epoch."),
      (.forgetful, "A curriculum goes on exactly where its snapshot was taken."),
      (.silent, "Every record says why."),
      (.ordered, "The choice does not depend on the pool's order."),
      (.lenient, "A candidate that occurs twice is refused."),
      (.eager, "A pool on which nothing was measured is refused."),
    ])
  func caught(_ fault: BrokenCurriculum.Fault, _ law: String) async {
    let violations = await curriculumViolations({ BrokenCurriculum(fault) }, candidates: candidates)
    #expect(violations.contains { $0.law == law }, "\(violations)")
  }
}
