import Core
import Testing

@testable import TAD

private let nothing = SelectionCost(framesScanned: 0, flops: 0)

@Suite("Scenes by content")
struct ContentScenesTests {
  @Test("begin where the change reaches the threshold, at least 15 frames apart")
  func cuts() throws {
    var content = [Double](repeating: 3, count: 100)
    content[0] = 0
    for frame in [10, 30, 40, 60] { content[frame] = 30 }
    content[80] = 26.9
    #expect(try ContentScenes().cuts(content: content) == [30, 60])
    let selection = try ContentScenes().select(content: content, cost: nothing)
    #expect(selection.indices == [0, 30, 60] && selection.apexes == [30, 60])
  }

  @Test("are seen through their middle if asked to, and filled up or thinned to a budget")
  func budgets() throws {
    var content = [Double](repeating: 0, count: 100)
    content[30] = 30
    content[60] = 50
    content[90] = 10
    func indices(_ budget: Int?, _ pick: ScenePick) throws -> [Int] {
      try ContentScenes(
        with(.init()) {
          $0.budget = budget
          $0.pick = pick
        }
      ).select(content: content, cost: nothing).indices
    }
    #expect(try indices(nil, .middle) == [14, 44, 79])
    #expect(try indices(2, .start) == [0, 60])
    #expect(try indices(4, .start) == [0, 30, 60, 90])
  }

  @Test("measure the mean absolute change of a frame's numbers")
  func changes() {
    let features = FrameFeatures(
      values: [0, 0, 3, -1, 3, 5], tokensPerFrame: 1, channels: 2, timestamps: [0, 1, 2],
      duration: 3)
    #expect(contentChanges(features) == [0, 2, 3])
  }
}

@Suite("Scenes by content against its surroundings")
struct AdaptiveScenesTests {
  @Test("begin at a spike but not in steady motion, however strong")
  func spikes() throws {
    var content = [Double](repeating: 30, count: 60)
    content[0] = 0
    content[40] = 95
    let adaptive = try AdaptiveScenes()
    #expect(adaptive.cuts(content: content) == [40])
    #expect(adaptive.ratios(content: content)[40] == 95.0 / 30)
    #expect(try ContentScenes().cuts(content: content).count == 3)
  }

  @Test("give 255 to a change in a still picture, and nothing below the least content")
  func still() throws {
    var content = [Double](repeating: 0, count: 60)
    content[20] = 16
    content[40] = 14
    let adaptive = try AdaptiveScenes()
    #expect(adaptive.ratios(content: content)[20] == 255)
    #expect(adaptive.cuts(content: content) == [20])
  }
}

@Suite("Segments between peaks (DIG)")
struct PeakSegmentsTests {
  @Test("have the prominences of scipy.signal.find_peaks")
  func prominences() {
    // find_peaks([0, 2, 1, 4, 1, 3, 3, 0, 1, 0], prominence=0): peaks 1, 3, 5, 8 with 1, 4, 2, 1.
    let values = [0.0, 2, 1, 4, 1, 3, 3, 0, 1, 0]
    #expect(peakProminences(values) == [0, 1, 0, 4, 0, 2, 0, 0, 1, 0])
  }

  @Test("are seen through their middle; the most prominent peaks cut first")
  func middles() throws {
    var variation = [Double](repeating: 0, count: 21)
    variation[6] = 0.5
    variation[12] = 0.3
    variation[18] = 0.05
    func indices(_ budget: Int?) throws -> [Int] {
      try PeakSegments(with(.init()) { $0.budget = budget })
        .select(variation: variation, cost: nothing).indices
    }
    #expect(try indices(nil) == [2, 8, 16])
    #expect(try indices(2) == [2, 13])
    #expect(try indices(4) == [2, 8, 14, 19])
  }
}

@Suite("Any number of frames from clips (K-frames)")
struct AnyKeyframesTests {
  private let clips = [
    KeyClip(start: 0, end: 10, priority: .second), KeyClip(start: 20, end: 40, priority: .first),
    KeyClip(start: 50, end: 54, priority: .first),
  ]

