import Core
import Testing

@testable import TAD

@Suite("Any-k allotment against all allotments there are")
struct ClipAllotmentTests {
  /// Every way to give `units` to `takers`.
  private func allotments(_ units: Int, _ takers: Int) -> [[Int]] {
    guard takers > 1 else { return takers == 0 ? [] : [[units]] }
    return (0...units).flatMap { first in
      allotments(units - first, takers - 1).map { [first] + $0 }
    }
  }

  /// Disjoint clips that are longer than any budget here, so that no clip runs out of frames.
  private func clips(_ seed: Int) -> [KeyClip] {
    var dice = Seed(UInt64(seed)).derived("allotment").generator()
    var start = 0
    return (0..<1 + dice.integer(below: 4)).map { _ in
      defer { start += 30 }
      return KeyClip(
        start: start, end: start + 10 + dice.integer(below: 11),
        priority: dice.integer(below: 2) == 0 ? .first : .second)
    }
  }

  @Test("no allotment is nearer to w·ℓ once each P1 clip has its frame", arguments: 1...9)
  func nearest(budget: Int) {
    for seed in 0..<60 {
      let clips = clips(seed)
      let urgent = clips.count { $0.priority == .first }
      guard urgent <= budget else { continue }
      let drawing = AnyKeyframes(secondWeight: [0.25, 0.5, 1][seed % 3])
      let counts = drawing.allocation(clips, budget: budget)
      #expect(counts.reduce(0, +) == budget)
      for (clip, count) in zip(clips, counts) where clip.priority == .first { #expect(count >= 1) }
      let shares = clips.map {
        ($0.priority == .first ? 1 : drawing.secondWeight) * Double($0.length)
      }
      let rest = budget - urgent
      let quotas = shares.map { Double(rest) * $0 / shares.reduce(0, +) }
      func distance(_ allotment: [Int]) -> Double {
        zip(allotment, quotas).reduce(0) { $0 + (Double($1.0) - $1.1) * (Double($1.0) - $1.1) }
      }
      let own = zip(clips, counts).map { $1 - ($0.priority == .first ? 1 : 0) }
      let best = allotments(rest, clips.count).map(distance).min() ?? 0
      #expect(abs(distance(own) - best) < 1e-9, "seed \(seed): \(own) of \(quotas)")
    }
  }

  @Test("a budget below the number of P1 clips goes to those that weigh most, one each")
  func scarce() {
    for seed in 0..<60 {
      let clips = clips(seed)
      let urgent = clips.filter { $0.priority == .first }
      for budget in 0..<urgent.count {
        let counts = AnyKeyframes().allocation(clips, budget: budget)
        #expect(counts.reduce(0, +) == budget && counts.allSatisfy { $0 <= 1 })
        let seen = zip(clips, counts).filter { $0.1 == 1 }.map(\.0.length)
        let unseen = zip(clips, counts)
          .filter { $0.1 == 0 && $0.0.priority == .first }.map(\.0.length)
        #expect(seen.min() ?? .max >= unseen.max() ?? 0)
        #expect(zip(clips, counts).allSatisfy { $0.priority == .first || $1 == 0 })
      }
    }
  }
}

@Suite("Scenes of a video")
struct SceneSegmentationTests {
  /// Three stretches of one direction each, with a little noise.
  private func features() -> FrameFeatures {
    var dice = Seed(3).generator()
    let values = (0..<30).flatMap { frame in
      (0..<3).map { channel in
        Float(channel == frame / 10 ? 1 : 0) + 0.01 * Float(dice.uniform())
      }
    }
    return FrameFeatures(
      values: values, tokensPerFrame: 1, channels: 3,
      timestamps: (0..<30).map { 2 * Double($0) + 1 }, duration: 60)
  }

  @Test(
    "begin where the picture changes, by every rule",
    arguments: [SceneSegmentation.Rule.features, .histogram, .adaptive])
  func planted(rule: SceneSegmentation.Rule) throws {
    let found = try SceneSegmentation(rule, deviations: 2).scenes(of: features(), video: "v")
    #expect(found == [0..<10, 10..<20, 20..<30])
    let places = sceneIntervals(found, times: features().timestamps, duration: 60)
    #expect(places == [Interval(0, 20), Interval(20, 40), Interval(40, 60)])
  }

  @Test(
    "are together all frames, in order, whatever the features",
    arguments: SceneSegmentation.Rule.allCases)
  func cover(rule: SceneSegmentation.Rule) throws {
    for seed in 0..<20 {
      var dice = Seed(UInt64(seed)).generator()
      let frames = 1 + dice.integer(below: 40)
      let features = FrameFeatures(
        values: (0..<frames * 4).map { _ in seed == 0 ? 1 : Float(dice.uniform()) - 0.5 },
        tokensPerFrame: 2, channels: 2, timestamps: (0..<frames).map { Double($0) },
        duration: Double(frames))
      let found = try SceneSegmentation(rule).scenes(of: features, video: "v")
      #expect(found.flatMap { Array($0) } == Array(0..<frames))
      if seed == 0, rule != .frames { #expect(found.count == 1) }
    }
  }
}
