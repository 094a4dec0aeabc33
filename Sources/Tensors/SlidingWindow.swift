/// How far back queries see: a query at position p sees keys at positions p − size + 1 … p.
///
/// Source: Beltagy et al., arXiv:2004.05150, §3.1; Jiang et al., "Mistral 7B", arXiv:2310.06825, §2.
public struct SlidingWindow: Sendable, Hashable {
  /// W: how many keys a query sees at most, itself included.
  public var size: Int

  /// The position of the first key of each segment; the others of a segment follow one by one.
  public var firstPositions: [Int]

  /// A window.
  ///
  /// - Precondition: `size` is positive.
  public init(size: Int, firstPositions: [Int]) {
    precondition(size > 0, "A window of \(size) keys shows nothing.")
    self.size = size
    self.firstPositions = firstPositions
  }

  /// How many keys of a segment lie before the window of a query at `position`, at most `count`.
  func hidden(_ segment: Int, position: Int, count: Int) -> Int {
    min(count, max(0, position - size + 1 - firstPositions[segment]))
  }
}

extension AttentionPlan {
  /// The position of the first key of each segment.
  ///
  /// - Precondition: The keys of a segment stand one by one: a window counts keys, and rows that share a position (frames at
  ///   their times) would make it ambiguous.
  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  public static func firstPositions(_ segments: [Range<Int>], _ keyPositions: [Int]) -> [Int] {
    segments.map { segment in
      for row in segment.dropFirst() {
        precondition(
          keyPositions[row] == keyPositions[row - 1] + 1,
          "A sliding window needs consecutive positions.")
      }
      return segment.isEmpty ? 0 : keyPositions[segment.lowerBound]
    }
  }
}
