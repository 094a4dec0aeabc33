import Core
import Testing

@testable import Distill

@Suite("The labels that a method uses")
struct ObjectiveLabelTests {
  private func labels(_ name: String, truth: Bool = false) throws -> String {
    try MethodPreset.named(name).objective.labels(teacherReadsTruth: truth).words
  }

  @Test("are all of them in imitation, rewards in reinforcement, none with a teacher of its own")
  func families() throws {
    #expect(try labels("sft") == "all")
    #expect(try labels("grpo") == "rewards")
    #expect(try labels("opd") == "none" && labels("opd-full") == "none")
  }

  @Test("are the teacher's where it is made of them, and only where it is asked")
  func teacher() throws {
    #expect(try labels("opd-full", truth: true) == "teacher's")
    #expect(try labels("grpo", truth: true) == "rewards")
    #expect(try labels("sft", truth: true) == "all")
  }

  @Test("follow from what every method needs", arguments: MethodPreset.all)
  func algebra(preset: MethodPreset) {
    let (objective, needs) = (preset.objective, preset.objective.requirements)
    let blind = objective.labels(teacherReadsTruth: false)
    let told = objective.labels(teacherReadsTruth: true)
    #expect(blind.contains(.rewards) == needs.needsReward)
    #expect(blind.contains(.all) == (objective.rolloutSource == .demonstrations))
    #expect(!blind.contains(.teacher) && told.subtracting(.teacher) == blind)
    #expect(
      told.contains(.teacher)
        == (needs.teacherSupport != nil || objective.rolloutSource == .teacher))
  }

  @Test("are counted as rewards for a plug-in that is shown them")
  func plugIn() {
    let objective = Objective([ObjectiveComponent([Signal(.plugIn("mine"))])])
    #expect(objective.labels(teacherReadsTruth: false) == .rewards)
  }
}
