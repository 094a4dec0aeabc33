import Core
import Testing

@testable import TAD

@Suite("A video whose frames last differently long")
struct UnevenTimesTests {
  /// Ten frames a second for five seconds, then one frame that is held for five.
  let held = (0..<50).map { Double($0) / 10 } + (1...5).map { 4.9 + Double($0) }

  private func features(_ times: [Double]) -> FrameFeatures {
    FrameFeatures(
      values: times.indices.map { Float($0) + 1 }, tokensPerFrame: 1, channels: 1,
      timestamps: times, duration: 10)
  }

  private func uniform(_ budget: Int, _ times: [Double]) throws -> [Int] {
    var parameters = UniformKeyframes.Parameters()
    parameters.budget = budget
    let selector = try UniformKeyframes(parameters)
    return try selector.select(features(times), video: "v", seed: Seed(0)).indices
  }

  @Test("is divided by time, and an even one by frames as ever")
  func uniform() throws {
    let chosen = try uniform(4, held).map { held[$0] }
    // Midpoints of quarters of 10.0 s, the last frame being held for a typical step.
    #expect(chosen[0] < 1.3 && chosen[1] < 3.8)
    #expect(chosen[2] > 5.5 && chosen[3] > 7.5)
    for rate in [1.0, 23.976, 29.97] {
      // Rounded to milliseconds, as containers do.
      let even = (0..<97).map { (Double($0) / rate * 1000).rounded() / 1000 }
      #expect(
        try uniform(8, even) == UniformKeyframes.indices(8, of: 97, placement: .midpoint))
    }
  }

  @Test(
    "gives distinct ascending frames, as many as were asked for",
    arguments: [1, 2, 7, 54, 55, 80], UniformKeyframes.Placement.allCases)
  func laws(budget: Int, placement: UniformKeyframes.Placement) {
    for times in [held, [0, 0, 0, 9], [0, 9, 9, 9], [5]] {
      let chosen = UniformKeyframes.indices(budget, at: times, placement)
      #expect(chosen.count == min(budget, times.count))
      #expect(zip(chosen, chosen.dropFirst()).allSatisfy { $0 < $1 })
      #expect(chosen.allSatisfy(times.indices.contains))
    }
  }

  @Test("has gaps in time")
  func coverage() {
    let even = (0..<100).map { Double($0) / 10 }
    #expect(
      KeyframeQuality.coverage([10, 60], times: even)
        == KeyframeQuality.coverage([10, 60], of: 100))
    // Frame 49 is at 4.9 s, and nothing is kept of the second half: half of the video, twice 1/K.
    let gap = KeyframeQuality.coverage([20, 49], times: held)
    #expect(abs(gap - 2 * 5.05 / 10) < 0.06, "\(gap)")
  }

  @Test("K-frames by variation does not mistake a cut for a lively scene")
  func cuts() throws {
    var parameters = SceneClipKeyframes.Parameters()
    parameters.budget = 6
    parameters.relevance = .variation
    parameters.deviations = 1
    // Scenes of 10, 3 and 10 frames; only the last one moves.
    var variation = [Double](repeating: 0.01, count: 23)
    variation[10] = 1
    variation[13] = 1
    for frame in 14..<23 { variation[frame] = 0.1 }
    let chosen = try SceneClipKeyframes(parameters).select(
      differences: variation, relevance: variation,
      cost: SelectionCost(framesScanned: 23, flops: 0)
    ).indices
    #expect(chosen.allSatisfy { $0 >= 13 }, "\(chosen)")
  }
}
