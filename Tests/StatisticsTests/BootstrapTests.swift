import Core
import Statistics
import Testing

private func settings(
  _ method: BootstrapSettings.Method = .percentile, seed: UInt64 = 0, resamples: Int = 4000
) -> BootstrapSettings {
  BootstrapSettings(resamples: resamples, method: method, seed: Seed(seed))
}

@Suite("Bootstrap intervals")
struct BootstrapTests {
  let values: [Double] = [1, 2, 3, 5, 8, 13, 21, 34]

  @Test("honour the seed: the same gives the same, another another")
  func seeds() {
    let first = Estimate.bootstrapped(values, settings: settings(seed: 1)) { mean($0) }
    let again = Estimate.bootstrapped(values, settings: settings(seed: 1)) { mean($0) }
    let other = Estimate.bootstrapped(values, settings: settings(seed: 2)) { mean($0) }
    #expect(first == again)
    #expect(first != other)
    #expect(first.value == other.value)
  }

  @Test("agree with SciPy's percentile and BCa intervals within their noise")
  func reference() {
    let many = settings(resamples: 40_000)
    let plain = Estimate.bootstrapped(values, settings: many) { mean($0) }
    #expect(abs(plain.lower - 4.25) < 0.2)
    #expect(abs(plain.upper - 19) < 0.4)
    let corrected = settings(.biasCorrectedAccelerated, resamples: 40_000)
    let skewed = Estimate.bootstrapped(values, settings: corrected) { mean($0) }
    #expect(abs(skewed.lower - 5.125) < 0.2)
    #expect(abs(skewed.upper - 21) < 0.4)
  }

  @Test("cover the true mean about as often as they claim")
  func coverage() {
    var generator = Seed(5).generator()
    var hits = 0
    for round in 0..<200 {
      let sample = (0..<20).map { _ in generator.normal() }
      let corrected = settings(.biasCorrectedAccelerated, seed: UInt64(round), resamples: 400)
      let interval = Estimate.bootstrapped(sample, settings: corrected) { mean($0) }
      if interval.lower <= 0, interval.upper >= 0 { hits += 1 }
    }
    #expect((176...200).contains(hits))
  }

  @Test("widen when questions cluster in videos")
  func clusters() {
    let clusters: [[Double]] = (0..<10).map { video in
      (0..<8).map { Double(video) + Double($0) * 0.01 }
    }
    let independent = Estimate.bootstrapped(clusters.flatMap { $0 }, settings: settings()) {
      mean($0)
    }
    let clustered = Estimate.bootstrapped(clusters: clusters, settings: settings()) { mean($0) }
    #expect(clustered.upper - clustered.lower > 2 * (independent.upper - independent.lower))
    #expect(abs(clustered.value - independent.value) < 1e-12)
  }

  @Test("of strata keep each stratum's size")
  func strata() {
    _ = bootstrap(strata: [3, 5], settings: settings(resamples: 10)) { choice in
      #expect(choice.map(\.count) == [3, 5])
      #expect(choice[0].allSatisfy { (0..<3).contains($0) })
      return 0
    }
  }

  @Test("of a paired difference are narrower than the arms' own spread")
  func paired() {
    let shifted = values.map { $0 + 1 }
    let interval = Estimate.pairedDifference(from: values, to: shifted, settings: settings()) {
      mean($0)
    }
    #expect(interval == Estimate(value: 1, lower: 1, upper: 1))
  }

  @Test("collapse to the value when there is one unit")
  func single() {
    let interval = Estimate.bootstrapped([0.4], settings: settings(.biasCorrectedAccelerated)) {
      mean($0)
    }
    #expect(interval == Estimate(value: 0.4, lower: 0.4, upper: 0.4))
  }
}

@Suite("A learning curve")
struct LearningCurveTests {
  let curve = LearningCurve(costs: [10, 0, 20], values: [0.5, 0.1, 0.4])

  @Test("is linear between what was measured and unknown outside")
  func interpolation() throws {
    #expect(curve.value(at: 0) == 0.1)
    #expect(abs(try #require(curve.value(at: 5)) - 0.3) < 1e-12)
    #expect(curve.value(at: 20) == 0.4)
    #expect(curve.value(at: 21) == nil)
    #expect(curve.value(at: -1) == nil)
  }

  @Test("has the mean height of its trapezoids")
  func area() throws {
    #expect(abs(try #require(curve.meanHeight(over: 0...20)) - 0.375) < 1e-12)
    #expect(abs(try #require(curve.meanHeight(over: 5...15)) - 0.4375) < 1e-12)
    #expect(curve.meanHeight(over: 0...21) == nil)
    #expect(curve.meanHeight(over: 10...10) == 0.5)
  }

  @Test("tells what the first crossing of a target cost")
  func target() throws {
    #expect(abs(try #require(curve.cost(toReach: 0.3)) - 5) < 1e-12)
    #expect(curve.cost(toReach: 0.05) == 0)
    #expect(curve.cost(toReach: 0.6) == nil)
  }

  @Test("counts the last of several values at one cost")
  func repeated() {
    let curve = LearningCurve(costs: [0, 1, 1], values: [0, 1, 2])
    #expect(curve.costs == [0, 1])
    #expect(curve.value(at: 1) == 2)
  }
}
