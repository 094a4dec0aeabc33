import Core
import Testing

@testable import Curriculum

@Suite("A curriculum that reads right answers")
struct CurriculumLabelTests {
  private func readsTruth(
    _ rule: some SelectionRule, arm: SelectionPlan.Arm = .on
  ) throws -> Bool {
    var plan = try rule.plan()
    plan.settings = RoundSettings(budget: 4, arm: arm)
    return try StagedCurriculum(plan, seed: Seed(0)).readsTruth
  }

  private func tvdf(_ change: (inout TVDFRule) -> Void) -> TVDFRule {
    var rule = TVDFRule()
    (rule.theta, rule.k) = (0.5, 1)
    change(&rule)
    return rule
  }

  @Test("asks how good the teacher's answers are, or observes rewards")
  func reads() throws {
    #expect(try readsTruth(tvdf { $0.dbtp = false }))
    #expect(try readsTruth(tvdf { $0.trpv = false }))
    #expect(try readsTruth(RewardSpreadRule()) && readsTruth(LearningProgressRule()))
  }

  @Test("is none where it compares distributions, draws blindly, or is a control that is off")
  func blind() throws {
    #expect(
      try !readsTruth(
        tvdf {
          $0.trpv = false
          $0.score = .trajectoryRKLSum
        }))
    #expect(try !readsTruth(tvdf { _ in }, arm: .off))
    #expect(try !UniformParameters().curriculum(seed: Seed(0)).readsTruth)
  }
}
