/// A change of a video's time line: perhaps cut, then run backwards, then begun later, with what is pushed over its end at its
/// beginning.
package struct TimeChange: Sendable, Hashable {
  /// What is cut off before, in seconds.
  package let cut: Double
  /// D: how long the video is then, in seconds; it stays so long.
  package let duration: Double
  /// Whether the video runs backwards.
  package let isReversed: Bool
  /// How much later everything happens then, 0 ..< D, in seconds.
  package let delay: Double

  /// A change; nothing is cut off where that is left out.
  package init(cut: Double = 0, duration: Double, isReversed: Bool, delay: Double) {
    self.cut = cut
    self.duration = duration
    self.isReversed = isReversed
    self.delay = delay
  }

  /// Where a stretch lies afterwards: one piece, two where the video's end cuts it, none of what lies outside.
  package func pieces(of stretch: Interval) -> [Interval] {
    let stretch = Interval(max(0, stretch.start - cut), min(duration, stretch.end - cut))
    guard stretch.length > 0 else { return [] }
    guard stretch.length < duration else { return [Interval(0, duration)] }
    let turned = isReversed ? duration - stretch.end : stretch.start
    let start = turned + delay < duration ? turned + delay : turned + delay - duration
    let end = start + stretch.length
    guard end > duration else { return [Interval(start, end)] }
    return [Interval(start, duration), Interval(0, end - duration)]
  }
}

/// The question that another one was made from, by a change of its video's time line.
package struct PromptOrigin: Sendable, Hashable {
  /// Its name, by which tables know it.
  package let id: String
  /// What was done to its video.
  package let change: TimeChange

  /// An origin.
  package init(id: String, change: TimeChange) {
    self.id = id
    self.change = change
  }
}
