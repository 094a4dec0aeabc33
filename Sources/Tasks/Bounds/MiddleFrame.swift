internal import Core

/// What the middle frame of a video says, as words: each of its numbers that is above the median over the videos to train on.
///
/// A reader of words can then be asked what a single frame tells. It sees less than a network would, so what it reaches is the
/// least that one frame is worth.
struct MiddleFrame {
  /// More numbers than these are not looked at; a sample of them, evenly spaced, keeps the tree fast.
  static let most = 256

  private let width: Int
  private let places: [Int]
  private let medians: [Float]

  /// The medians of some prompts; `nil` where a video has one frame at most, so that the middle one is all there is.
  init?(train: [Prompt]) {
    guard let first = train.first?.evidence, first.frames > 1 else { return nil }
    width = first.stride
    let step = max(1, (width + Self.most - 1) / Self.most)
    places = Array(stride(from: 0, to: width, by: step))
    let frames = train.filter { $0.evidence.stride == first.stride }.map { Self.frame(of: $0) }
    medians = places.map { place in
      frames.map { $0[$0.startIndex + place] }.sorted()[frames.count / 2]
    }
  }

  /// The words of a prompt's frame: no word of a question begins with `#`.
  func words(_ prompt: Prompt) -> Set<String> {
    guard prompt.evidence.stride == width, prompt.evidence.frames > 0 else { return [] }
    let frame = Self.frame(of: prompt)
    return Set(
      zip(places, medians).filter { frame[frame.startIndex + $0] > $1 }.map { "#\($0.0)" })
  }

  private static func frame(of prompt: Prompt) -> ArraySlice<Float> {
    prompt.evidence[frame: prompt.evidence.frames / 2]
  }
}
