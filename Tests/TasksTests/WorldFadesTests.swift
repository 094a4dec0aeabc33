import Core
import Tasks
import Testing

@Suite("Fades of the built-in world")
struct WorldFadesTests {
  private static func options(_ fades: Int, of frames: Int) -> World.Options {
    World.Options(
      videos: 20, devVideos: 1, frames: 48, fades: fades, fadeFrames: frames, difficulty: .easy,
      seed: Seed(5))
  }

  @Test("darken quiet frames alone, and change nothing else of a video", arguments: [1, 5, 9])
  func quiet(length: Int) throws {
    let plain = try World(Self.options(0, of: length)).train
    let faded = try World(Self.options(2, of: length)).train
    #expect(faded.contains { $0.fades.count == 2 })
    for (before, after) in zip(plain, faded) {
      #expect(before.objects == after.objects)
      #expect(before.questions == after.questions)
      let dark = Set(after.fades.joined())
      #expect(dark.count == after.fades.count * length)
      for event in after.objects.flatMap(\.events) { #expect(dark.isDisjoint(with: event.frames)) }
      let (first, second) = (World.renderedFrames(before), World.renderedFrames(after))
      for frame in 0..<48 {
        #expect((first[frame: frame] == second[frame: frame]) != dark.contains(frame))
      }
    }
  }

  @Test("fall to black in the middle, step by step")
  func light() throws {
    for video in try World(Self.options(1, of: 9)).train {
      let frames = World.renderedFrames(video)
      for fade in video.fades {
        let sums = fade.map { frame in frames[frame: frame].reduce(0) { $0 + Int($1) } }
        #expect(zip(sums.prefix(5), sums.prefix(5).dropFirst()).allSatisfy { $0 > $1 })
        #expect(zip(sums.suffix(5), sums.suffix(5).dropFirst()).allSatisfy { $0 < $1 })
      }
    }
  }
}
