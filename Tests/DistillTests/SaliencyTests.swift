import Distill
import Core
import Student
import Testing

@Suite("KF-GRPO's bonus")
struct SaliencyTests {
  let base = [[0.2, 0.9, 0.4, 0.7], [0.5, 0.1, 0.3, 0.8]]
  let accuracy = [[0.1, 0.9, 0.2, 0.6], [0.9, 0.0, 0.1, 0.2]]
  let disordered = [[0.1, 0.1, 0.3, 0.2], [0.1, 0.0, 0.2, 0.1]]

  func change(_ rule: SaliencyRule, _ settings: RewardSignal) -> Double {
    let shaped = base.indices.map { g in
      rule.rewards(
        base: base[g], accuracy: accuracy[g],
        gates: rule.gates(accuracy: accuracy[g], disordered: disordered[g]))
    }
    return effectiveChange(base: base, shaped: shaped, settings: settings)
  }

  @Test("is cancelled by the group's normalisation when A normalises the reward itself")
  func cancelled() {
    #expect(change(SaliencyRule(), .grpo) < 5e-4)
  }

  @Test("is not cancelled when A comes from the accuracy alone, at rollout level, or unscaled")
  func notCancelled() {
    #expect(change(SaliencyRule(advantage: .accuracyOnly), .grpo) > 0.05)
    #expect(change(SaliencyRule(level: .rollout), .grpo) > 0.05)
    #expect(change(SaliencyRule(), RewardSignal()) > 0.05)
  }

  @Test("gates on strictly better accuracy, of the group or of the partner")
  func gates() {
    let group = SaliencyRule()
    #expect(group.gates(accuracy: [1, 0], disordered: [0, 0]) == [1, 1])
    #expect(group.gates(accuracy: [1, 0], disordered: [0, 1]) == [0, 0])
    let half = SaliencyRule(ties: .half)
    #expect(half.gates(accuracy: [1, 0], disordered: [0, 1]) == [0.5, 0.5])
    let rollout = SaliencyRule(level: .rollout)
    #expect(rollout.gates(accuracy: [1, 0], disordered: [0, 1]) == [1, 0])
  }

  @Test("fires by chance too, which the placebo shows")
  func placebo() {
    var dice = Seed(3).generator()
    let rule = SaliencyRule()
    let open = (0..<4000).map { _ in
      let draws = (0..<8).map { _ in dice.uniform() < 0.5 ? 1.0 : 0.0 }
      return rule.gates(accuracy: Array(draws[..<4]), disordered: Array(draws[4...]))[0]
    }
    let rate = open.reduce(0, +) / 4000
    #expect(rate > 0.3 && rate < 0.42)
  }

  @Test("a run that is annihilated says so once, and is GRPO")
  func annihilated() throws {
    let batch = RaggedBatch(seed: 6)
    let context = ObjectiveContext(roles: [.ordered, .disordered(of: 0), .placebo(of: 0)])
    let rule = SaliencyRule(term: "iou", hasPlacebo: true)
    var objective = try MethodPreset.named("kf-grpo").objective
    objective.shaping = [.saliency(rule)]
    var groups = batch.groups
    for slot in groups[1].rollouts.indices { groups[1].rollouts[slot].reward?.terms["iou"] = 0 }
    let loss = try objective.prepare(groups: groups, temperature: 1, context: context)
    #expect(loss.notes.count == 1)
    #expect(loss.notes[0].contains("normalising by the group's deviation cancels it"))
    #expect(loss.metrics["saliency/gate_rate"]?.mean == 1)
    #expect(loss.metrics["saliency/placebo_gate_rate"] != nil)
    #expect(try #require(loss.metrics["saliency/effective_change"]?.mean) < 1e-3)
    #expect(loss.trained == [true, false, false])
  }

  @Test("needs the disordered answers, and says whose are missing")
  func missing() throws {
    let objective = try MethodPreset.named("kf-grpo").objective
    #expect(throws: ObjectiveError.missing(.disorderedAnswers, "p0")) {
      try objective.prepare(groups: RaggedBatch(seed: 6).groups, temperature: 1)
    }
  }
}

