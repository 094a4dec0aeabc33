import Core
import Testing

@testable import TAD

@Suite("Quality without a model")
struct KeyframeQualityTests {
  private let windows = [Interval(0, 10), Interval(20, 50)]

  @Test("counts keyframes inside, windows hit, balance and distribution")
  func scores() {
    let quality = StretchQuality(times: [5, 15, 25, 30], stretches: windows)
    #expect(quality.keyframeRate == 0.75)
    #expect(quality.hitRate == 1)
    #expect(quality.balance == 0.75)
    #expect(abs(quality.distribution - (1 - (1.0 / 3 - 0.25))) < 1e-12)
    let cube = 0.75 * 0.75 * quality.distribution
    #expect(abs(quality.unified * quality.unified * quality.unified - cube) < 1e-12)
  }

  @Test("is 1 throughout for keyframes spread over equal windows, and 0 for misses")
  func extremes() {
    let equal = [Interval(0, 10), Interval(20, 30)]
    let perfect = StretchQuality(times: [3, 6, 23, 26], stretches: equal)
    #expect(
      [
        perfect.keyframeRate, perfect.hitRate, perfect.balance, perfect.distribution,
        perfect.unified,
      ]
        == [1, 1, 1, 1, 1])
    let missed = StretchQuality(times: [15, 40], stretches: equal)
    #expect(
      [missed.keyframeRate, missed.hitRate, missed.balance, missed.distribution, missed.unified]
        == [0, 0, 0, 0, 0])
    let mean = StretchQuality.mean([perfect, missed])
    #expect(mean?.unified == 0.5 && StretchQuality.mean([]) == nil)
  }

  @Test("measures the largest gap in units of the uniform one")
  func coverage() {
    for count in [2, 4, 5, 10] {
      let uniform = UniformKeyframes.indices(count, of: 100, placement: .midpoint)
      #expect(abs(KeyframeQuality.coverage(uniform, of: 100) - 1) < 0.06)
    }
    #expect(KeyframeQuality.coverage([0, 1, 2, 3], of: 100) == 96.5 * 4 / 100)
  }

  @Test("finds cuts within a tolerance, in frames and in seconds")
  func cuts() {
    #expect(KeyframeQuality.cutRecall([29, 80], truth: [30, 76], tolerance: 1) == 0.5)
    #expect(KeyframeQuality.cutRecall([29, 80], truth: [30, 76], tolerance: 4) == 1)
    #expect(KeyframeQuality.cutRecall([11.72], truth: [11.795], tolerance: 0.1) == 1)
    #expect(KeyframeQuality.cutRecall([1], truth: [], tolerance: 1) == nil)
  }

  @Test("measures agreement by frames in both over frames in either")
  func agreement() {
    #expect(KeyframeQuality.jaccard([1, 2, 3], [2, 3, 4]) == 0.5)
    #expect(KeyframeQuality.jaccard([], []) == 1)
  }
}
