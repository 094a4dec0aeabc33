import Core
import Testing

@testable import TAD

@Suite("Any number of frames from any clips (K-frames)")
struct AnyKeyframesLawTests {
  /// Clips that may overlap, leave the video or lie within each other.
  private func clips(_ count: Int, frames: Int, seed: Int) -> [KeyClip] {
    var dice = Seed(UInt64(seed)).derived("clips").generator()
    return (0..<count).map { _ in
      let start = dice.integer(below: frames)
      return KeyClip(
        start: start, end: start + 1 + dice.integer(below: frames / 3),
        priority: dice.integer(below: 2) == 0 ? .first : .second)
    }
  }

  private static let budgets = [4, 8, 16, 32, 64]

  @Test(
    "show each P1 clip, or one that covers it, as long as there are as many frames",
    arguments: ClipMode.allCases, budgets)
  func first(mode: ClipMode, budget: Int) {
    for seed in 0..<200 {
      let clips = clips(1 + seed % 6, frames: 50, seed: seed)
      let urgent = clips.filter { $0.priority == .first }
      guard urgent.count <= budget else { continue }
      let drawing = AnyKeyframes(mode: mode, hybridShare: Double(seed % 5) / 4)
      let kept = drawing.indices(clips, budget: budget, frames: 50)
      for clip in urgent {
        let isSeen = kept.contains { $0 >= clip.start && $0 < clip.end }
        let rivals = urgent.filter { $0 != clip && $0.start <= clip.end && $0.end >= clip.start }
        let isCovered = (clip.start..<min(50, clip.end)).allSatisfy { frame in
          rivals.contains { $0.start <= frame && frame < $0.end }
        }
        #expect(isSeen || isCovered, "seed \(seed) \(clip) of \(clips): \(kept)")
      }
    }
  }

  @Test("draw from clips alone where they are focused and the clips suffice", arguments: budgets)
  func focused(budget: Int) {
    for seed in 0..<50 {
      let clips = clips(4, frames: 200, seed: seed)
      let inside = Set(clips.flatMap { $0.start..<min(200, $0.end) })
      let kept = AnyKeyframes().indices(clips, budget: budget, frames: 200)
      guard inside.count >= budget else { continue }
      #expect(kept.allSatisfy(inside.contains))
    }
  }

  @Test("give P2 clips what P1 clips over them leave, on both sides")
  func overlap() {
    let clips = [
      KeyClip(start: 0, end: 12, priority: .second), KeyClip(start: 5, end: 7, priority: .first),
    ]
    let kept = AnyKeyframes(secondWeight: 1).indices(clips, budget: 6, frames: 40)
    #expect(kept.contains { (5..<7).contains($0) })
    #expect(kept.contains { $0 < 5 } && kept.contains { (7..<12).contains($0) })
  }

  @Test("are evenly spaced where there are no clips", arguments: ClipMode.allCases)
  func none(mode: ClipMode) {
    let kept = AnyKeyframes(mode: mode).indices([], budget: 5, frames: 50)
    #expect(kept == UniformKeyframes.indices(5, of: 50, placement: .midpoint))
  }

  @Test("cover the frames in a stretch, or the nearest one where none is")
  func covering() {
    let times = [0.5, 1.5, 2.5, 3.5]
    func clip(_ start: Double, _ end: Double) -> Range<Int> {
      let clip = KeyClip(covering: Interval(start, end), times: times, priority: .first)
      return clip.start..<clip.end
    }
    #expect(clip(1, 3) == 1..<3)
    #expect(clip(1.6, 1.8) == 1..<2)
    #expect(clip(9, 12) == 3..<4)
  }
}
