internal import Core
internal import Networks
internal import Tensors

/// Looks at the frames in view of prompts before a student reads them.
struct FrameWatcher: Sendable {
  let videos: any FilmedFrames
  let prompts: PicturePrompts

  /// Frames that are held at the same time while prompts are read: 200 MB of a tower of 1,024 patches and 768 numbers.
  private static let most = 64

  /// The prompts of a student who has looked at frames.
  ///
  /// - Throws: An error for a video that is not there or cannot be read.
  /// - Complexity: Videos are decoded once a call for what is not kept, and a frozen tower runs on as many threads as there are.
  func looking(at asked: [Prompt]) async throws -> PicturePrompts {
    var seen = SeenFrames()
    for prompt in asked {
      let view = SeenFrames.View(prompt)
      guard !view.times.isEmpty, seen.places[view] == nil else { continue }
      seen.places[view] = try await videos.places(of: prompt)
    }
    let wanted = Set(seen.places.values.joined())
    seen.frames = prompts.kept.frames(wanted)
    let missing = wanted.filter { seen.frames[$0] == nil }
    let files = Dictionary(grouping: missing, by: \.file).sorted { $0.key < $1.key }
    for (_, places) in files {
      let found = try await frames(at: places.sorted { $0.frame < $1.frame })
      prompts.kept.keep(found)
      seen.frames.merge(found) { one, _ in one }
    }
    for (view, places) in seen.places {
      guard let first = places.first, let frame = seen.frames[first] else { continue }
      prompts.kept.note(frame.parts, of: view.video)
    }
    var looking = prompts
    looking.seen = seen
    return looking
  }

  private func frames(at places: [FramePlace]) async throws -> [FramePlace: SeenFrame] {
    let pixels = try await videos.pixels(of: places)
    let frames = try Parallel.map(chunks: places.count) { index in
      let shown = pixels[index]
      let picture = Picture(width: shown.width, height: shown.height, bytes: shown.bytes)
      return try prompts.looked(at: prompts.sight.processor.process(picture))
    }
    return Dictionary(uniqueKeysWithValues: zip(places, frames))
  }

  /// Neighbouring prompts together, few enough that their frames can be held; what is asked of each does not depend on the others.
  func parts(of asked: [Prompt]) -> [Range<Int>] {
    var parts: [Range<Int>] = []
    var (first, frames) = (0, 0)
    for (index, prompt) in asked.enumerated() {
      let own = SeenFrames.View(prompt).times.count
      if index > first, frames + own > Self.most {
        parts.append(first..<index)
        (first, frames) = (index, 0)
      }
      frames += own
    }
    return first < asked.count ? parts + [first..<asked.count] : parts
  }
}
