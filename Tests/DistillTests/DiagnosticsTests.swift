import Foundation
import Core
import Student
import Testing

@testable import Distill

@Suite("Diagnostics")
struct DiagnosticsTests {
  let world = TabularWorld(width: 7, length: 1, seed: 9)
  var p: [Double] { world.studentRow([]) }
  var q: [Double] { world.teacherRow([]) }

  @Test("the audit finds which estimator is unbiased for which divergence")
  func audit() {
    func bias(
      _ estimator: GradientAudit.SampledEstimator, _ target: GradientAudit.Target
    ) -> Double { GradientAudit(estimator, against: target, student: p, teacher: q).bias }
    #expect(bias(.policyGradient, .reverseKL) < 1e-12)
    #expect(bias(.k2, .reverseKL) < 1e-12)
    #expect(bias(.k3, .forwardKL) < 1e-12)
    #expect(bias(.k3, .reverseKL) > 0.01)
    let k1 = GradientAudit(.k1, against: .reverseKL, student: p, teacher: q)
    #expect(abs(k1.bias - k1.exactNorm) < 1e-12)
    #expect(k1.variance > 0)
  }

  @Test("its variance is that of draws")
  func variance() {
    let audit = GradientAudit(.policyGradient, against: .reverseKL, student: p, teacher: q)
    var expected = 0.0
    let mean = TabularWorld.reverseKL(p, q)
    for v in p.indices {
      let d = p[v] - q[v]
      for u in p.indices {
        let g = d * ((u == v ? 1 : 0) - exp(p[u]))
        expected += exp(p[v]) * (g - mean[u]) * (g - mean[u])
      }
    }
    #expect(abs(audit.variance - expected) < 1e-12)
    #expect(abs(audit.alignment - 1) < 1e-9)
  }

  @Test("a comparison adds up over parts")
  func comparison() throws {
    let student = (p + q).map { Float($0) }
    let teacher = (q + q).map { Float($0) }
    var whole = DistributionComparison(k: 3)
    whole.add(student: student, teacher: teacher, width: 7, stopTokens: [0])
    var parts = DistributionComparison(k: 3)
    parts.add(
      student: Array(student[..<7]), teacher: Array(teacher[..<7]), width: 7, stopTokens: [0])
    parts.add(
      student: Array(student[7...]), teacher: Array(teacher[7...]), width: 7, stopTokens: [0])
    #expect(whole == parts)
    let exact = zip(p, q).reduce(0) { $0 + exp($1.0) * ($1.0 - $1.1) }
    #expect(abs(try #require(whole.reverseKL.mean) - exact / 2) < 1e-6)
    #expect(try #require(whole.overlap.mean) >= 0.5)
  }

  @Test("divergence by place adds up to the divergence, and is found where the teacher differs")
  func places() throws {
    // Four positions, of which only the third has another distribution than the student's.
    var response = ResponseSignals(
      promptID: "p", slot: 0, tokens: [1, 2, 3, 0], behaviour: [0, 0, 0, 0])
    response.teacherRows = .exact(p + p + q + p, width: 7)
    // 15 numbers hold two rows: the probe looks at the response in two parts.
    let probe = DistributionProbe(
      responses: [[response]], temperature: 1, k: 3, end: 0, audited: nil, chunkBytes: 60)
    var logits = p + p + p + p
    var span = logits.mutableSpan
    let metrics = try probe.evaluate(group: 0, slot: 0, logits: &span).metrics
    let deciles = try [0, 2, 5, 7].map { decile in
      try #require(metrics["teacher_kl/decile_\(decile)"]?.mean)
    }
    let exact = zip(p, q).reduce(0) { $0 + exp($1.0) * ($1.0 - $1.1) }
    #expect(deciles.enumerated().allSatisfy { abs($1 - ($0 == 2 ? exact : 0)) < 1e-6 })
    let whole = try #require(metrics["teacher_kl/reverse"])
    #expect(abs(deciles.reduce(0, +) - whole.sum) < 1e-9 && whole.weight == 4)
  }

  @Test("the profile of advantages finds sign, size and place")
  func profile() {
    let profile = AdvantageProfile([[1, -2, 3, -4, 5, -6, 7, -8, 9, -10], [0]])
    #expect(profile.magnitudes == [0, 2.5, 5, 7.5, 9.5, 10])
    #expect(abs(profile.positiveShare - 5.0 / 11) < 1e-12)
    #expect(profile.byDecile[0] == 0.5)
    #expect(profile.byDecile[9] == -10)
  }

  @Test("equal ratios are worth every sample, one huge ratio is worth one")
  func sampleSize() {
    #expect(effectiveSampleSize([2, 2, 2]) == 3)
    #expect(abs(effectiveSampleSize([1e6, 1, 1]) - 1) < 1e-5)
    #expect(effectiveSampleSize([]) == 0)
  }
}

