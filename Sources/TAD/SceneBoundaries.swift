/// Which frame stands for a scene.
package enum ScenePick: String, Codable, Sendable, CaseIterable {
  /// Its first frame.
  case start
  /// Its middle frame.
  case middle
}

/// Cuts with the scores they were judged by.
struct SceneBoundaries {
  /// How much each frame differs from the one before, by the rule's own measure.
  var scores: [Double]
  /// The frames at which a new scene was found to begin, ascending, without frame 0.
  var cuts: [Int]

  /// The frames that stand for the scenes.
  ///
  /// - Parameters:
  ///   - count: How many scenes to make; `nil` for as many as were found. Found cuts are preferred, by score; what is
  ///     missing comes from the other frames, by score.
  ///   - pick: Which frame stands for a scene.
  /// - Returns: As many frames as scenes, ascending.
  func keyframes(_ count: Int?, pick: ScenePick) -> [Int] {
    let starts = count.map(strongest) ?? [0] + cuts
    switch pick {
    case .start: return starts
    case .middle:
      return zip(starts, starts.dropFirst() + [scores.count]).map { ($0 + $1 - 1) / 2 }
    }
  }

  private func strongest(_ count: Int) -> [Int] {
    let found = Set(cuts)
    var best = BestFrames(capacity: count - 1)
    for frame in scores.indices.dropFirst() {
      best.offer(
        RankedFrame(frame: frame, score: scores[frame], isForced: found.contains(frame)))
    }
    return [0] + best.inTimeOrder.map(\.frame)
  }
}

/// Cuts at least `minimum` frames from the one before and from the start.
func spaced(_ candidates: [Int], minimum: Int) -> [Int] {
  var kept: [Int] = []
  for cut in candidates where cut - (kept.last ?? 0) >= minimum { kept.append(cut) }
  return kept
}
