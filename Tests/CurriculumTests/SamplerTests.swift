import Core
import Testing

@testable import Curriculum

@Suite("Every sampler")
struct SamplerLawTests {
  @Test("spends exactly the budget on distinct candidates, and all where there are fewer")
  func budgets() throws {
    for sampler in try everySampler() {
      for count in [0, 1, 2, 7, 40] {
        for budget in [0, 1, 2, 5, 39, 40, 41] {
          let chosen = sampler.choose(budget, from: scores(count), seed: Seed(3))
          #expect(chosen.count == min(budget, count), "\(sampler.name) \(budget) of \(count)")
          #expect(Set(chosen).count == chosen.count)
          #expect(chosen.allSatisfy { (0..<count).contains($0) })
        }
      }
    }
  }

  @Test("is a pure function of scores, budget and seed")
  func pure() throws {
    for sampler in try everySampler() {
      let first = sampler.choose(9, from: scores(50), seed: Seed(3))
      #expect(sampler.choose(9, from: scores(50), seed: Seed(3)) == first)
    }
  }

  @Test("another seed permutes the order in which prompts are dealt, and nothing else decides it")
  func permutation() async throws {
    var orders: Set<[String]> = []
    for seed in 0..<20 {
      let parameters = RoundParameters(TopRule(), RoundSettings(budget: 6))
      var curriculum = try parameters.curriculum(seed: Seed(UInt64(seed)))
      let chosen = try await curriculum.beginRound(pool(40)).filter(\.taken).map(\.id)
      let dealt = try curriculum.next(6)
      #expect(dealt.sorted() == chosen)
      var again = try parameters.curriculum(seed: Seed(UInt64(seed)))
      _ = try await again.beginRound(pool(40).reversed())
      #expect(try again.next(6) == dealt)
      orders.insert(dealt)
    }
    #expect(orders.count > 10)
    #expect(Set(orders.map { $0.sorted() }).count == 1)
  }

  @Test("favours nobody when all scores are equal: over seeds everybody is chosen")
  func equalScores() throws {
    for sampler in try everySampler() {
      var seen: Set<Int> = []
      for seed in 0..<200 {
        let chosen = sampler.choose(
          3, from: Array(repeating: 0.5, count: 12), seed: Seed(UInt64(seed)))
        #expect(Set(chosen).count == 3)
        seen.formUnion(chosen)
      }
      #expect(seen.count == 12, "\(sampler.name)")
    }
  }

  @Test("survives the largest finite scores")
  func extremes() throws {
    let most = Double.greatestFiniteMagnitude
    let huge = [most, -most, 0, 1e-300, .leastNonzeroMagnitude]
    for sampler in try everySampler() {
      #expect(Set(sampler.choose(4, from: huge, seed: Seed(1))).count == 4, "\(sampler.name)")
    }
  }
}

@Suite("Top-k, hardest and DSUS")
struct RankedSamplerTests {
  @Test("take the highest, the lowest, and evenly spaced ranks")
  func ranks() {
    let scores = [0.1, 0.9, 0.5, 0.7, 0.3]
    #expect(TopSampler().choose(2, from: scores, seed: Seed(1)) == [1, 3])
    #expect(BottomSampler().choose(2, from: scores, seed: Seed(1)) == [0, 4])
    #expect(EvenlySpacedRanks().choose(3, from: scores, seed: Seed(1)) == [1, 2, 0])
  }

  @Test("DSUS takes ranks 1, 4, 7, 10 of 10, and rounds halves away from zero")
  func golden() {
    #expect(EvenlySpacedRanks.ranks(4, of: 10) == [1, 4, 7, 10])
    #expect(EvenlySpacedRanks.ranks(3, of: 10) == [1, 6, 10])
    #expect(EvenlySpacedRanks.ranks(1, of: 10) == [1])
    #expect(EvenlySpacedRanks.ranks(0, of: 10) == [])
    #expect(EvenlySpacedRanks.ranks(9, of: 3) == [1, 2, 3])
  }

  @Test("DSUS follows its formula for every n and k")
  func formula() {
    for count in 2...60 {
      for budget in 2..<count {
        let expected = (0..<budget).map {
          Int((1 + Double((count - 1) * $0) / Double(budget - 1)).rounded())
        }
        #expect(EvenlySpacedRanks.ranks(budget, of: count) == expected)
      }
    }
  }
}

