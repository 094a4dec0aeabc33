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

  /// Whether nothing but its place in time tells this frame from `other`.
  func ranks(with other: RankedFrame) -> Bool {
    score == other.score && isForced == other.isForced
  }
}

/// The best K frames of a stream: a binary heap with the worst kept frame on top.
///
/// Where more frames have the score of the worst that is kept than there is room for, those that are kept are spread evenly
/// over all of them: of a still video, whose frames all score the same, the first K would show nothing of the rest.
///
/// Offering a frame that is not kept costs two comparisons; one that is costs O(log K). Memory is O(K), and a number for
/// each stretch of frames that score as the worst that is kept.
struct BestFrames: Sendable {
  private(set) var kept: [RankedFrame] = []
  let capacity: Int

  /// Stretches of frames that rank with the worst kept one and found no room.
  private var tied: [(frames: ClosedRange<Int>, isApex: Bool)] = []
  /// How many frames those are.
  private(set) var tiedCount = 0

  init(capacity: Int) {
    self.capacity = capacity
    kept.reserveCapacity(capacity)
  }

  mutating func offer(_ candidate: RankedFrame) {
    guard kept.count == capacity else {
      kept.append(candidate)
      siftUp(kept.count - 1)
      return
    }
    guard let worst = kept.first else { return }
    if candidate.precedes(worst) {
      kept[0] = candidate
      siftDown(0)
      if !kept[0].ranks(with: worst) { (tied, tiedCount) = ([], 0) }
      if kept[0].ranks(with: worst) { tie(worst) }
    } else if candidate.ranks(with: worst) {
      tie(candidate)
    }
  }

  /// The frames that are chosen, in time order.
  ///
  /// - Complexity: O(K log K), and O(T) for T frames that rank with the worst kept one.
  var inTimeOrder: [RankedFrame] {
    guard let worst = kept.first, tiedCount > 0 else { return kept.sorted { $0.frame < $1.frame } }
    let better = kept.filter { !$0.ranks(with: worst) }
    var level = kept.filter { $0.ranks(with: worst) }
    for (frames, isApex) in tied {
      level += frames.map { frame in
        RankedFrame(
          frame: frame, score: worst.score, isApex: isApex, isForced: worst.isForced)
      }
    }
    level.sort { $0.frame < $1.frame }
    let places = UniformKeyframes.indices(
      kept.count - better.count, of: level.count, placement: .midpoint)
    return (better + places.map { level[$0] }).sorted { $0.frame < $1.frame }
  }

  /// The frames that may be chosen as things stand.
  var candidates: [Int] { kept.map(\.frame) + tied.flatMap { Array($0.frames) } }

  private mutating func tie(_ frame: RankedFrame) {
    tiedCount += 1
    if let last = tied.last, last.isApex == frame.isApex, last.frames.upperBound + 1 == frame.frame
    {
      tied[tied.count - 1].frames = last.frames.lowerBound...frame.frame
    } else {
      tied.append((frame.frame...frame.frame, frame.isApex))
    }
  }

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

/// The `count` best frames by score, in time order; frames of equal score are spread evenly.
///
/// - Complexity: O(F log K).
func bestFrames(_ scores: [Double], count: Int) -> [Int] {
  var best = BestFrames(capacity: count)
  for (frame, score) in scores.enumerated() { best.offer(RankedFrame(frame: frame, score: score)) }
  return best.inTimeOrder.map(\.frame)
}
