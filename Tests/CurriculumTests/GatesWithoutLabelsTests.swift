import Core
import Foundation
import Testing

@testable import Curriculum

@Suite("Gates without labels")
struct GatesWithoutLabelsTests {
  /// What a gate bounds, and the value at which it admits everybody.
  static let kinds: [(change: @Sendable (inout TVDFRule, Double) -> Void, loosest: Double)] = [
    ({ $0.maximumEntropy = $1 }, log(1176)), ({ $0.teacherAgreement = $1 }, 0),
    ({ $0.studentAgreement = $1 }, 0),
  ]

  private func candidates(_ count: Int = 40) -> [CandidateEvidence] {
    var generator = Seed(5).derived("evidence").generator()
    return pool(count).map { known in
      var candidate = known
      candidate.teacherEntropy = log(1176) * generator.uniform()
      candidate.teacherAgreement = generator.uniform()
      candidate.studentAgreement = generator.uniform()
      return candidate
    }
  }

  private func chosen(_ change: (inout TVDFRule) -> Void) async throws -> [SelectionRecord] {
    let parameters = tvdf {
      ($0.rule.trpv, $0.rule.dbtp) = (false, false)
      change(&$0.rule)
    }
    var curriculum = try parameters.curriculum(seed: Seed(1))
    return try await curriculum.beginRound(candidates())
  }

  @Test("what is measured apart is put together whole")
  func filled() {
    var full = CandidateEvidence(
      id: "p", teacherQuality: [0.5], studentQuality: 0.25, trajectoryReverseKL: 1,
      responseLength: 3, rewardSpread: 0.125)
    (full.teacherEntropy, full.teacherAgreement, full.studentAgreement) = (2, 0.75, 0.375)
    full.teacherPosition = 0.5
    // Whoever adds a measurement has to name it here, and the next line then asks that it is taken over.
    for (name, value) in Mirror(reflecting: full).children {
      let measured = Mirror(reflecting: value).displayStyle != .optional || "\(value)" != "nil"
      #expect(measured, "\(name ?? "")")
    }
    var empty = CandidateEvidence(id: "p")
    empty.fill(full)
    #expect(empty == full)
    var own = CandidateEvidence(id: "p", studentQuality: 1)
    own.fill(full)
    #expect(own.studentQuality == 1 && own.teacherEntropy == 2)
  }

  @Test("at their loosest choose as no gate does", arguments: [0, 1, 2])
  func loosest(kind: Int) async throws {
    let (change, loosest) = Self.kinds[kind]
    let free = try await chosen { _ in }
    let gated = try await chosen { change(&$0, loosest) }
    #expect(gated == free && gated.count(where: \.taken) == 20)
  }

  @Test("admit fewer the stricter they are, and none that a looser one refuses", arguments: 0..<3)
  func stricter(kind: Int) async throws {
    let (change, loosest) = Self.kinds[kind]
    let bounds = loosest > 0 ? [0.9, 0.5, 0.2].map { $0 * loosest } : [0.1, 0.5, 0.8]
    var admitted = try await bounds.asyncMap { bound in
      Set(try await chosen { change(&$0, bound) }.filter(\.admitted).map(\.id))
    }
    admitted.insert(Set(candidates().map(\.id)), at: 0)
    for (looser, stricter) in zip(admitted, admitted.dropFirst()) {
      #expect(stricter.isStrictSubset(of: looser) && !stricter.isEmpty)
    }
  }

  @Test("read no right answer, alone; beside TRPV the labelled gate does")
  func labels() throws {
    for (change, loosest) in Self.kinds {
      var rule = TVDFRule()
      (rule.trpv, rule.dbtp) = (false, false)
      change(&rule, loosest)
      #expect(try !StagedCurriculum(rule.plan(), seed: Seed(0)).readsTruth)
      (rule.trpv, rule.theta, rule.k) = (true, 0.5, 1)
      #expect(try rule.plan().gates.count == 2)
      #expect(try StagedCurriculum(rule.plan(), seed: Seed(0)).readsTruth)
    }
  }

  @Test("say what they measured, and that nobody measured it")
  func words() throws {
    var evidence = CandidateEvidence(id: "a")
    let entropy = try TeacherEntropyGate(maximum: 2)
    let expected = CurriculumError.missingEvidence(
      id: "a", what: "the entropy of the teacher's belief")
    #expect(throws: expected) { try entropy.refusal(of: Candidate(evidence)) }
    (evidence.teacherEntropy, evidence.teacherAgreement) = (2.5, 0.25)
    evidence.studentAgreement = 0.5
    let candidate = Candidate(evidence)
    #expect(try entropy.refusal(of: candidate) == "teacher entropy: 2.5 nats, above 2.0")
    #expect(
      try AgreementGate(.teachers, least: 0.5).refusal(of: candidate)
        == "agreement of two teachers: 0.25, below 0.5")
    #expect(try AgreementGate(.student, least: 0.5).refusal(of: candidate) == nil)
  }

  @Test("refuse bounds out of range", arguments: [-0.1, 1.1, .nan])
  func ranges(bad: Double) {
    #expect(throws: CurriculumError.self) { try AgreementGate(.student, least: bad) }
    #expect(throws: CurriculumError.self) { try TeacherEntropyGate(maximum: -abs(bad)) }
  }
}

extension Array {
  fileprivate func asyncMap<T>(_ transform: (Element) async throws -> T) async rethrows -> [T] {
    var results: [T] = []
    for element in self { results.append(try await transform(element)) }
    return results
  }
}
