internal import Core
package import Networks
package import Teacher
internal import Video

/// Turns the pictures of a video into rows of features.
package protocol FrameEncoder: Sendable {
  /// What its rows depend on, in words that differ wherever they may.
  var identity: String { get }
  /// Rows a picture, N.
  var tokensPerFrame: Int { get }
  /// Numbers a row, C.
  var channels: Int { get }
  /// To how many pixels the longer side of a picture is scaled down before it is looked at.
  var side: Int { get }
  /// Whether it makes a row of a text, too.
  var readsTexts: Bool { get }

  /// N·C numbers a picture.
  func rows(of pictures: [Picture]) async throws -> [[Float]]

  /// C numbers a text.
  func rows(of texts: [String]) async throws -> [[Float]]
}

extension FrameEncoder {
  /// Encodes the clips of a video, in order and in batches.
  ///
  /// - Parameters:
  ///   - decoder: Where the frames come from.
  ///   - seconds: How long a clip is.
  ///   - body: Gets the frame of each clip of a batch, and its rows.
  /// - Returns: What is known of the video after its last frame.
  /// - Throws: `VideoError`, or what the encoder or `body` throws.
  func forEachClip(
    of decoder: VideoDecoder, every seconds: Double,
    _ body: ([VideoFrame], [[Float]]) throws -> Void
  ) async throws -> VideoSummary {
    try await ClipFrames(of: decoder, every: seconds).forEachBatch(of: 16) { frames in
      let pictures = frames.map {
        Picture(width: $0.width, height: $0.height, bytes: $0.pixels)
      }
      try body(frames, try await rows(of: pictures))
    }
  }

  /// It reads pictures alone.
  package var readsTexts: Bool { false }

  /// Asks for what it cannot do.
  package func rows(of texts: [String]) async throws -> [[Float]] {
    throw FeatureError.readsNoTexts(encoder: identity)
  }
}

/// The program's own descriptors: histograms of colours in 4 × 4 patches, nothing trained.
struct DescriptorEncoder: FrameEncoder {
  let identity = "descriptors"
  let tokensPerFrame = FrameDescriptor.tokensPerFrame
  let channels = FrameDescriptor.channels
  /// As `opd keyframes` and `opd answer` read videos.
  let side = 160

  func rows(of pictures: [Picture]) -> [[Float]] {
    pictures.map {
      FrameDescriptor(HueImage(rgb: $0.bytes), width: $0.width, height: $0.height).patches
    }
  }
}

extension ProcessEncoder: FrameEncoder {}
