import Distill
import Foundation
import Core
import Tensors
import Testing

@Suite("Methods")
struct PresetTests {
  @Test("have distinct names and can learn", arguments: MethodPreset.all)
  func valid(method: MethodPreset) throws {
    #expect(MethodPreset.all.count { $0.name == method.name } == 1)
    try method.objective.validate(ObjectiveSetting(group: method.hints.group))
    #expect(!method.summary.isEmpty && !method.source.isEmpty && !method.gradient.isEmpty)
  }

  @Test("survive being written down and read back", arguments: MethodPreset.all)
  func roundTrip(method: MethodPreset) throws {
    let data = try JSONEncoder().encode(method.objective)
    #expect(try JSONDecoder().decode(Objective.self, from: data) == method.objective)
  }

  @Test(
    "are all there",
    arguments: [
      "opd", "opd-full", "opd-topk", "gkd", "grpo", "dr-grpo", "dapo", "gspo", "rloo",
      "reinforce++", "cispo", "tw-grpo", "kf-grpo", "t-grpo", "sft", "off-policy-kd",
      "entropy-opd", "extrapolated-opd", "trust-region-opd", "importance-decayed-opd",
      "prefix-opd", "order-consistent-opd", "self-distillation",
    ])
  func complete(name: String) throws { _ = try MethodPreset.named(name) }

  @Test("that are misspelt are answered with the nearest")
  func misspelt() {
    let error = #expect(throws: ObjectiveError.self) { try MethodPreset.named("grpp") }
    #expect(error?.remedy == "Did you mean 'grpo'?")
  }

  @Test("say what they need")
  func requirements() throws {
    let full = try MethodPreset.named("opd-full").objective.requirements
    #expect(full.teacherSupport == .full && !full.needsReward)
    let grpo = try MethodPreset.named("grpo").objective.requirements
    #expect(grpo.teacherSupport == nil && grpo.needsReward && grpo.needsReference)
    #expect(grpo.minimumGroup == 2)
    let entropy = try MethodPreset.named("entropy-opd").objective.requirements
    #expect(entropy.teacherSupport == .full)
    let prefix = try MethodPreset.named("prefix-opd").objective.requirements
    #expect(prefix.teacherSupport == .top(2))
    let ordered = try MethodPreset.named("kf-grpo").objective.requirements
    #expect(ordered.disorderedInput == .hybrid(share: 0.5))
  }
}

@Suite("Objectives that cannot learn")
struct ValidationTests {
  func refusal(_ component: ObjectiveComponent, _ source: Objective.RolloutSource = .student)
    -> String?
  {
    do throws(ObjectiveError) {
      try Objective([component], rolloutSource: source).validate()
      return nil
    } catch {
      return error.description
    }
  }

