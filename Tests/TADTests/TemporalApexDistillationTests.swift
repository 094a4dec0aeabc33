import Foundation
import Core
import Testing

@testable import TAD

private typealias Parameters = TemporalApexDistillation.Parameters

private func tad(_ change: (inout Parameters) -> Void = { _ in }) throws -> TemporalApexDistillation
{
  var parameters = Parameters()
  change(&parameters)
  return try TemporalApexDistillation(parameters)
}

@Suite("Temporal Apex Distillation")
struct TemporalApexDistillationTests {
  @Test(
    "keeps exactly K frames, ascending, unique and within bounds", arguments: [1, 2, 7, 39, 40])
  func exactlyK(budget: Int) throws {
    for pick in TemporalApexDistillation.Pick.allCases {
      for firstFrame in FirstFrame.allCases {
        let selector = try tad {
          $0.budget = budget
          $0.pick = pick
          $0.firstFrame = firstFrame
        }
        let kept = try selector.select(walk(frames: 40), video: "v").indices
        #expect(kept.count == budget)
        #expect(kept == Set(kept).sorted())
        #expect(kept.allSatisfy { (0..<40).contains($0) })
      }
    }
  }

  @Test("keeps all frames where the budget is as large as the video", arguments: [1, 5, 40])
  func everything(frames: Int) throws {
    for pick in TemporalApexDistillation.Pick.allCases {
      let selector = try tad {
        $0.budget = 40
        $0.pick = pick
      }
      let kept = try selector.select(walk(frames: frames), video: "v").indices
      #expect(kept == Array(0..<frames))
    }
  }

  @Test("keeps ⌊δF⌋ frames but at least one")
  func ratio() throws {
    let counts = try [0.001, 0.1, 0.25, 0.5, 1].map { ratio in
      try tad { $0.ratio = ratio }.select(walk(frames: 43), video: "v").indices.count
    }
    #expect(counts == [1, 4, 10, 21, 43])
  }

  @Test(
    "does not change with the scale of the features", arguments: [1e-3, 0.37, 2, 1e6] as [Float])
  func scale(factor: Float) throws {
    let features = walk(frames: 60)
    let scaled = FrameFeatures(
      values: features.values.map { $0 * factor }, tokensPerFrame: 3, channels: 8,
      timestamps: features.timestamps, duration: features.duration)
    for reading in FeatureReading.allCases {
      let selector = try tad { $0.features = reading }
      let kept = try selector.select(features, video: "v").indices
      #expect(try selector.select(scaled, video: "v").indices == kept)
    }
  }

  @Test("takes the first of equal frames, as an apex and as a kept frame")
  func ties() throws {
    let selector = try tad { $0.budget = 2 }
    let selection = selector.select(variation: [0, 1, 1, 0, 0, 1, 0, 1])
    #expect(selection.apexes == [1, 5, 7])
    #expect(selection.indices == [1, 5])
  }

  @Test("is well defined for a still picture: no variation, frames from all over it")
  func still() throws {
    let row = walk(frames: 1).values
    let features = FrameFeatures(
      values: (0..<9).flatMap { _ in row }, tokensPerFrame: 3, channels: 8,
      timestamps: (0..<9).map(Double.init), duration: 9)
    for reading in FeatureReading.allCases {
      #expect(features.variation(reading: reading) == [Double](repeating: 0, count: 9))
      let selection = try tad { $0.features = reading }.select(features, video: "v")
      #expect(selection.indices == [1, 3, 5, 7])
    }
  }

  @Test("keeps the only frame of a one-frame video")
  func oneFrame() throws {
    for firstFrame in FirstFrame.allCases {
      let selection = try tad { $0.firstFrame = firstFrame }.select(walk(frames: 1), video: "v")
      #expect(selection.indices == [0])
      #expect(selection.scores == [0])
    }
  }

  @Test("never keeps frame 0 of a moving video with `zero`, always with `keep`")
  func firstFrame() throws {
    let features = walk(frames: 40)
    let kept = try FirstFrame.allCases.map { rule in
      try tad {
        $0.firstFrame = rule
        $0.budget = 12
      }.select(features, video: "v").indices
    }
    #expect(!kept[0].contains(0))
    #expect(kept[2].contains(0))
  }

  @Test("finds no more than all frames in a window of one, and the one maximum in a window of all")
  func windows() {
    let scores = [0.0, 3, 1, 2, 5, 4]
    #expect(apexes(of: scores, window: 1) == Array(0..<6))
    #expect(apexes(of: scores, window: 3) == [1, 4])
    #expect(apexes(of: scores, window: 99) == [4])
  }

  @Test("boosts an apex by a factor or by a sum")
  func boosts() throws {
    let variation = [0, 0.5, 0.2, 0.3, 0.25]
    let multiplied = try tad { $0.omega = 3 }.select(variation: variation).scores
    let added = try tad {
      $0.omega = 3
      $0.boost = .add
    }.select(variation: variation).scores
    #expect(multiplied == [0, 1.5, 0.2, 0.3 * 3, 0.25])
    #expect(added == [0, 3.5, 0.2, 3.3, 0.25])
  }

  @Test("picks the middle of the stretch that a kept frame opens")
  func midpoints() throws {
    var variation = [Double](repeating: 0, count: 20)
    variation[4] = 1
    variation[11] = 2
    let selector = try tad {
      $0.budget = 2
      $0.pick = .midpoint
    }
    #expect(selector.select(variation: variation).indices == [7, 15])
  }

  @Test("exposes the kept frames' scores as gates with `straightThrough`, and no gates without")
  func gates() throws {
    let variation = [0, 0.5, 0.2, 0.3, 0.25]
    let gated = try tad { $0.straightThrough = true }.select(variation: variation)
    #expect(gated.indices == [1, 3])
    #expect(gated.gates == [1, 0.6])
    #expect(try tad().select(variation: variation).gates == nil)
  }

  @Test("reads one token a frame alike in every reading")
  func readings() {
    let features = walk(frames: 30, tokens: 1, channels: 16)
    let all = FeatureReading.allCases.map { features.variation(reading: $0) }
    #expect(all[0] == all[1] && all[1] == all[2])
  }

  @Test("counts a product and a square a number")
  func cost() throws {
    let cost = try tad().select(walk(frames: 10), video: "v").cost
    #expect(cost == SelectionCost(framesScanned: 10, flops: 10 * 3 * 8 * 4))
  }
}
