internal import Core
internal import TAD
internal import Tensors

/// Many videos in one buffer, from which Temporal Apex Distillation chooses frames.
struct KeyframeWorkload: Sendable {
  /// How many videos there are.
  static let videos = 256
  /// F: frames a video.
  static let frames = 768
  /// N: rows a frame.
  static let tokens = 16
  /// C: numbers a row.
  static let channels = 64
  /// K: frames that are kept.
  static let budget = 16

  private let values: [Float]
  private let selector: TemporalApexDistillation

  /// Videos of numbers within ±1: 805 MB.
  init(seed: Seed) throws {
    var parameters = TemporalApexDistillation.Parameters()
    parameters.budget = Self.budget
    selector = try TemporalApexDistillation(parameters)
    let count = Self.videos * Self.frames * Self.tokens * Self.channels
    var generator = seed.generator()
    values = (0..<count).map { _ in
      Float(Int32(truncatingIfNeeded: generator.next())) * 0x1p-31
    }
  }

  /// Chooses frames of all videos.
  func run() throws {
    let frames = [Int](repeating: Self.frames, count: Self.videos)
    _ = try BatchTemporalApex(selector, threads: Parallel.threads).select(
      values, frames: frames, tokensPerFrame: Self.tokens, channels: Self.channels)
  }

  /// Bytes of features, each of which is read once.
  var bytes: Double { 4 * Double(values.count) }

  /// A product and a square a number.
  var flops: Double { 4 * Double(values.count) }
}