@Suite("Weights of single tokens")
struct TokenWeightTests {
  @Test("importance decay falls from 1 + γ as disagreement is used up")
  func decay() {
    #expect(importanceDecay([2, -1, 1], gamma: 0.5) == [1.5, 1.25, 1.125])
    #expect(importanceDecay([0, 0], gamma: 0.5) == [1.5, 1.5])
  }

  @Test("TW-GRPO weighs positions where the group disagrees most by α, least by 1")
  func disagreement() {
    let weights = tokenKLWeights([[-1, -1, -0.5], [-1, -3], [-1, -2, -0.6]], alpha: 1.7)
    #expect(weights.count == 3)
    #expect(weights[0] == 1)
    #expect(abs(weights[1] - 1.7) < 1e-6)
    #expect(weights[2] > 1 && weights[2] < 1.1)
    #expect(tokenKLWeights([[-1, -2]], alpha: 1.7) == [1, 1])
  }

  @Test("order consistency makes up half the deficit on each side, and no more")
  func order() {
    let shifts = orderConsistencyShifts(
      meanAdvantages: [0.1, 0.3], right: [true, false], delta: 0.4)
    #expect(abs(shifts[0] - 0.3) < 1e-12 && abs(shifts[1] + 0.3) < 1e-12)
    #expect(
      orderConsistencyShifts(meanAdvantages: [1, 0], right: [true, false], delta: 0.4) == [0, 0])
    #expect(
      orderConsistencyShifts(meanAdvantages: [1, 0], right: [true, true], delta: 0.4) == [0, 0])
  }

  @Test("a change point is found where the margin drops, and only then")
  func changePoint() {
    let rule = ChangePointRule()
    let noise = [0.1, -0.1, 0.05, -0.05, 0.1]
    #expect(rule.kept(noise.map { 3 + $0 } + noise.map { 1 + $0 }) == 5)
    #expect(rule.kept(noise.map { 1 + $0 } + noise.map { 3 + $0 }) == 10)
    #expect(rule.kept(noise + noise) == 10)
    #expect(rule.kept([3, 3, 0, 0]) == 4)
    #expect(rule.kept([3, 3, 3, 0, 0, 0]) == 3)
    #expect(rule.kept([Double](repeating: 2, count: 12)) == 12)
    let blocks = ChangePointRule(block: 2)
    #expect(blocks.kept([3, 3, 3, 3, 3, 3, 0, 0, 0, 0, 0, 0]) == 6)
  }

  @Test("overlong answers lose up to the penalty, linearly over the buffer")
  func overlong() {
    func penalty(_ length: Int) -> Double {
      overlongPenalty(length: length, limit: 20, buffer: 5, penalty: 1)
    }
    #expect([15, 16, 18, 20, 25].map(penalty) == [0, -0.2, -0.6, -1, -1])
  }
}

@Suite("What can go wrong with signals")
struct SignalErrorTests {
  let groups = RaggedBatch(seed: 5).groups

