internal import Dispatch
internal import Core
internal import Synchronization

/// Temporal Apex Distillation over many videos that lie in one buffer.
///
/// Every feature is read once; videos are shared out among threads, and the result does not depend on how.
///
/// ```swift
/// let batch = BatchTemporalApex(selector, threads: 2)
/// let selections = try batch.select(values, frames: [768, 512], tokensPerFrame: 16, channels: 64)
/// ```
package struct BatchTemporalApex: Sendable {
  /// What chooses.
  package let selector: TemporalApexDistillation

  /// How many videos are worked on at once.
  package let threads: Int

  /// A batch selector.
  ///
  /// - Parameters:
  ///   - selector: What chooses.
  ///   - threads: How many videos are worked on at once.
  /// - Precondition: `threads` is at least 1.
  package init(_ selector: TemporalApexDistillation, threads: Int) {
    precondition(threads > 0, "\(threads) threads cannot do any work.")
    self.selector = selector
    self.threads = threads
  }

  /// Chooses frames of every video of a buffer.
  ///
  /// - Parameters:
  ///   - values: The videos one after the other, each F·N·C numbers, row-major.
  ///   - frames: F of each video.
  ///   - tokensPerFrame: N.
  ///   - channels: C.
  /// - Returns: One selection a video.
  /// - Throws: `KeyframeError` that names the video by its number and, where it matters, the frame.
  /// - Precondition: `values` has as many numbers as the videos together.
  /// - Complexity: O(numbers / threads).
  package func select(
    _ values: [Float], frames: [Int], tokensPerFrame: Int, channels: Int
  ) throws(KeyframeError) -> [KeyframeSelection] {
    let offsets = frames.reduce(into: [0]) { $0.append($0[$0.count - 1] + $1) }
    let stride = tokensPerFrame * channels
    let total = offsets[frames.count] * stride
    precondition(values.count == total, "Expected \(total) features, got \(values.count).")
    let next = Atomic(0)
    let done = Mutex(
      [Result<KeyframeSelection, KeyframeError>?](repeating: nil, count: frames.count))
    DispatchQueue.concurrentPerform(iterations: min(threads, frames.count)) { _ in
      while true {
        let video = next.add(1, ordering: .relaxed).oldValue
        if video >= frames.count { return }
        let range = offsets[video] * stride..<offsets[video + 1] * stride
        let result = selector.result(
          values, in: range, tokensPerFrame: tokensPerFrame, channels: channels, video: "\(video)")
        done.withLock { $0[video] = result }
      }
    }
    return try collected(done.withLock { $0 })
  }

  /// All selections, or the first error.
  private func collected(
    _ results: [Result<KeyframeSelection, KeyframeError>?]
  ) throws(KeyframeError) -> [KeyframeSelection] {
    var selections: [KeyframeSelection] = []
    for case .some(let result) in results { selections.append(try result.get()) }
    return selections
  }
}

extension TemporalApexDistillation {
  /// The selection of a video that lies in a part of a buffer.
  func result(
    _ values: [Float], in range: Range<Int>, tokensPerFrame: Int, channels: Int, video: String
  ) -> Result<KeyframeSelection, KeyframeError> {
    Result { () throws(KeyframeError) in
      if range.isEmpty { throw .noFrames(video: video) }
      let fast = singlePassVariation(
        values.span, in: range, tokensPerFrame: tokensPerFrame, channels: channels)
      let variation =
        if let fast { fast } else {
          try carefulVariation(
            Array(values[range]), tokensPerFrame: tokensPerFrame, channels: channels, video: video)
        }
      let frames = variation.count
      return select(
        variation: variation,
        cost: cost(frames: frames, tokensPerFrame: tokensPerFrame, channels: channels))
    }
  }

  /// The variation in single precision; `nil` where a number is not finite, or so large that its square is not.
  private func singlePassVariation(
    _ values: Span<Float>, in range: Range<Int>, tokensPerFrame: Int, channels: Int
  ) -> [Double]? {
    var comparison = FrameComparison(
      tokensPerFrame: tokensPerFrame, channels: channels, reading: parameters.features)
    let stride = tokensPerFrame * channels
    var result: [Double] = []
    result.reserveCapacity(range.count / stride)
    var offset = range.lowerBound
    while offset < range.upperBound {
      let variation =
        result.isEmpty
        ? comparison.start(values, at: offset)
        : comparison.next(values, at: offset, after: values, at: offset - stride)
      guard let variation else { return nil }
      result.append(variation)
      offset += stride
    }
    if parameters.firstFrame == .copy, result.count > 1 { result[0] = result[1] }
    return result
  }

  /// The variation in double precision, for features whose squares are beyond single precision.
  private func carefulVariation(
    _ values: [Float], tokensPerFrame: Int, channels: Int, video: String
  ) throws(KeyframeError) -> [Double] {
    if let bad = values.firstIndex(where: { !$0.isFinite }) {
      throw .notFinite(video: video, frame: bad / (tokensPerFrame * channels))
    }
    return variation(
      values, tokensPerFrame: tokensPerFrame, channels: channels, reading: parameters.features,
      firstFrame: parameters.firstFrame)
  }

  /// One pass: a product and a square a number, and pooling where it is asked for.
  package func cost(frames: Int, tokensPerFrame: Int, channels: Int) -> SelectionCost {
    let numbers = Double(frames * tokensPerFrame * channels)
    let pooled = parameters.features == .pooled && tokensPerFrame > 1
    let flops = pooled ? numbers + 4 * Double(frames * channels) : 4 * numbers
    return SelectionCost(framesScanned: frames, flops: flops)
  }
}