@Suite("BBDS and difficulty pools")
struct BinnedSamplerTests {
  @Test("13 over 5 bins are 3, 3, 3, 2, 2")
  func quotas() { #expect(BalancedBins.quotas(13, bins: 5) == [3, 3, 3, 2, 2]) }

  @Test("each of five full bins gives its quota")
  func full() throws {
    let values = (0..<50).map { Double($0) / 49 }
    let sampler = try BalancedBins()
    let chosen = sampler.choose(13, from: values, seed: Seed(2))
    let bins = sampler.bin(of: values)
    #expect((0..<5).map { bin in chosen.count { bins[$0] == bin } } == [3, 3, 3, 2, 2])
  }

  @Test("an under-filled bin gives its rest to the next, the last one to the first")
  func underFilled() throws {
    let values = [1.0] + Array(repeating: 0.7, count: 10) + Array(repeating: 0, count: 4)
    let sampler = try BalancedBins()
    let bins = sampler.bin(of: values)
    #expect([bins[0], bins[1], bins[14]] == [0, 1, 4])
    let five = sampler.choose(5, from: values, seed: Seed(1))
    #expect((0..<5).map { bin in five.count { bins[$0] == bin } } == [1, 1, 0, 0, 3])
    let ten = sampler.choose(10, from: values, seed: Seed(1))
    #expect((0..<5).map { bin in ten.count { bins[$0] == bin } } == [1, 5, 0, 0, 4])
  }

  @Test("the order of bins says who gets the remainder")
  func order() throws {
    let values = (0..<10).map(Double.init)
    let high = try BalancedBins(bins: 2).choose(1, from: values, seed: Seed(1))
    let low = try BalancedBins(bins: 2, order: .lowestFirst).choose(1, from: values, seed: Seed(1))
    #expect(high[0] >= 5 && low[0] < 5)
  }

  @Test("pools give their shares, and what one lacks the next one gives")
  func pools() throws {
    let sampler = try DifficultyPools(boundaries: [0.3, 0.7], shares: [2, 1, 1])
    #expect(sampler.quotas(10) == [5, 3, 2])
    let values = [0.1, 0.1, 0.3, 0.5, 0.5, 0.5, 0.7, 0.9, 0.9, 0.9]
    let chosen = sampler.choose(8, from: values, seed: Seed(4))
    #expect(chosen.count { values[$0] < 0.3 } == 2)
    #expect(chosen.count { values[$0] >= 0.3 && values[$0] < 0.7 } == 4)
  }
}

@Suite("Weighted draws")
struct WeightedSamplerTests {
  let disagreement = [0.95, 0.9, 0.7, 0.5, 0.1, -0.2]

  @Test("GWDS has the reference probabilities")
  func golden() throws {
    let p = try GaussianSampler(center: 0.9, width: 0.2).probabilities(disagreement)
    let expected = [0.357461, 0.368808, 0.223694, 0.049913, 0.000124]
    #expect(zip(p, expected).allSatisfy { abs($0 - $1) < 5e-7 })
    #expect(abs(p[5] - 1e-7) < 5e-8)
    #expect(abs(p.reduce(0, +) - 1) < 1e-12)
  }

  @Test("candidates are drawn as often as drawing one after the other says", arguments: [1, 2, 3])
  func inclusion(budget: Int) throws {
    let gaussian = try GaussianSampler(center: 0.9, width: 0.2)
    let proportional = try ProportionalSampler(exploration: 0.3)
    for (sampler, p) in [
      (gaussian as any CandidateSampler, gaussian.probabilities(disagreement)),
      (proportional, proportional.probabilities(disagreement)),
    ] {
      let exact = inclusionProbabilities(p, budget: budget)
      let trials = 20_000
      var counts = Array(repeating: 0, count: p.count)
      for trial in 0..<trials {
        for index in sampler.choose(budget, from: disagreement, seed: Seed(UInt64(trial))) {
          counts[index] += 1
        }
      }
      for (count, q) in zip(counts, exact) {
        let deviation = (q * (1 - q) * Double(trials)).squareRoot()
        #expect(abs(Double(count) - q * Double(trials)) < 4.5 * deviation + 2)
      }
    }
  }

  @Test("proportional draws are uniform without progress, and never starve anybody")
  func proportional() throws {
    let sampler = try ProportionalSampler(exploration: 0.2)
    #expect(sampler.probabilities([0, 0, 0, 0]) == [0.25, 0.25, 0.25, 0.25])
    let p = sampler.probabilities([3, 1, 0, 0])
    #expect(zip(p, [0.65, 0.25, 0.05, 0.05]).allSatisfy { abs($0 - $1) < 1e-12 })
  }

  /// Exact inclusion probabilities of successive draws, by enumerating all of them.
  private func inclusionProbabilities(_ p: [Double], budget: Int) -> [Double] {
    var inclusion = Array(repeating: 0.0, count: p.count)
    func draw(_ drawn: [Int], _ probability: Double) {
      guard drawn.count < budget else {
        for index in drawn { inclusion[index] += probability }
        return
      }
      let rest = 1 - drawn.reduce(0) { $0 + p[$1] }
      for index in p.indices where !drawn.contains(index) {
        draw(drawn + [index], probability * p[index] / rest)
      }
    }
    draw([], 1)
    return inclusion
  }
}
