import Core
import Statistics
import Testing

private func draws(_ count: Int, _ index: Int) -> [Double] {
  var generator = Seed(11).derived("numbers", index).generator()
  return (0..<count).map { _ in generator.normal() }
}

/// The share of sign patterns whose statistic is at least as extreme, by counting them all.
private func enumerated(_ differences: [Double], statistic: ([Double]) -> Double) -> Double {
  let observed = abs(statistic(differences))
  var hits = 0
  for pattern in 0..<(1 << differences.count) {
    let signed = differences.enumerated().map { (pattern >> $0) & 1 == 0 ? $1 : -$1 }
    if abs(statistic(signed)) >= observed - 1e-12 { hits += 1 }
  }
  return Double(hits) / Double(1 << differences.count)
}

private func signedRankSum(_ differences: [Double]) -> Double {
  zip(differences, midranks(differences.map(abs))).reduce(0) { $0 + ($1.0 > 0 ? $1.1 : -$1.1) }
}

@Suite("Paired tests")
struct PairedTestsTests {
  @Test("count exactly what counting every sign pattern counts", arguments: 0..<8)
  func enumeration(index: Int) {
    let x = draws(9, index)
    let zeros = [Double](repeating: 0, count: 9)
    // Rounding to halves makes ties.
    let tied = x.map { ($0 * 2).rounded() / 2 }.filter { $0 != 0 }
    let zerosOfTied = [Double](repeating: 0, count: tied.count)
    #expect(
      abs(wilcoxonSignedRank(x, zeros).pValue - enumerated(x, statistic: signedRankSum)) < 1e-12)
    let ours = wilcoxonSignedRank(tied, zerosOfTied).pValue
    #expect(abs(ours - enumerated(tied, statistic: signedRankSum)) < 1e-12)
    let flips = signFlipTest(x, zeros, seed: Seed(0)).pValue
    #expect(abs(flips - enumerated(x) { $0.reduce(0, +) }) < 1e-12)
  }

  @Test("do not care which arm is named first")
  func symmetry() {
    let (x, y) = (draws(7, 1), draws(7, 2))
    #expect(pairedT(x, y).pValue == pairedT(y, x).pValue)
    #expect(wilcoxonSignedRank(x, y).pValue == wilcoxonSignedRank(y, x).pValue)
    #expect(signFlipTest(x, y, seed: Seed(0)).pValue == signFlipTest(y, x, seed: Seed(0)).pValue)
  }

  @Test("find nothing where the arms are the same")
  func same() {
    let x = draws(6, 3)
    #expect(pairedT(x, x).pValue == 1)
    #expect(wilcoxonSignedRank(x, x).pValue == 1)
    #expect(signFlipTest(x, x, seed: Seed(0)).pValue == 1)
  }

  @Test("of 25 pairs draw signs from the seed, and come close to the t test")
  func monteCarlo() {
    let x = draws(25, 4).map { $0 + 0.3 }
    let zeros = [Double](repeating: 0, count: 25)
    let first = signFlipTest(x, zeros, seed: Seed(1), draws: 20_000)
    #expect(first == signFlipTest(x, zeros, seed: Seed(1), draws: 20_000))
    #expect(first.pValue != signFlipTest(x, zeros, seed: Seed(2), draws: 20_000).pValue)
    #expect(first.method == .monteCarlo)
    #expect(abs(first.pValue - pairedT(x, zeros).pValue) < 0.02)
  }

  @Test("corrected by Holm grow, keep their order and never pass 1")
  func correction() {
    let raw = [0.04, 0.01, 0.03, 0.9]
    #expect(holm(raw) == [0.09, 0.04, 0.09, 0.9])
    #expect(holm([0.02]) == [0.02])
    #expect(holm([]) == [])
  }

  @Test("of power 80 % notice the minimum detectable effect with chance 80 %")
  func power() {
    for pairs in [2, 5, 20] {
      let effect = minimumDetectableEffect(deviation: 0.02, pairs: pairs)
      let power = pairedPower(difference: effect, deviation: 0.02, pairs: pairs)
      #expect(abs(power - 0.8) < 1e-6)
    }
    #expect(abs(pairedPower(difference: 0, deviation: 1, pairs: 5) - 0.05) < 1e-9)
    #expect(minimumDetectableEffect(deviation: 1, pairs: 1) == .infinity)
    #expect(minimumDetectableEffect(deviation: 0, pairs: 5) == 0)
  }
}

@Suite("Summaries")
struct SummariesTests {
  @Test("cut a quarter at each end, rounded down")
  func interquartile() {
    #expect(interquartileMean([9, 1, 2, 3]) == 2.5)
    #expect(interquartileMean([1, 2, 9]) == 4)
    #expect(interquartileMean([100, 1, 2, 3, 4, 5, 6, -7]) == 3.5)
  }

  @Test("rank ties alike and keep the sum of ranks")
  func ranks() {
    #expect(midranks([3, 1, 3, 2]) == [3.5, 1, 3.5, 2])
    #expect(midranks(draws(30, 1)).reduce(0, +) == 465)
  }

  @Test("give a coin's chance to an arm against itself, and certainty to a separated one")
  func improvement() {
    let x = draws(9, 5)
    #expect(probabilityOfImprovement(from: x, to: x) == 0.5)
    #expect(probabilityOfImprovement(from: x, to: x.map { $0 + 100 }) == 1)
  }

  @Test("count a profile within each task first")
  func profile() {
    let scores = [[0.1, 0.9], [0.5, 0.5, 0.5, 0.7]]
    #expect(performanceProfile(scores: scores, thresholds: [0, 0.6, 1]) == [1, 0.375, 0])
  }

  @Test("correlate perfectly with any increasing function of themselves")
  func correlations() {
    let x = draws(15, 6)
    let cubes = x.map { $0 * $0 * $0 }
    #expect(abs(spearman(x, cubes) - 1) < 1e-12)
    #expect(kendall(x, cubes) == 1)
    #expect(abs(spearman(x, cubes.map { -$0 }) + 1) < 1e-12)
    #expect(kendall([1, 1, 2], [3, 3, 4]) == 1)
  }
}
