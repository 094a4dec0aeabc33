import Distill
import Foundation
import Core
import Tensors
import Testing

@Suite("Expected gradients, by visiting every response of three tokens over five")
struct ExpectedGradientTests {
  let world = TabularWorld(width: 5, length: 3, seed: 1)

  func objective(
    _ estimator: Estimator, support: VocabularySupport = .sampled,
    signal: Signal = .teacher, correction: Correction = .none
  ) -> Objective {
    Objective([
      ObjectiveComponent(
        [signal], support: support, estimator: estimator, correction: correction,
        reduction: .tokenSum)
    ])
  }

  func distance(_ objective: Objective, _ expected: [[Token]: [Double]]) throws -> Double {
    TabularWorld.difference(try world.expectedGradient(objective), expected)
  }

  @Test(
    "OPD follows the reverse KL at each prefix, whatever corrects the ratio",
    arguments: [
      Correction.none, .importanceRatio, .ppoClip(low: 0.2, high: 0.28, dual: 3),
      .cispo(high: 0.28),
    ])
  func onPolicy(correction: Correction) throws {
    let expected = world.local(TabularWorld.reverseKL)
    #expect(try distance(objective(.policyGradient, correction: correction), expected) < 1e-10)
    let current = Signal(.teacher(TeacherSignal(base: .current)))
    let now = objective(.policyGradient, signal: current, correction: correction)
    #expect(try distance(now, expected) < 1e-10)
  }

  @Test("with discount 1 OPD follows the reverse KL of whole responses")
  func discounted() throws {
    let signal = Signal(.teacher(TeacherSignal(discount: 1)))
    #expect(
      try distance(objective(.policyGradient, signal: signal), world.sequenceReverseKL()) < 1e-10)
  }

  @Test("k1 as a loss follows nothing")
  func k1() throws {
    let nothing = world.local { p, _ in p.map { _ in 0 } }
    #expect(try distance(objective(.logRatio(.k1)), nothing) < 1e-10)
  }

  @Test("k2 as a loss follows the reverse KL")
  func k2() throws {
    let expected = world.local(TabularWorld.reverseKL)
    #expect(try distance(objective(.logRatio(.k2)), expected) < 1e-10)
  }

  @Test("k3 as a loss follows the forward KL")
  func k3() throws {
    let expected = world.local(TabularWorld.forwardKL)
    #expect(try distance(objective(.logRatio(.k3)), expected) < 1e-10)
  }

  @Test("exact divergences follow themselves, on every support that holds the vocabulary")
  func exact() throws {
    let reverse = world.local(TabularWorld.reverseKL)
    let forward = world.local(TabularWorld.forwardKL)
    let supports: [VocabularySupport] =
      [.full] + VocabularySupport.Owner.allCases.map { .top(5, of: $0, rest: .tail) }
    for support in supports {
      #expect(try distance(objective(.divergence(.reverseKL), support: support), reverse) < 1e-10)
      #expect(try distance(objective(.divergence(.forwardKL), support: support), forward) < 1e-10)
    }
    let jsd = world.local { p, q in
      let m = zip(p, q).map { log(0.3 * exp($1) + 0.7 * exp($0)) }
      let g = zip(p, m).map { 0.7 * exp($0) * ($0 - $1) }
      return zip(p, g).map { $1 - exp($0) * g.reduce(0, +) }
    }
    let kind = RowDivergence.jensenShannon(beta: 0.3, normalised: false)
    #expect(try distance(objective(.divergence(kind), support: .full), jsd) < 1e-10)
  }

  @Test("a constant advantage follows nothing")
  func constant() throws {
    let nothing = world.local { p, _ in p.map { _ in 0 } }
    let signal = Signal(.constant(-1))
    #expect(try distance(objective(.policyGradient, signal: signal), nothing) < 1e-10)
  }

  @Test("extrapolation follows the reverse KL to q^λ·π_b^(1−λ)")
  func extrapolated() throws {
    var target = world
    for prefix in world.prefixes {
      let q = TabularWorld.logSoftmax(world.teacher[prefix] ?? [])
      let b = TabularWorld.logSoftmax(world.reference[prefix] ?? [])
      target.teacher[prefix] = zip(q, b).map { 1.25 * $0 - 0.25 * $1 }
    }
    let signal = Signal(.teacher(TeacherSignal(extrapolation: 1.25)))
    let expected = target.local(TabularWorld.reverseKL)
    #expect(try distance(objective(.policyGradient, signal: signal), expected) < 1e-10)
  }
}

@Suite("Expected gradients of rewards, by visiting every pair of responses")
struct ExpectedRewardGradientTests {
  let world = TabularWorld(width: 3, length: 2, seed: 2)

  func reward(_ tokens: [Token]) -> Double { Double(tokens[0] * 2 + tokens[1] * tokens[1]) / 7 }

  /// The expected gradient of a loss on pairs of independent answers.
  func expected(_ signal: RewardSignal) throws -> [[Token]: [Double]] {
    let objective = Objective([
      ObjectiveComponent([.reward(signal)], reduction: .sequenceMeanTokenSum)
    ])
    var table: [[Token]: [Double]] = [:]
    for first in world.responses {
      for second in world.responses {
        let weight = world.probability(first) * world.probability(second)
        let batch = SignalBatch(groups: [
          [
            world.signals(first, reward: reward(first)),
            world.signals(second, reward: reward(second), slot: 1),
          ]
        ])
        let loss = try objective.prepare(batch: batch, temperature: 1)
        try world.addGradient(loss, 0, first, weight: weight, to: &table)
        try world.addGradient(loss, 1, second, weight: weight, to: &table)
      }
    }
    return table
  }

  /// `−∂E[r]/∂z`.
  func exact(scale: Double) -> [[Token]: [Double]] {
    var table: [[Token]: [Double]] = [:]
    for tokens in world.responses {
      for t in tokens.indices {
        let prefix = Array(tokens[..<t])
        let p = world.studentRow(prefix).map { exp($0) }
        for v in p.indices {
          let push = (v == tokens[t] ? 1 : 0) - p[v]
          table[prefix, default: world.zeros][v] -=
            scale * world.probability(tokens) * reward(tokens) * push
        }
      }
    }
    return table
  }

  @Test("RLOO follows the expected reward exactly")
  func leaveOneOut() throws {
    let gradient = try expected(RewardSignal(baseline: .leaveOneOut))
    #expect(TabularWorld.difference(gradient, exact(scale: 1)) < 1e-10)
  }

  @Test("r − mean follows (G−1)/G of it")
  func groupMean() throws {
    let gradient = try expected(RewardSignal())
    #expect(TabularWorld.difference(gradient, exact(scale: 0.5)) < 1e-10)
  }
}

extension TabularWorld {
  /// The gradient of `Σ_y π(y) log(π(y)/q(y))`, prefixes included, by backward induction.
  func sequenceReverseKL() -> [[Token]: [Double]] {
    var table: [[Token]: [Double]] = [:]
    func toGo(_ prefix: [Token]) -> Double {
      guard prefix.count < length else { return 0 }
      let p = studentRow(prefix)
      let q = teacherRow(prefix)
      let costs = p.indices.map { p[$0] - q[$0] + toGo(prefix + [$0]) }
      let value = p.indices.reduce(0) { $0 + exp(p[$1]) * costs[$1] }
      let weight = probability(prefix)
      table[prefix] = p.indices.map { weight * exp(p[$0]) * (costs[$0] - value) }
      return value
    }
    _ = toGo([])
    return table
  }
}
