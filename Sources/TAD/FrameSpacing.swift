/// What the times of a video's frames say of its rate.
package enum FrameSpacing {
  /// Whether frames last so differently that counting them does not measure time.
  ///
  /// Times that were rounded to milliseconds or to ticks of a container differ by less than half of a step; a variable rate,
  /// a gap or a held picture by more.
  ///
  /// - Parameter times: When each frame is shown, in seconds, ascending.
  /// - Returns: Whether the longest step is more than half again as long as the shortest.
  package static func areUneven(_ times: [Double]) -> Bool {
    let steps = zip(times, times.dropFirst()).map { $1 - $0 }
    guard let shortest = steps.min(), let longest = steps.max() else { return false }
    return longest > 1.5 * shortest
  }

  /// The median distance of neighbouring frames in seconds; 0 for fewer than two.
  package static func typicalStep(_ times: [Double]) -> Double {
    let steps = zip(times, times.dropFirst()).map { $1 - $0 }.sorted()
    return steps.isEmpty ? 0 : steps[steps.count / 2]
  }
}
