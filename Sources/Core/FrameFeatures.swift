/// What was extracted from the frames of a video: F frames × N tokens a frame × C channels, each frame with its time.
///
/// A selector keeps some frames; `selecting(_:)` keeps their true times with them. Losing those would destroy what is
/// being trained: an answer is a pair of times.
public struct FrameFeatures: Sendable, Hashable {
  /// N: how many feature rows a frame has.
  public let tokensPerFrame: Int

  /// C: how many numbers a feature row has.
  public let channels: Int

  /// F·N·C numbers, row-major.
  public let values: [Float]

  /// The time of each frame, in seconds from the start of the video, ascending; F of them.
  public let timestamps: [Double]

  /// How long the whole video is, in seconds.
  public let duration: Double

  /// What is said of each frame, F texts; `nil` where nothing is.
  public let captions: [String]?

  /// Features with their times.
  ///
  /// - Parameters:
  ///   - values: F·N·C numbers, row-major.
  ///   - tokensPerFrame: N.
  ///   - channels: C.
  ///   - timestamps: F times in seconds.
  ///   - duration: The length of the video in seconds.
  ///   - captions: What is said of each frame, F texts, if anything is.
  /// - Precondition: `values` has F·N·C entries.
  public init(
    values: [Float], tokensPerFrame: Int, channels: Int, timestamps: [Double], duration: Double,
    captions: [String]? = nil
  ) {
    let expected = timestamps.count * tokensPerFrame * channels
    precondition(values.count == expected, "Expected \(expected) features, got \(values.count).")
    precondition(captions.map { $0.count == timestamps.count } ?? true, "One caption a frame.")
    self.values = values
    self.tokensPerFrame = tokensPerFrame
    self.channels = channels
    self.timestamps = timestamps
    self.duration = duration
    self.captions = captions
  }

  /// No frames of no video: what a question about a text has.
  public static let none = FrameFeatures(
    values: [], tokensPerFrame: 1, channels: 0, timestamps: [], duration: 0)

  /// F: how many frames there are.
  public var frames: Int { timestamps.count }

  /// How many numbers a frame has: N·C.
  public var stride: Int { tokensPerFrame * channels }

  /// The N·C numbers of one frame.
  public subscript(frame index: Int) -> ArraySlice<Float> {
    values[index * stride..<(index + 1) * stride]
  }

  /// The given frames in the given order, with their true times and what is said of them.
  ///
  /// - Complexity: O(number of kept numbers).
  public func selecting(_ indices: [Int]) -> FrameFeatures {
    var kept: [Float] = []
    kept.reserveCapacity(indices.count * stride)
    for index in indices { kept.append(contentsOf: self[frame: index]) }
    return FrameFeatures(
      values: kept, tokensPerFrame: tokensPerFrame, channels: channels,
      timestamps: indices.map { timestamps[$0] }, duration: duration,
      captions: captions.map { captions in indices.map { captions[$0] } })
  }

  /// The mean over each frame's tokens: F × 1 × C.
  public func pooled() -> FrameFeatures {
    guard tokensPerFrame > 1 else { return self }
    var means = [Float](repeating: 0, count: frames * channels)
    let share = 1 / Float(tokensPerFrame)
    for frame in 0..<frames {
      for token in 0..<tokensPerFrame {
        let base = (frame * tokensPerFrame + token) * channels
        for channel in 0..<channels {
          means[frame * channels + channel] += values[base + channel] * share
        }
      }
    }
    return FrameFeatures(
      values: means, tokensPerFrame: 1, channels: channels, timestamps: timestamps,
      duration: duration, captions: captions)
  }

  /// The same frames with what is said of each.
  ///
  /// - Precondition: One caption a frame.
  public func captioned(_ captions: [String]?) -> FrameFeatures {
    FrameFeatures(
      values: values, tokensPerFrame: tokensPerFrame, channels: channels, timestamps: timestamps,
      duration: duration, captions: captions)
  }
}
