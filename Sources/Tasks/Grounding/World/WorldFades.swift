internal import Core

/// Fades of a video to black and back, where nothing happens: changes of the picture that are no event.
///
/// A choice of frames by how much the picture changes is drawn to them. One of a single frame is a cut to black and back;
/// a longer one changes little from frame to frame, and for longer.
enum WorldFades {
  /// Places for `count` fades of `length` frames, each with a quiet frame around it; fewer where there is no room.
  static func placed(
    _ count: Int, of length: Int, in frames: Int, beside objects: [WorldObject], seed: Seed
  ) -> [Range<Int>] {
    var generator = seed.generator()
    var busy = [Bool](repeating: false, count: frames)
    func occupy(_ range: Range<Int>) {
      for frame in max(0, range.lowerBound - 1)..<min(frames, range.upperBound + 1) {
        busy[frame] = true
      }
    }
    for event in objects.flatMap(\.events) { occupy(event.frames) }
    var fades: [Range<Int>] = []
    for _ in 0..<count {
      let free = (0..<max(0, frames - length + 1)).map { $0..<$0 + length }
        .filter { !busy[$0].contains(true) }
      guard !free.isEmpty else { break }
      let fade = free[generator.integer(below: free.count)]
      occupy(fade)
      fades.append(fade)
    }
    return fades.sorted { $0.lowerBound < $1.lowerBound }
  }

  /// The share of its light that a picture has: 1 outside of fades, 0 in the middle of one, in a straight line between.
  static func light(at frame: Int, _ fades: [Range<Int>]) -> Double {
    guard let fade = fades.first(where: { $0.contains(frame) }) else { return 1 }
    let middle = Double(fade.lowerBound + fade.upperBound - 1) / 2
    return abs(Double(frame) - middle) / (Double(fade.count + 1) / 2)
  }
}