  @Test("gives every P1 clip a frame first, the heaviest first while the budget lasts")
  func first() {
    let drawing = AnyKeyframes()
    #expect(drawing.allocation(clips, budget: 1) == [0, 1, 0])
    #expect(drawing.allocation(clips, budget: 2) == [0, 1, 1])
  }

  @Test("shares out the rest by largest remainder on weight times length")
  func remainder() {
    // Weights 5, 20, 4 of 29; after one frame for each P1 clip 8 are left: 1.38, 5.52, 1.10.
    #expect(AnyKeyframes().allocation(clips, budget: 10) == [1, 7, 2])
    #expect(largestRemainder(7, shares: [1, 1, 1]) == [3, 2, 2])
    #expect(largestRemainder(3, shares: [0, 0]) == [2, 1])
  }

  @Test("gives no clip more than it has, and the surplus to the others")
  func full() {
    #expect(AnyKeyframes().allocation(clips, budget: 33) == [9, 20, 4])
    #expect(AnyKeyframes().allocation(clips, budget: 99) == [10, 20, 4])
  }

  @Test("spaces the frames of a clip equally")
  func spacing() {
    let clip = [KeyClip(start: 20, end: 40, priority: .first)]
    #expect(AnyKeyframes().indices(clip, budget: 4, frames: 100) == [22, 27, 32, 37])
  }

  @Test("puts a share on a grid over the rest in hybrid mode, and overflow outside in both")
  func hybrid() {
    let clip = [KeyClip(start: 20, end: 40, priority: .first)]
    let hybrid = AnyKeyframes(mode: .hybrid, hybridShare: 0.5)
    let kept = hybrid.indices(clip, budget: 4, frames: 100)
    #expect(kept == [25, 35, 40, 80])
    let all = AnyKeyframes().indices(clip, budget: 30, frames: 100)
    #expect(all.filter { (20..<40).contains($0) }.count == 20 && all.count == 30)
  }

  @Test("keeps exactly min(K, F) frames for any clips")
  func exactly() {
    var generator = Seed(2).generator()
    for _ in 0..<300 {
      let frames = 1 + generator.integer(below: 50)
      let drawn = (0..<generator.integer(below: 5)).map { _ in
        let start = generator.integer(below: frames)
        return KeyClip(
          start: start, end: start + 1 + generator.integer(below: 20),
          priority: generator.uniform() < 0.5 ? .first : .second)
      }
      let budget = 1 + generator.integer(below: 60)
      let mode = generator.uniform() < 0.5 ? ClipMode.focused : .hybrid
      let kept = AnyKeyframes(mode: mode).indices(drawn, budget: budget, frames: frames)
      #expect(kept.count == min(budget, frames) && kept == Set(kept).sorted())
      #expect(kept.allSatisfy { $0 < frames })
    }
  }
}

@Suite("Scene clips (K-frames)")
struct SceneClipKeyframesTests {
  @Test("cut scenes at large differences and rank them by relevance")
  func scenes() throws {
    let selector = try SceneClipKeyframes(with(.init()) { $0.budget = 4 })
    var differences = [Double](repeating: 0.01, count: 40)
    differences[10] = 1
    differences[30] = 1
    #expect(selector.scenes(differences) == [0..<10, 10..<30, 30..<40])
    let relevance = (0..<40).map { (10..<30).contains($0) ? 0.9 : $0 < 10 ? 0.1 : 0.5 }
    let clips = selector.clips([0..<10, 10..<30, 30..<40], relevance: relevance)
    #expect(
      clips == [
        KeyClip(start: 10, end: 30, priority: .first),
        KeyClip(start: 30, end: 40, priority: .second),
      ])
    let kept = selector.select(differences: differences, relevance: relevance, cost: nothing)
    #expect(kept.indices == [13, 20, 26, 35])
  }

  @Test("measure half the absolute difference of histograms")
  func histograms() {
    #expect(histogramDifference([0.5, 0.5, 0], [0.5, 0.5, 0]) == 0)
    #expect(histogramDifference([1, 0, 0], [0, 0.25, 0.75]) == 1)
  }
}