  @Test("a missing teacher is named with its prompt")
  func missing() throws {
    var groups = groups
    groups[1].rollouts[0].teacher = nil
    let objective = try MethodPreset.named("opd").objective
    let error = #expect(throws: ObjectiveError.self) {
      try objective.prepare(groups: groups, temperature: 1)
    }
    #expect(error == .missing(.teacher, "p1"))
    #expect(
      error?.happened
        == "The objective needs the teacher's log-probabilities of prompt 'p1', and there is none."
    )
  }

  @Test("a teacher that scored another number of tokens is refused")
  func count() throws {
    var groups = groups
    groups[0].rollouts[1].teacher?.sampled.append(-1)
    let length = groups[0].rollouts[1].rollout.tokens.count
    let objective = try MethodPreset.named("opd").objective
    #expect(
      throws: ObjectiveError.tokenCountMismatch(
        signal: .teacher, prompt: "p0", expected: length, received: length + 1)
    ) { try objective.prepare(groups: groups, temperature: 1) }
  }

  @Test("NaN is refused with its place, −∞ from a teacher is not")
  func notFinite() throws {
    var groups = groups
    let objective = try MethodPreset.named("opd").objective
    groups[2].rollouts[0].teacher?.sampled[0] = -.infinity
    #expect(throws: Never.self) { try objective.prepare(groups: groups, temperature: 1) }
    groups[2].rollouts[0].teacher?.sampled[0] = .nan
    #expect(
      throws: ObjectiveError.notFinite(what: "teacher", prompt: "p2", position: 0)
    ) { try objective.prepare(groups: groups, temperature: 1) }
  }

  @Test("a student whose logits are NaN stops with the prompt")
  func nanLogits() throws {
    let loss = try MethodPreset.named("opd").objective.prepare(groups: groups, temperature: 1)
    var logits = [Float](repeating: .nan, count: groups[0].rollouts[0].rollout.tokens.count * 11)
    #expect(throws: ObjectiveError.self) {
      var span = logits.mutableSpan
      _ = try loss.evaluate(group: 0, slot: 0, logits: &span)
    }
  }

  @Test("a plug-in that nobody registered is refused with the names there are")
  func plugIn() {
    let objective = Objective([ObjectiveComponent([Signal(.plugIn("mine"))])])
    #expect(
      throws: ObjectiveError.unknownName(
        kind: "advantage estimator", name: "mine", candidates: ["other"])
    ) {
      try objective.prepare(
        groups: groups, temperature: 1,
        context: ObjectiveContext(advantageEstimators: ["other": ConstantAdvantage(1)]))
    }
  }

  @Test("a plug-in's advantages are used, and their count is checked")
  func plugInUsed() throws {
    let objective = Objective([ObjectiveComponent([Signal(.plugIn("mine"))])])
    let constant = Objective([ObjectiveComponent([Signal(.constant(2))])])
    let batch = RaggedBatch(seed: 5)
    let context = ObjectiveContext(advantageEstimators: ["mine": ConstantAdvantage(2)])
    let a = try batch.evaluate(
      objective.prepare(groups: groups, temperature: 1, context: context), as: Double.self)
    let b = try batch.evaluate(constant.prepare(groups: groups, temperature: 1), as: Double.self)
    #expect(a.gradient == b.gradient)
    struct Short: AdvantageEstimator {
      func advantages(of batch: SignalBatch) throws -> [[[Double]]] {
        batch.groups.map { $0.map { _ in [1] } }
      }
    }
    #expect(throws: ObjectiveError.self) {
      try objective.prepare(
        groups: groups, temperature: 1,
        context: ObjectiveContext(advantageEstimators: ["mine": Short()]))
    }
  }

  @Test("dynamic sampling drops groups without spread, and they count nowhere")
  func dropped() throws {
    var groups = groups
    for i in groups[1].rollouts.indices { groups[1].rollouts[i].reward?.total = 0.5 }
    var dapo = try MethodPreset.named("dapo").objective
    dapo.shaping = []
    let loss = try dapo.prepare(groups: groups, temperature: 1)
    #expect(loss.trained == [true, false, true])
    let tokens = [0, 2].flatMap { groups[$0].rollouts }.reduce(0) { $0 + $1.rollout.tokens.count }
    #expect(loss.tokenCount == tokens)
    #expect(loss.metrics["frac_reward_zero_std"]?.mean == 1.0 / 3)
  }
}

@Suite("Names of reference cases")
struct GoldenCaseNameTests {
  @Test(
    "are read whatever k, β, bounds and weights stand in them",
    arguments: [
      "reverse_kl/top7_student_tail/token_sum", "forward_kl/top1_teacher_raw/token_mean",
      "reverse_kl/top3_union_renormalised/sequence_mean_token_sum",
      "jsd/0.25/full/sequence_mean_token_mean", "jsd/0.7/top2_student_tail/token_mean",
      "opd_importance_sampling/sequence_mean_token_sum_norm", "opd_ppo_clip/token_sum",
      "opd_dual_clip_2.5/token_mean", "grpo/clip0.1_beta0.1/token_mean",
      "grpo/clip0.2_0.3_beta0.01/token_mean", "dapo/clip0.15_0.3/token_mean",
      "gspo/clip1e-3_2e-3", "cispo/clip_high0.5/token_sum", "rloo/sequence_mean_token_sum",
      "grpo_plus_teacher_0.25/clip0.3/token_mean", "estimator_as_loss/k3/token_sum",
    ])
  func known(name: String) { #expect(GoldenCaseName.objective(name, length: 6) != nil) }

  @Test(
    "that stand for nothing are unsupported, not guessed",
    arguments: [
      "reverse_kl/full", "reverse_kl/top0_student_tail/token_mean", "grpo/clipx/token_mean",
      "something/token_mean", "estimator_as_loss/k4/token_mean", "jsd/full/token_mean", "",
    ])
  func unknown(name: String) { #expect(GoldenCaseName.objective(name, length: 6) == nil) }

  @Test("carry their numbers into the objective")
  func numbers() {
    let objective = GoldenCaseName.objective("grpo/clip0.1_0.3_beta0.02/token_mean", length: 6)
    #expect(objective?.components[0].correction == .ppoClip(low: 0.1, high: 0.3, dual: nil))
    #expect(objective?.components[1].weight == 0.02)
  }
}
