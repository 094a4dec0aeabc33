/// A stretch of a video with how much it matters: what K-frames predicts, and what frames are then drawn from.
public struct KeyClip: Sendable, Hashable, Codable {
  /// How much a clip matters.
  public enum Priority: String, Sendable, Codable, CaseIterable {
    /// It must be seen: at least one frame while the budget lasts.
    case first = "P1"
    /// It is worth seeing.
    case second = "P2"
  }

  /// Its first frame.
  public var start: Int

  /// The frame after its last.
  public var end: Int

  /// How much it matters.
  public var priority: Priority

  /// A clip.
  ///
  /// - Precondition: `start` is below `end`.
  public init(start: Int, end: Int, priority: Priority) {
    precondition(start < end, "A clip from frame \(start) to \(end) has no frames.")
    self.start = start
    self.end = end
    self.priority = priority
  }

  /// How many frames it has.
  public var length: Int { end - start }
}

/// Where the frames of a budget go.
public enum ClipMode: String, Codable, Sendable, CaseIterable {
  /// Inside clips only, as far as they reach.
  case focused
  /// A share of them on a uniform grid over the rest of the video.
  case hybrid
}

/// Any number of frames from clips: the same clips serve every budget.
///
/// 1. every P1 clip gets a frame, in descending order of weight × length, while the budget lasts
/// 2. the rest is shared out by largest remainder in proportion to weight × length, no clip getting more than it has
/// 3. the `k_j` frames of a clip are equally spaced: `start + (i + ½)·length/k_j`
/// 4. `hybrid` puts a share ρ of the budget on a uniform grid over the frames outside the clips
///
/// What clips cannot take goes outside and the other way round, so that exactly `min(K, F)` frames are kept.
///
/// Source: K-frames, arXiv:2510.13891, §3.
public struct AnyKeyframes: Sendable, Hashable {
  /// w of P1 clips.
  public var firstWeight: Double

  /// w of P2 clips.
  public var secondWeight: Double

  /// Where the frames go.
  public var mode: ClipMode

  /// ρ: the share of the budget outside the clips in `hybrid` mode, 0 … 1.
  public var hybridShare: Double

  /// A way to draw frames from clips.
  public init(
    firstWeight: Double = 1, secondWeight: Double = 0.5, mode: ClipMode = .focused,
    hybridShare: Double = 0.25
  ) {
    self.firstWeight = firstWeight
    self.secondWeight = secondWeight
    self.mode = mode
    self.hybridShare = hybridShare
  }

  /// The frames drawn from clips.
  ///
  /// - Parameters:
  ///   - clips: Clips within the video, in any order; where two overlap the earlier one has the frames.
  ///   - budget: K.
  ///   - frames: F.
  /// - Returns: `min(K, F)` frames, ascending.
  public func indices(_ clips: [KeyClip], budget: Int, frames: Int) -> [Int] {
    let clips = Self.disjoint(clips, frames: frames)
    let inside = clips.reduce(0) { $0 + $1.length }
    let budget = min(budget, frames)
    let wished = mode == .hybrid ? Int((hybridShare * Double(budget)).rounded()) : 0
    let outside = min(frames - inside, max(wished, budget - inside))
    let counts = allocation(clips, budget: budget - outside)
    let drawn = zip(clips, counts).flatMap { clip, count in
      UniformKeyframes.indices(count, of: clip.length, placement: .midpoint)
        .map { $0 + clip.start }
    }
    return (drawn + Self.grid(outside, outside: clips, frames: frames)).sorted()
  }

  /// How many frames each clip gives: k_j.
  ///
  /// - Parameters:
  ///   - clips: Disjoint clips.
  ///   - budget: How many frames they give together.
  /// - Returns: One number a clip; their sum is the budget or all frames there are.
  public func allocation(_ clips: [KeyClip], budget: Int) -> [Int] {
    let shares = clips.map { weight($0.priority) * Double($0.length) }
    var counts = clips.map { _ in 0 }
    let order = clips.indices.sorted { (-shares[$0], $0) < (-shares[$1], $1) }
    let urgent = order.filter { clips[$0].priority == .first }
    for clip in urgent.prefix(budget) { counts[clip] = 1 }
    var left = min(budget, clips.reduce(0) { $0 + $1.length }) - counts.reduce(0, +)
    while left > 0 {
      let open = clips.indices.filter { counts[$0] < clips[$0].length }
      let quotas = largestRemainder(left, shares: open.map { shares[$0] })
      for (clip, quota) in zip(open, quotas) {
        let added = min(quota, clips[clip].length - counts[clip])
        counts[clip] += added
        left -= added
      }
    }
    return counts
  }

  private func weight(_ priority: KeyClip.Priority) -> Double {
    priority == .first ? firstWeight : secondWeight
  }

  /// The clips in time order, cut off where they overlap or leave the video.
  private static func disjoint(_ clips: [KeyClip], frames: Int) -> [KeyClip] {
    var kept: [KeyClip] = []
    for clip in clips.sorted(by: { ($0.start, $0.end) < ($1.start, $1.end) }) {
      let start = max(clip.start, kept.last?.end ?? 0)
      let end = min(clip.end, frames)
      if start < end { kept.append(KeyClip(start: start, end: end, priority: clip.priority)) }
    }
    return kept
  }

  /// A uniform grid over the frames outside the clips.
  private static func grid(_ count: Int, outside clips: [KeyClip], frames: Int) -> [Int] {
    guard count > 0 else { return [] }
    var free: [Int] = []
    var next = 0
    for clip in clips {
      free += next..<clip.start
      next = clip.end
    }
    free += next..<frames
    return UniformKeyframes.indices(count, of: free.count, placement: .midpoint).map { free[$0] }
  }
}

/// Shares out whole units in proportion to shares, the largest remainders first, ties to the first.
///
/// - Parameters:
///   - units: How many to share out.
///   - shares: Non-negative, one a taker; all equal where their sum is 0.
/// - Returns: One count a taker; their sum is `units`.
/// - Precondition: There is a taker.
func largestRemainder(_ units: Int, shares: [Double]) -> [Int] {
  let sum = shares.reduce(0, +)
  let quotas = shares.map {
    sum > 0 ? Double(units) * $0 / sum : Double(units) / Double(shares.count)
  }
  var counts = quotas.map { Int($0) }
  let order = quotas.indices.sorted {
    let first = quotas[$0] - Double(counts[$0])
    let second = quotas[$1] - Double(counts[$1])
    return first > second || (first == second && $0 < $1)
  }
  for taker in order.prefix(units - counts.reduce(0, +)) { counts[taker] += 1 }
  return counts
}
