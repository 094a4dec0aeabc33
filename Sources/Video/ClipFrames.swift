/// The frames of a video that stand for its clips: of each clip the one on the screen in its middle.
package struct ClipFrames: Sendable {
  private let decoder: VideoDecoder
  private let seconds: Double

  /// Frames of a video.
  ///
  /// - Parameters:
  ///   - decoder: Where the frames come from.
  ///   - seconds: How long a clip is; above 0.
  package init(of decoder: VideoDecoder, every seconds: Double) {
    self.decoder = decoder
    self.seconds = seconds
  }

  /// Reads them, in order and in batches.
  ///
  /// A video has as many clips as have their middle before its end, at least one. No more than one batch is held, however
  /// long the video.
  ///
  /// - Parameters:
  ///   - size: The most frames of a batch.
  ///   - body: Gets each batch; if it throws, reading ends.
  /// - Returns: What is known of the video after its last frame.
  /// - Throws: `VideoError`, or what `body` throws.
  package func forEachBatch(
    of size: Int, _ body: ([VideoFrame]) async throws -> Void
  ) async throws -> VideoSummary {
    var batch: [VideoFrame] = []
    var clips = 0
    var shown: VideoFrame?
    func take(_ frame: VideoFrame) async throws {
      batch.append(frame)
      clips += 1
      guard batch.count == size else { return }
      try await body(batch)
      batch = []
    }
    let summary = try await decoder.forEachFrame { frame in
      // The frame before is on the screen until this one comes.
      while let before = shown, middle(clips) < frame.time { try await take(before) }
      shown = frame
    }
    while let last = shown, clips == 0 || middle(clips) < summary.duration { try await take(last) }
    if !batch.isEmpty { try await body(batch) }
    return summary
  }

  private func middle(_ clip: Int) -> Double { (Double(clip) + 0.5) * seconds }
}
