internal import Dispatch
internal import Foundation
internal import Synchronization

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
  /// A video has as many clips as have their middle before its end, at least one. The video is decoded on a thread of its own, which
  /// waits while two batches are not yet taken: no more than that is held, however long the video.
  ///
  /// - Parameters:
  ///   - batch: The most frames of a batch.
  ///   - body: Gets each batch; if it throws, reading ends.
  /// - Returns: What is known of the video after its last frame.
  /// - Throws: `VideoError`, or what `body` throws.
  package func forEachBatch(
    of batch: Int, _ body: ([VideoFrame]) async throws -> Void
  ) async throws -> VideoSummary {
    let feed = Feed(room: 2)
    Thread.detachNewThread { feed.end(Result { try read(batch, feed.offer) }) }
    defer { feed.close() }
    for try await frames in feed.batches {
      try await body(frames)
      feed.taken()
    }
    guard let summary = feed.summary else { throw CancellationError() }
    return summary
  }

  private func read(
    _ size: Int, _ body: ([VideoFrame]) throws -> Void
  ) throws -> VideoSummary {
    var batch: [VideoFrame] = []
    var clips = 0
    var shown: VideoFrame?
    func take(_ frame: VideoFrame) throws {
      batch.append(frame)
      clips += 1
      guard batch.count == size else { return }
      try body(batch)
      batch = []
    }
    let summary = try decoder.forEachFrame { frame in
      // The frame before is on the screen until this one comes.
      while let before = shown, middle(clips) < frame.time { try take(before) }
      shown = frame
    }
    while let last = shown, clips == 0 || middle(clips) < summary.duration { try take(last) }
    if !batch.isEmpty { try body(batch) }
    return summary
  }

  private func middle(_ clip: Int) -> Double { (Double(clip) + 0.5) * seconds }
}

/// Batches on their way from the thread that decodes to whoever takes them.
private final class Feed: Sendable {
  let batches: AsyncThrowingStream<[VideoFrame], any Error>
  private let continuation: AsyncThrowingStream<[VideoFrame], any Error>.Continuation
  private let whole = Mutex(VideoSummary?.none)
  // Begun at 0 and raised: one that ends below what it began with is a crash, and whoever leaves early leaves it there.
  private let room = DispatchSemaphore(value: 0)

  /// A feed with room for some batches.
  init(room count: Int) {
    (batches, continuation) = AsyncThrowingStream.makeStream()
    for _ in 0..<count { room.signal() }
  }

  /// What is known of the video once all batches were taken.
  var summary: VideoSummary? { whole.withLock { $0 } }

  /// Hands on a batch as soon as there is room.
  ///
  /// - Throws: `CancellationError` where nobody takes any more.
  func offer(_ frames: [VideoFrame]) throws {
    room.wait()
    if case .terminated = continuation.yield(frames) { throw CancellationError() }
  }

  /// Makes room for one batch more.
  func taken() { room.signal() }

  /// Nothing more comes.
  func end(_ result: Result<VideoSummary, any Error>) {
    switch result {
    case .success(let summary):
      whole.withLock { $0 = summary }
      continuation.finish()
    case .failure(let error): continuation.finish(throwing: error)
    }
  }

  /// Nobody takes any more: the thread that decodes must not wait for room.
  func close() {
    continuation.finish()
    room.signal()
  }
}
