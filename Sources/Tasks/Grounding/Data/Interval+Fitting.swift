package import Core

/// Why a right answer cannot be one of its video.
package struct UnusableWindow: Error, Hashable {
  /// What is wrong with it, the end of a sentence.
  package let reason: String
}

extension Interval {
  /// The part of a right answer that lies in its video: the one rule for importing, training, evaluating and keyframes.
  ///
  /// - Parameter duration: The length of the video, in seconds.
  /// - Returns: The part of it within 0 … `duration`.
  /// - Throws: `UnusableWindow` for a window that ends before it starts, or of which no part is in the video.
  package func fitted(to duration: Double) throws(UnusableWindow) -> Interval {
    guard isProper else {
      throw UnusableWindow(reason: "its window ends at \(end) but starts at \(start)")
    }
    guard start < duration else {
      throw UnusableWindow(
        reason: "its window \(text) starts at or after the end of its video, \(duration) s")
    }
    guard end > 0 else {
      throw UnusableWindow(reason: "its window \(text) ends before its video begins")
    }
    return Interval(max(0, start), min(end, duration))
  }
}
