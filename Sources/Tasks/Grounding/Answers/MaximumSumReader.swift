package import Core

/// Answers by the stretch of a video whose similarity with the query stands out most; nothing is trained.
///
/// 1. the cosine of the query with the mean rows of each visible frame, filled in linearly between them
/// 2. a moving mean over `window` frames, the ends repeated
/// 3. less a threshold: `min + level·(max − min)`
/// 4. the stretch with the largest sum, its frames as wide as their distance
///
/// On all 1,550 queries of QVHighlights with every clip in view it reaches R1@.5 .541, R1@.7 .374 and mIoU .520 at the
/// default settings, which a test checks.
package struct MaximumSumReader: Sendable, Hashable {
  /// Over how many frames the moving mean goes; odd.
  package var window: Int

  /// Where the threshold lies between the smallest and the largest smoothed similarity, 0 … 1.
  package var level: Double

  /// A reader.
  ///
  /// - Precondition: `window` is odd and positive.
  package init(window: Int = 5, level: Double = 0.6) {
    precondition(window > 0 && window % 2 == 1, "A window of \(window) frames has no middle.")
    self.window = window
    self.level = level
  }

  /// The answer to a prompt from the frames it shows.
  ///
  /// - Parameter prompt: A prompt with a query embedding; of the frames out of sight only the times are used.
  /// - Returns: A stretch of the video.
  /// - Throws: `DataError.impossible` without a query embedding or frames.
  /// - Complexity: O(visible numbers + F·window).
  package func answer(_ prompt: Prompt) throws -> Interval {
    let seen = prompt.visible
    guard let query = prompt.queryEmbedding, query.count == seen.channels, seen.frames > 0 else {
      throw DataError.impossible(
        query: prompt.id, reason: "the reader needs frames and a query embedding as wide as they")
    }
    return stretch(
      of: seen.cosines(with: query), at: seen.timestamps, over: prompt.evidence.timestamps,
      duration: prompt.duration)
  }

  /// The stretch of a video in which values stand out most.
  ///
  /// - Parameters:
  ///   - values: What is known, one number or more.
  ///   - known: At which times it is, ascending.
  ///   - times: The times of all frames.
  ///   - duration: The length of the video, in seconds.
  /// - Returns: The stretch.
  package func stretch(
    of values: [Double], at known: [Double], over times: [Double], duration: Double
  ) -> Interval {
    let curve = ScanChannels.smoothed(filled(values, at: known, over: times), over: window)
    let low = curve.min() ?? 0
    let threshold = low + level * ((curve.max() ?? 0) - low)
    let stretch = Self.largestSum(curve.map { $0 - threshold })
    let spacing = times.count > 1 ? times[1] - times[0] : duration
    return Interval(
      max(0, times[stretch.lowerBound] - spacing / 2),
      min(duration, times[stretch.upperBound - 1] + spacing / 2))
  }

  /// The stretch with the largest sum, the first of equals.
  ///
  /// Source: Kadane's algorithm; Bentley, "Programming pearls", 1984.
  static func largestSum(_ values: [Double]) -> Range<Int> {
    var best = (range: 0..<min(1, values.count), sum: -Double.infinity)
    var start = 0
    var sum = 0.0
    for (index, value) in values.enumerated() {
      if sum <= 0 {
        sum = 0
        start = index
      }
      sum += value
      if sum > best.sum { best = (start..<index + 1, sum) }
    }
    return best.range
  }

  /// Values at some times as a curve over all times: straight between them, level beyond the ends.
  private func filled(_ values: [Double], at known: [Double], over times: [Double]) -> [Double] {
    var next = 0
    return times.map { time in
      while next < known.count, known[next] < time { next += 1 }
      guard next < known.count else { return values[known.count - 1] }
      guard next > 0 else { return values[0] }
      let share = (time - known[next - 1]) / (known[next] - known[next - 1])
      return values[next - 1] + share * (values[next] - values[next - 1])
    }
  }
}

extension FrameFeatures {
  /// The cosine of each frame's mean row with a row; 0 where either has no length.
  fileprivate func cosines(with query: [Float]) -> [Double] {
    let rows = pooled()
    func product(_ first: ArraySlice<Float>, _ second: ArraySlice<Float>) -> Double {
      zip(first, second).reduce(0) { $0 + Double($1.0) * Double($1.1) }
    }
    let length = product(query[...], query[...]).squareRoot()
    return (0..<frames).map { frame in
      let row = rows[frame: frame]
      let lengths = product(row, row).squareRoot() * length
      return lengths > 0 ? product(row, query[...]) / lengths : 0
    }
  }
}
