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

  /// Whether both score nothing, so that no place in time is better than another.
  func ranks(with other: RankedFrame) -> Bool {
    score == 0 && other.score == 0 && isForced == other.isForced
  }
}

/// The best K frames of a stream: a binary heap with the worst kept frame on top.
///
/// Of equal scores the earlier frame is kept. Where that is asked for, frames that score 0 are spread evenly instead: of a still
/// video, whose frames do not vary, the first K would show nothing of the rest.
///
/// Offering a frame that is not kept costs two comparisons; one that is costs O(log K). Memory is O(K), and a number for
/// each stretch of frames that score 0 while such a frame is kept.
struct BestFrames: Sendable {
  private(set) var kept: [RankedFrame] = []
  let capacity: Int
  private let spreads: Bool

  /// Stretches of frames that rank with the worst kept one and found no room.
  private var tied: [(frames: ClosedRange<Int>, isApex: Bool)] = []
  /// How many frames those are.
  private(set) var tiedCount = 0

  /// Nothing yet.
  ///
  /// - Parameters:
  ///   - capacity: K.
  ///   - spreads: Whether a score of 0 says that a frame shows nothing new, so that such frames are spread evenly.
  init(capacity: Int, spreading spreads: Bool = false) {
    self.capacity = capacity
    self.spreads = spreads
    kept.reserveCapacity(capacity)
  }

  mutating func offer(_ candidate: RankedFrame) {
    guard kept.count == capacity else {
      kept.append(candidate)
      siftUp(kept.count - 1)
      return
    }
    guard let worst = kept.first else { return }
    guard spreads else {
      if candidate.precedes(worst) { replaceWorst(candidate) }
      return
    }
    if candidate.precedes(worst) {
      replaceWorst(candidate)
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

  private mutating func replaceWorst(_ candidate: RankedFrame) {
    kept[0] = candidate
    siftDown(0)
  }

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

/// The `count` best frames by score, in time order; of equal ones the earlier, but spread evenly where all are equal.
///
/// - Complexity: O(F log K).
func bestFrames(_ scores: [Double], count: Int) -> [Int] {
  let isFlat = scores.allSatisfy { $0 == scores.first }
  var best = BestFrames(capacity: count, spreading: isFlat)
  for (frame, score) in scores.enumerated() {
    best.offer(RankedFrame(frame: frame, score: isFlat ? 0 : score))
  }
  return best.inTimeOrder.map(\.frame)
}