  @Test("k1 as a loss is refused, with the reason and what to take instead")
  func k1() {
    #expect(
      refusal(ObjectiveComponent([.teacher], estimator: .logRatio(.k1))) == """
        This objective cannot learn: k1 as a loss has expected gradient 0, because E[∇log π] = 0. \
        The nearest objective that can: estimator k2, or policyGradient with signal teacher.
        """)
  }

  @Test("a divergence over top-k tokens used as an advantage is refused")
  func topKAdvantage() {
    let support = VocabularySupport.top(4, of: .student, rest: .tail)
    #expect(
      refusal(ObjectiveComponent([.teacher], support: support))?.contains("estimator reverseKL")
        == true)
  }

  @Test("whitening a teacher's advantages is refused")
  func whitened() {
    #expect(
      refusal(ObjectiveComponent([.teacher], weighting: [.whiten]))?.contains("teacher's mean")
        == true)
    #expect(refusal(ObjectiveComponent([.reward(.grpo)], weighting: [.whiten])) == nil)
  }

  @Test("a teacher that is the live student is refused")
  func liveStudent() throws {
    let objective = try MethodPreset.named("opd").objective
    let error = #expect(throws: ObjectiveError.self) {
      try objective.validate(ObjectiveSetting(group: 1, teacherIsStudent: true))
    }
    #expect(error?.happened.contains("every divergence is 0") == true)
  }

  @Test("a group of one with a relative advantage is refused")
  func groupOfOne() throws {
    let objective = try MethodPreset.named("grpo").objective
    let error = #expect(throws: ObjectiveError.self) {
      try objective.validate(ObjectiveSetting(group: 1))
    }
    #expect(error?.happened.contains("no relative advantage") == true)
  }

  @Test(
    "whatever else has no gradient or no meaning is refused",
    arguments: [
      ObjectiveComponent([]),
      ObjectiveComponent([.demonstrations]),
      ObjectiveComponent([.reference]),
      ObjectiveComponent([Signal(.constant(0))]),
      ObjectiveComponent([.teacher], estimator: .divergence(.reverseKL)),
      ObjectiveComponent([.reference], support: .full, estimator: .divergence(.reverseKL)),
      ObjectiveComponent(
        [.teacher], support: .full,
        estimator: .divergence(.jensenShannon(beta: 0, normalised: false))),
      ObjectiveComponent(
        [.teacher], support: .top(1, of: .student, rest: .renormalised),
        estimator: .divergence(.reverseKL)),
      ObjectiveComponent([.teacher], weighting: [.window(from: 3, to: 3)]),
      ObjectiveComponent([.teacher], weighting: [.clip(0)]),
      ObjectiveComponent([.teacher], weight: 0),
    ])
  func others(component: ObjectiveComponent) { #expect(refusal(component) != nil) }

  @Test("ratios of answers that nobody sampled are refused")
  func ratios() {
    let component = ObjectiveComponent([.teacher], correction: .importanceRatio)
    #expect(refusal(component, .demonstrations) != nil)
  }
}

@Suite("Phrases of a configuration")
struct PhraseTests {
  @Test("are read by place and by name, and written back")
  func read() throws {
    let clip = try Correction(text: "ppoClip(0.2, 0.28, dual=3)")
    #expect(clip == .ppoClip(low: 0.2, high: 0.28, dual: 3))
    #expect(clip.description == "ppoClip(low=0.2, high=0.28, dual=3)")
    #expect(try Reduction(text: "sequenceMeanTokenSumNorm(256)").description.contains("256"))
    #expect(
      try Signal(text: "teacher(base=current, weight=0.5)")
        == Signal(.teacher(TeacherSignal(base: .current)), weight: 0.5))
    #expect(
      try Estimator(text: "jsd(0.1, form=normalised)")
        == .divergence(.jensenShannon(beta: 0.1, normalised: true)))
  }

  @Test("answer mistakes with what was meant")
  func mistakes() {
    func message(_ body: () throws -> Void) -> String? {
      do { try body() } catch let error as ObjectiveError { return error.description } catch {}
      return nil
    }
    #expect(
      message { _ = try Estimator(text: "reversKL") }
        == "There is no estimator called 'reversKL'. Did you mean 'reverseKL'?")
    #expect(
      message { _ = try Correction(text: "ppoClip(lo=0.2)") }
        == "There is no parameter of 'ppoClip' called 'lo'. Did you mean 'low'?")
    #expect(message { _ = try Correction(text: "ppoClip(0.2") }?.contains("not closed") == true)
    #expect(
      message { _ = try VocabularySupport(text: "top(x)") }
        == """
        'top(x)' cannot be read: 'k' is not a number, or further from 0 than 1000000000. Write it as \
        `name` or `name(key=value, …)`; see `docs/objectives.md`.
        """)
  }

  @Test("unknown keys of a component are errors")
  func keys() {
    let text = #"{"components": [{"signals": ["teacher"], "reductoin": "tokenSum"}]}"#
    let error = #expect(throws: ObjectiveError.self) {
      try JSONDecoder().decode(Objective.self, from: Data(text.utf8))
    }
    #expect(error?.remedy == "Did you mean 'reduction'?")
  }
}
