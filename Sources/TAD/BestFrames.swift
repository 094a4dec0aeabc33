/// A frame with the score it is ranked by.
struct RankedFrame: Sendable, Hashable {
  var frame: Int
  var score: Double
  var isApex = false
  /// Whether it comes before all others, whatever its score.
  var isForced = false

  /// Whether this frame is kept before `other`: a higher score, ties to the earlier frame.
  func precedes(_ other: RankedFrame) -> Bool {
    if isForced != other.isForced { return isForced }
    return score > other.score || (score == other.score && frame < other.frame)
  }
}

/// The best K frames of a stream: a binary heap with the worst kept frame on top.
///
/// Offering a frame that is not kept costs one comparison; one that is costs O(log K). Memory is O(K).
struct BestFrames: Sendable {
  private(set) var kept: [RankedFrame] = []
  let capacity: Int

  init(capacity: Int) {
    self.capacity = capacity
    kept.reserveCapacity(capacity)
  }

  mutating func offer(_ candidate: RankedFrame) {
    if kept.count < capacity {
      kept.append(candidate)
      siftUp(kept.count - 1)
    } else if let worst = kept.first, candidate.precedes(worst) {
      kept[0] = candidate
      siftDown(0)
    }
  }

  /// The kept frames in time order.
  var inTimeOrder: [RankedFrame] { kept.sorted { $0.frame < $1.frame } }

  private mutating func siftUp(_ start: Int) {
    var child = start
    while child > 0 {
      let parent = (child - 1) / 2
      guard kept[parent].precedes(kept[child]) else { return }
      kept.swapAt(parent, child)
      child = parent
    }
  }

  private mutating func siftDown(_ start: Int) {
    var parent = start
    while true {
      var worst = parent
      for child in [2 * parent + 1, 2 * parent + 2] where child < kept.count {
        if kept[worst].precedes(kept[child]) { worst = child }
      }
      if worst == parent { return }
      kept.swapAt(parent, worst)
      parent = worst
    }
  }
}

/// The `count` best frames by score, ties to the earlier, in time order.
///
/// - Complexity: O(F log K).
func bestFrames(_ scores: [Double], count: Int) -> [Int] {
  var best = BestFrames(capacity: count)
  for (frame, score) in scores.enumerated() { best.offer(RankedFrame(frame: frame, score: score)) }
  return best.kept.map(\.frame).sorted()
}
