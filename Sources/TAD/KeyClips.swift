package import Core

/// A stretch of a video with how much it matters: what K-frames predicts, and what frames are then drawn from.
package struct KeyClip: Sendable, Hashable, Codable {
  /// Its first frame.
  package var start: Int

  /// The frame after its last.
  package var end: Int

  /// How much it matters.
  package var priority: ClipPriority

  /// A clip.
  ///
  /// - Precondition: `start` is below `end`.
  package init(start: Int, end: Int, priority: ClipPriority) {
    precondition(start < end, "A clip from frame \(start) to \(end) has no frames.")
    self.start = start
    self.end = end
    self.priority = priority
  }

  /// The frames whose times lie in a stretch, or the one nearest to its middle where none does.
  ///
  /// - Parameters:
  ///   - stretch: Where the clip is, in seconds.
  ///   - times: When each frame of the video is shown, in seconds, ascending.
  ///   - priority: How much it matters.
  /// - Precondition: The video has a frame.
  package init(covering stretch: Interval, times: [Double], priority: ClipPriority) {
    let start = times.firstIndex { $0 >= stretch.start } ?? times.count
    let end = times.firstIndex { $0 >= stretch.end } ?? times.count
    if start < end {
      self.init(start: start, end: end, priority: priority)
    } else {
      let middle = (stretch.start + stretch.end) / 2
      let nearest =
        times.indices.min { abs(times[$0] - middle) < abs(times[$1] - middle) } ?? 0
      self.init(start: nearest, end: nearest + 1, priority: priority)
    }
  }

  /// How many frames it has.
  package var length: Int { end - start }
}

/// Where the frames of a budget go.
package enum ClipMode: String, Codable, Sendable, CaseIterable {
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
/// What clips cannot take goes outside and the other way round, so that exactly `min(K, F)` frames are kept; where ρ would
/// leave a P1 clip without a frame, the grid gives way. So with K frames each of up to K P1 clips is seen, unless another P1
/// clip covers it.
///
/// Source: K-frames, arXiv:2510.13891, §3.
package struct AnyKeyframes: Sendable, Hashable {
  /// w of P1 clips.
  package var firstWeight: Double

  /// w of P2 clips.
  package var secondWeight: Double

  /// Where the frames go.
  package var mode: ClipMode

  /// ρ: the share of the budget outside the clips in `hybrid` mode, 0 … 1.
  package var hybridShare: Double

  /// A way to draw frames from clips.
  package init(
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
  ///   - clips: Clips within the video, in any order; where two overlap the P1 clip has the frames, of equals the earlier one.
  ///   - budget: K.
  ///   - frames: F.
  /// - Returns: `min(K, F)` frames, ascending.
  package func indices(_ clips: [KeyClip], budget: Int, frames: Int) -> [Int] {
    let clips = Self.disjoint(clips, frames: frames)
    let inside = clips.reduce(0) { $0 + $1.length }
    let budget = min(budget, frames)
    let spare = max(0, budget - clips.count { $0.priority == .first })
    let wished = mode == .hybrid ? min(spare, Int((hybridShare * Double(budget)).rounded())) : 0
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
  package func allocation(_ clips: [KeyClip], budget: Int) -> [Int] {
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

  private func weight(_ priority: ClipPriority) -> Double {
    priority == .first ? firstWeight : secondWeight
  }

  /// The clips in time order, cut off where they overlap or leave the video; a P2 clip may fall in two.
  private static func disjoint(_ clips: [KeyClip], frames: Int) -> [KeyClip] {
    let ranked = clips.sorted {
      ($0.priority.rawValue, $0.start, $0.end) < ($1.priority.rawValue, $1.start, $1.end)
    }
    var owners = [Int?](repeating: nil, count: frames)
    for (owner, clip) in ranked.enumerated() {
      for frame in max(0, clip.start)..<max(0, clip.start, min(clip.end, frames))
      where owners[frame] == nil {
        owners[frame] = owner
      }
    }
    var kept: [KeyClip] = []
    for (frame, owner) in owners.enumerated() {
      guard let owner else { continue }
      if frame > 0, owners[frame - 1] == owner {
        kept[kept.count - 1].end = frame + 1
      } else {
        kept.append(KeyClip(start: frame, end: frame + 1, priority: ranked[owner].priority))
      }
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

extension AnyKeyframes {
  /// What its parameters mean, for every selector that draws from clips.
  static let keys: [String: KeyDeclaration] = [
    "firstWeight": .real(0..., "The weight of P1 clips in sharing out frames."),
    "secondWeight": .real(0..., "The weight of P2 clips in sharing out frames."),
    "mode": .choice(
      ClipMode.self, "focused (inside clips only) or hybrid (a share on a grid over the rest)."),
    "hybridShare": .real(0...1, "The share of the budget outside the clips in hybrid mode (ρ)."),
  ]

  /// The same, and those of a frame budget.
  package static let budgetedKeys = keys.merging(budgetKeys) { $1 }
}
