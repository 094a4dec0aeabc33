import Core
import Testing

@testable import TAD

@Suite("Uniform keyframes")
struct UniformKeyframesTests {
  @Test("stand in the middle of equal parts, or from the first frame to the last")
  func placements() {
    #expect(UniformKeyframes.indices(4, of: 100, placement: .midpoint) == [12, 37, 62, 87])
    #expect(UniformKeyframes.indices(4, of: 100, placement: .endpoints) == [0, 33, 66, 99])
    #expect(UniformKeyframes.indices(1, of: 9, placement: .midpoint) == [4])
    #expect(UniformKeyframes.indices(1, of: 9, placement: .endpoints) == [0])
  }

  @Test("are K distinct frames for every K and F")
  func distinct() {
    for frames in 1...40 {
      for count in 1...40 {
        for placement in UniformKeyframes.Placement.allCases {
          let kept = UniformKeyframes.indices(count, of: frames, placement: placement)
          #expect(kept.count == min(count, frames))
          #expect(kept == Set(kept).sorted() && (kept.last ?? 0) < frames)
        }
      }
    }
  }
}

@Suite("Random keyframes")
struct RandomKeyframesTests {
  @Test("depend on the seed and the video, not on the batch")
  func streams() throws {
    var parameters = RandomKeyframes.Parameters()
    parameters.budget = 10
    let selector = try RandomKeyframes(parameters)
    let features = walk(frames: 100)
    let both = [prompt(features, video: "a"), prompt(features, video: "b")]
    let together = try selector.select(both, seed: Seed(3)).map(\.indices)
    let alone = try selector.select([both[1]], seed: Seed(3)).map(\.indices)
    let reseeded = try selector.select(both, seed: Seed(4)).map(\.indices)
    #expect(together[1] == alone[0])
    #expect(together[0] != together[1] && together[0] != reseeded[0])
  }

  @Test("are ascending, distinct and reach every frame")
  func coverage() throws {
    let selector = try RandomKeyframes()
    var seen: Set<Int> = []
    for seed in 0..<40 {
      let kept = try selector.select(walk(frames: 11), video: "v", seed: Seed(UInt64(seed))).indices
      #expect(kept.count == 5 && kept == Set(kept).sorted())
      seen.formUnion(kept)
    }
    #expect(seen == Set(0..<11))
  }
}