@Suite("T-GRPO's bonus")
struct TemporalContrastTests {
  @Test("goes to right answers of groups that do at least μ times as well in order")
  func bonus() {
    let rule = TemporalContrastRule(ratio: 0.8)
    #expect(rule.gate(accuracy: [0.4, 0.4], shuffled: [0.5, 0.5]) == 1)
    #expect(rule.gate(accuracy: [0.3, 0.4], shuffled: [0.5, 0.5]) == 0)
    #expect(rule.rewards(base: [1, 0], accuracy: [0.9, 0.2], gate: 1) == [1.3, 0])
    #expect(rule.rewards(base: [1, 0], accuracy: [0.9, 0.2], gate: 0) == [1, 0])
  }
}

@Suite("Disordered inputs")
struct HybridInputTests {
  @Test("are half keyframes and half others, in disorder, and depend on the seed")
  func hybrid() throws {
    let keyframes = [1, 3, 5, 7, 9, 11]
    for seed in 0..<50 {
      let frames = try DisorderedInput.hybrid(share: 0.5).frames(
        keyframes: keyframes, frameCount: 12, seed: Seed(UInt64(seed)))
      #expect(Set(frames).count == 6)
      #expect(Set(frames).intersection(keyframes).count == 3)
      #expect(frames != frames.sorted())
    }
    let input = DisorderedInput.hybrid(share: 0.5)
    let one = try input.frames(keyframes: keyframes, frameCount: 12, seed: Seed(1))
    #expect(one == (try input.frames(keyframes: keyframes, frameCount: 12, seed: Seed(1))))
    #expect(one != (try input.frames(keyframes: keyframes, frameCount: 12, seed: Seed(2))))
  }

  @Test("leave every frame within its block of neighbours, and in disorder all the same")
  func blocks() throws {
    let keyframes = [1, 3, 5, 7, 9, 11, 13]
    for seed in 0..<50 {
      let frames = try DisorderedInput.hybrid(share: 0.5, block: 3).frames(
        keyframes: keyframes, frameCount: 14, seed: Seed(UInt64(seed)))
      let ordered = frames.sorted()
      #expect(frames != ordered)
      for start in [0, 3, 6] {
        let block = start..<min(start + 3, 7)
        #expect(frames[block].sorted() == ordered[block].sorted())
      }
    }
  }

  @Test("are written and read with their block, and refused with numbers out of range")
  func phrase() throws {
    let rule = try RewardShaping(text: "saliency(level=rollout, block=4)")
    #expect(rule.disorderedInput == .hybrid(share: 0.5, block: 4))
    #expect(try RewardShaping(text: rule.description) == rule)
    var objective = try MethodPreset.named("kf-grpo").objective
    for wrong in [
      "saliency(block=1)", "saliency(hybridShare=3)", "saliency(hybridShare=-1)",
      "temporalContrast(-1)", "overlong(limit=0)", "overlong(buffer=0)", "overlong(penalty=-1)",
    ] {
      objective.shaping = [try RewardShaping(text: wrong)]
      #expect(throws: ObjectiveError.self, "\(wrong)") { try objective.validate() }
    }
    objective.shaping = [rule]
    #expect(throws: Never.self) { try objective.validate() }
  }

  @Test("exist up to two thirds of the frames, and beyond that say why not")
  func twoThirds() throws {
    let input = DisorderedInput.hybrid(share: 0.5)
    #expect(throws: Never.self) {
      try input.frames(keyframes: Array(0..<8), frameCount: 12, seed: Seed(1))
    }
    let error = #expect(throws: HybridInputError.self) {
      try input.frames(keyframes: Array(0..<10), frameCount: 12, seed: Seed(1))
    }
    #expect(
      error?.description == """
        A hybrid input of 10 frames needs 5 that are not keyframes, and only 2 of 12 frames are not. \
        Select at most two thirds of the frames (ratio ≤ 2/3), or raise `hybridShare`.
        """)
  }

  @Test("shuffled inputs keep the keyframes")
  func shuffled() throws {
    let frames = try DisorderedInput.shuffled.frames(
      keyframes: [2, 4, 6, 8], frameCount: 9, seed: Seed(4))
    #expect(frames.sorted() == [2, 4, 6, 8])
    #expect(frames != [2, 4, 6, 8])
  }
}
