package import Core

/// How well keyframes meet the true stretches, without a model.
///
/// With K keyframes, of which `c_j` lie in stretch j of J:
///
/// | score | formula |
/// |---|---|
/// | `keyframeRate` (KFR) | share of keyframes inside any stretch |
/// | `hitRate` (SHR) | share of stretches with a keyframe |
/// | `balance` (BSR) | `mean_j min(1, c_j / (K/J))`: every stretch has its equal share of the budget |
/// | `distribution` (BDS) | `1 − ½ Σ_j abs(c_j/Σc − ℓ_j/Σℓ)`: keyframes lie as stretch lengths do; 0 without a hit |
/// | `unified` (UKSS) | `(KFR·BSR·BDS)^⅓` |
///
/// Source: KFS-Bench for the names and for UKSS; the formulas of BSR and BDS are our reading.
package struct StretchQuality: Sendable, Hashable, Codable {
  /// KFR: the share of keyframes inside any true stretch.
  package var keyframeRate: Double
  /// SHR: the share of true stretches with a keyframe inside.
  package var hitRate: Double
  /// BSR: how nearly every stretch has its equal share of the budget, 0 … 1.
  package var balance: Double
  /// BDS: how nearly the keyframes lie as the lengths of the stretches do, 0 … 1.
  package var distribution: Double
  /// UKSS: the geometric mean of KFR, BSR and BDS.
  package var unified: Double

  /// The scores of keyframes.
  ///
  /// - Parameters:
  ///   - times: The time of each keyframe, in seconds; at least one.
  ///   - stretches: The true stretches, in seconds; at least one. A keyframe on an edge is inside.
  /// - Precondition: There is a keyframe and a stretch.
  package init(times: [Double], stretches: [Interval]) {
    precondition(!times.isEmpty && !stretches.isEmpty, "There is nothing to compare.")
    func isInside(_ time: Double, _ stretch: Interval) -> Bool {
      time >= stretch.start && time <= stretch.end
    }
    let counts = stretches.map { stretch in Double(times.count { isInside($0, stretch) }) }
    let inside = times.count { time in stretches.contains { isInside(time, $0) } }
    let share = Double(times.count) / Double(stretches.count)
    keyframeRate = Double(inside) / Double(times.count)
    hitRate = Double(counts.count { $0 > 0 }) / Double(stretches.count)
    balance = counts.reduce(0) { $0 + min(1, $1 / share) } / Double(stretches.count)
    distribution = Self.overlap(counts, stretches.map { max(0, $0.length) })
    unified = cubeRoot(keyframeRate * balance * distribution)
  }

  /// The mean over questions; `nil` without one.
  ///
  /// - Parameter questions: The scores of each question.
  /// - Returns: The mean of each score.
  package static func mean(_ questions: [StretchQuality]) -> StretchQuality? {
    guard var sum = questions.first else { return nil }
    let paths: [WritableKeyPath<StretchQuality, Double>] = [
      \.keyframeRate, \.hitRate, \.balance, \.distribution, \.unified,
    ]
    for path in paths {
      let total = questions.reduce(0) { $0 + $1[keyPath: path] }
      sum[keyPath: path] = total / Double(questions.count)
    }
    return sum
  }

  /// The overlap of two distributions given by weights; 0 where either has none.
  private static func overlap(_ first: [Double], _ second: [Double]) -> Double {
    let total = first.reduce(0, +)
    let other = second.reduce(0, +)
    guard total > 0, other > 0 else { return 0 }
    return 1 - zip(first, second).reduce(0) { $0 + abs($1.0 / total - $1.1 / other) } / 2
  }
}

/// What can be said of keyframes by their numbers alone.
package enum KeyframeQuality {
  /// The largest gap between keyframes as a multiple of the uniform selection's.
  ///
  /// The stretches before the first and after the last keyframe are gaps too; uniform keyframes (midpoints) have
  /// gaps of F/K.
  ///
  /// - Parameters:
  ///   - indices: The keyframes, ascending; at least one.
  ///   - frames: F.
  /// - Returns: The largest gap in units of F/K.
  /// - Precondition: There is a keyframe.
  package static func coverage(_ indices: [Int], of frames: Int) -> Double {
    guard let first = indices.first, let last = indices.last else {
      preconditionFailure("There is no keyframe.")
    }
    let inner = zip(indices, indices.dropFirst()).map { Double($1 - $0) }
    let edges = [Double(first) + 0.5, Double(frames - last) - 0.5]
    let largest = (inner + edges).max() ?? 0
    return largest * Double(indices.count) / Double(frames)
  }

  /// The largest gap between keyframes in time, as a multiple of the uniform selection's; `coverage(_:of:)` where frames
  /// last equally long.
  ///
  /// - Parameters:
  ///   - indices: The keyframes, ascending; at least one.
  ///   - times: When each frame of the video is shown, in seconds, ascending.
  /// - Returns: The largest gap in units of duration/K.
  /// - Precondition: There is a keyframe, and the video has its frame.
  package static func coverage(_ indices: [Int], times: [Double]) -> Double {
    guard FrameSpacing.areUneven(times), let start = times.first, let last = times.last else {
      return coverage(indices, of: times.count)
    }
    let end = last + FrameSpacing.typicalStep(times)
    let half = FrameSpacing.typicalStep(times) / 2
    let shown = indices.map { times[$0] }
    let inner = zip(shown, shown.dropFirst()).map { $1 - $0 }
    let edges = [shown[0] - start + half, end - half - shown[shown.count - 1]]
    return ((inner + edges).max() ?? 0) * Double(indices.count) / (end - start)
  }

  /// The share of true cuts with a found frame at most `tolerance` frames away.
  ///
  /// - Parameters:
  ///   - found: Found frames, in any order.
  ///   - truth: True cuts: the first frame of each new scene.
  ///   - tolerance: How many frames away still counts.
  /// - Returns: 0 … 1; `nil` where there are no true cuts.
  package static func cutRecall(_ found: [Int], truth: [Int], tolerance: Int) -> Double? {
    guard !truth.isEmpty else { return nil }
    let hits = truth.count { cut in found.contains { abs($0 - cut) <= tolerance } }
    return Double(hits) / Double(truth.count)
  }

  /// The share of true cuts with a found time at most `tolerance` seconds away.
  ///
  /// - Parameters:
  ///   - found: Found times, in seconds.
  ///   - truth: True cuts, in seconds.
  ///   - tolerance: How many seconds away still count.
  /// - Returns: 0 … 1; `nil` where there are no true cuts.
  package static func cutRecall(_ found: [Double], truth: [Double], tolerance: Double) -> Double? {
    guard !truth.isEmpty else { return nil }
    let hits = truth.count { cut in found.contains { abs($0 - cut) <= tolerance } }
    return Double(hits) / Double(truth.count)
  }

  /// The agreement of two selections: frames in both over frames in either.
  ///
  /// - Parameters:
  ///   - first: One selection.
  ///   - second: The other.
  /// - Returns: 0 … 1; 1 for two empty ones.
  package static func jaccard(_ first: [Int], _ second: [Int]) -> Double {
    let union = Set(first).union(second)
    return union.isEmpty ? 1 : Double(Set(first).intersection(second).count) / Double(union.count)
  }
}
