import Core
import Statistics
import Testing

@Suite("The spread of a mean over seeds and clusters")
struct MeanSpreadTests {
  /// A table of seeds × clusters × questions: a drawn mean for each seed and each cluster, and noise.
  struct Table {
    var bySeed: [Double]
    var clusters: [[Double]]

    init(
      seeds: Int, clusters count: Int, spread: (seed: Double, cluster: Double),
      _ generator: inout SeededGenerator
    ) {
      let seedEffects = (0..<seeds).map { _ in spread.seed * generator.normal() }
      let seedMean = mean(seedEffects)
      var sums = [Double](repeating: 0, count: seeds)
      clusters = (0..<count).map { _ in
        let effect = spread.cluster * generator.normal()
        return (0..<4).map { _ in
          let noise = (0..<seeds).map { _ in 0.5 * generator.normal() }
          for seed in 0..<seeds { sums[seed] += effect + noise[seed] }
          return seedMean + effect + mean(noise)
        }
      }
      let questions = Double(4 * count)
      bySeed = zip(seedEffects, sums).map { $0 + $1 / questions }
    }
  }

  @Test("makes intervals that cover the truth at least 93 times of 100 where they say 95")
  func coverage() {
    var generator = Seed(7).generator()
    for (seeds, clusters, spread) in [
      (5, 20, (1.0, 0.0)), (5, 20, (1.0, 3.0)), (5, 20, (0, 3)), (10, 40, (0.3, 1)),
      (3, 20, (1, 1)), (20, 10, (1, 1)),
    ] {
      let rounds = 1000
      var hits = 0
      for _ in 0..<rounds {
        let table = Table(seeds: seeds, clusters: clusters, spread: spread, &generator)
        var parts = MeanSpread()
        parts.add(values: table.bySeed)
        parts.add(clusters: table.clusters)
        let interval = parts.estimate(around: mean(table.bySeed))
        if interval.lower <= 0, interval.upper >= 0 { hits += 1 }
      }
      #expect(hits >= 930, "\(seeds) seeds, \(clusters) clusters, \(spread): \(hits) of \(rounds)")
    }
  }

  @Test("has the variance of drawing seeds and clusters anew at once")
  func naiveTwin() {
    var generator = Seed(3).generator()
    let (seeds, clusters) = (12, 30)
    // One question a cluster: seed effects and cluster effects only, so that the two parts are all there is.
    let a = (0..<seeds).map { _ in generator.normal() }
    let b = (0..<clusters).map { _ in generator.normal() }
    var parts = MeanSpread()
    parts.add(values: a.map { $0 + mean(b) })
    parts.add(clusters: b.map { [$0 + mean(a)] })
    let drawn = (0..<4000).map { _ -> Double in
      let first = mean((0..<seeds).map { _ in a[generator.integer(below: seeds)] })
      return first + mean((0..<clusters).map { _ in b[generator.integer(below: clusters)] })
    }
    let deviation = standardDeviation(drawn)
    // Drawing n of n has (n−1)/n of the variance.
    #expect(abs(parts.variance / (deviation * deviation) - 1) < 0.15)
  }

  @Test("of seeds alone is the paired t test, and of nothing is nothing")
  func seedsAlone() {
    let (x, y) = ([0.1, 0.4, 0.3, 0.2, 0.6], [0.2, 0.3, 0.1, 0.1, 0.2])
    let differences = zip(x, y).map { $0 - $1 }
    var parts = MeanSpread()
    parts.add(values: differences)
    #expect(abs(parts.pValue(of: mean(differences)) - pairedT(x, y).pValue) < 1e-12)
    #expect(abs(parts.degreesOfFreedom - 4) < 1e-9)
    #expect(MeanSpread().estimate(around: 2) == Estimate(value: 2, lower: 2, upper: 2))
    #expect(MeanSpread().pValue(of: 0) == 1)
    #expect(MeanSpread().pValue(of: 1) == 0)
    var single = MeanSpread()
    single.add(values: [1])
    single.add(clusters: [[1, 2]])
    #expect(single == MeanSpread())
  }

  @Test("is never surer than random signs", arguments: [1, 2, 5, 10])
  func floor(pairs: Int) {
    let ones = [Double](repeating: 1, count: pairs)
    let zeros = [Double](repeating: 0, count: pairs)
    #expect(leastSignFlipPValue(pairs: pairs) == signFlipTest(ones, zeros, seed: Seed(0)).pValue)
    #expect(leastSignFlipPValue(pairs: 0) == 1)
  }
}
