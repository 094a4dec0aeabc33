import Core
import Statistics
import Testing

@Suite("The test over seeds and clusters")
struct CrossedTestTests {
  /// Differences of seeds and clusters with normal effects of each and of every question.
  private func drawn(
    seeds: Int, clusters: Int, deviations: (seed: Double, cluster: Double), shift: Double = 0,
    _ generator: inout SeededGenerator
  ) -> (seeds: [Double], clusters: [[Double]]) {
    let a = (0..<seeds).map { _ in deviations.seed * generator.normal() }
    let b = (0..<clusters).map { _ in deviations.cluster * generator.normal() }
    let table = a.map { a in b.map { a + $0 + generator.normal() + shift } }
    let means = b.indices.map { c in [mean(table.map { $0[c] })] }
    return (table.map { mean($0) }, means)
  }

  @Test(
    "rejects at .05 in at most 10 of 100 cases without a difference, whichever source has the variance",
    arguments: [(0.0, 0.0), (0.2, 0.2), (0.2, 0.0), (0.0, 0.5), (1.0, 0.2)])
  func size(deviations: (Double, Double)) {
    var generator = Seed(5).generator()
    var hits = 0
    for _ in 0..<400 {
      let data = drawn(seeds: 5, clusters: 40, deviations: deviations, &generator)
      let test = CrossedTest(seeds: data.seeds, clusters: data.clusters, draws: 200)
      if test.pValue < 0.05 { hits += 1 }
    }
    #expect(hits <= 40, "\(hits) of 400")
  }

  @Test(
    "shows a difference with five seeds where their clusters agree, which signs of seeds cannot")
  func fiveSeeds() {
    var generator = Seed(6).generator()
    let data = drawn(seeds: 5, clusters: 40, deviations: (0.1, 0.1), shift: 1, &generator)
    #expect(CrossedTest(seeds: data.seeds, clusters: data.clusters).pValue < 0.01)
    #expect(CrossedTest(seeds: data.seeds).pValue == 0.0625)
  }

  @Test("is no surer than its signs and than Student's test")
  func both() {
    var generator = Seed(7).generator()
    for _ in 0..<20 {
      let data = drawn(seeds: 5, clusters: 6, deviations: (0.3, 0.3), shift: 0.5, &generator)
      let test = CrossedTest(seeds: data.seeds, clusters: data.clusters)
      #expect(test.pValue >= test.permutationPValue)
      #expect(test.pValue >= test.spread.pValue(of: mean(data.seeds)))
      #expect(test.permutationPValue >= test.leastPValue && test.leastPValue == 0.03125)
    }
  }
}
