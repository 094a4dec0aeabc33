internal import Core
internal import Networks
internal import Synchronization

/// A frame that was looked at.
struct SeenFrame: Sendable {
  /// How it was cut.
  let parts: PictureParts
  /// What a frozen tower has made of it; empty where the tower is trained.
  var rows: [Float] = []
  /// What a tower that is trained reads; `nil` where it is frozen.
  var picture: ProcessedPicture?

  var bytes: Int { rows.count * MemoryLayout<Float>.stride + (picture?.bytes.count ?? 0) }
}

/// The frames in view of some prompts, for as long as somebody works on those.
struct SeenFrames: Sendable {
  /// What is in view of a prompt.
  struct View: Hashable {
    let video: String
    let times: [Double]

    init(_ prompt: Prompt, isShown: Bool = true) {
      let times = isShown ? prompt.evidence.timestamps : []
      video = prompt.video
      self.times = isShown ? prompt.keyframes.map { $0.map { times[$0] } } ?? times : []
    }
  }

  var places: [View: [FramePlace]] = [:]
  var frames: [FramePlace: SeenFrame] = [:]

  /// The frames in view, in the order of the view; `nil` where nobody has looked at them.
  func frames(of view: View) -> [SeenFrame]? {
    guard let places = places[view] else { return nil }
    let found = places.compactMap { frames[$0] }
    return found.count == places.count ? found : nil
  }
}

/// What a student, its reference and its self-teacher have looked at, and need not look at again: the tower is most of the work.
final class KeptFrames: Sendable {
  private struct State {
    var frames: [FramePlace: SeenFrame] = [:]
    var bytes = 0
    /// How the frames of a video are cut: all of one are.
    var parts: [String: PictureParts] = [:]
  }

  /// The most that is kept, bytes.
  static let most = 256 << 20

  private let state = Mutex(State())

  /// Those of some frames that were kept.
  func frames(_ places: Set<FramePlace>) -> [FramePlace: SeenFrame] {
    state.withLock { state in
      state.frames.count < places.count
        ? state.frames.filter { places.contains($0.key) }
        : places.reduce(into: [:]) { $0[$1] = state.frames[$1] }
    }
  }

  /// Keeps frames; where there is no room, what was kept before goes.
  func keep(_ frames: [FramePlace: SeenFrame]) {
    let bytes = frames.values.reduce(0) { $0 + $1.bytes }
    state.withLock { state in
      if state.bytes + bytes > Self.most { (state.frames, state.bytes) = ([:], 0) }
      guard bytes <= Self.most else { return }
      state.frames.merge(frames) { one, _ in one }
      state.bytes += bytes
    }
  }

  /// Remembers how the frames of a video are cut.
  func note(_ parts: PictureParts, of video: String) {
    state.withLock { $0.parts[video] = parts }
  }

  /// How the frames of a video are cut; `nil` before one was looked at.
  func parts(of video: String) -> PictureParts? { state.withLock { $0.parts[video] } }
}
