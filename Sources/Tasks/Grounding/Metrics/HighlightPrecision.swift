/// Highlight detection: how far up a predicted score per clip puts the clips that people liked.
enum HighlightPrecision {
  /// What people must have said at least of a clip for it to count.
  enum Level: Int, CaseIterable {
    case fair = 2
    case good = 3
    case veryGood = 4

    var name: String {
      switch self {
      case .fair: "Fair"
      case .good: "Good"
      case .veryGood: "VeryGood"
      }
    }
  }

  /// How long a clip is, in seconds.
  static let clipLength = 2.0

  /// How many people judged each clip.
  static let judges = 3

  /// Which clips each judge found good enough; clips outside the right windows have score 0.
  static func positives(_ truth: HighlightTruth, _ level: Level) -> [[Bool]] {
    let clips = Int(min(max(0, truth.duration), AnnotationCheck.longest) / clipLength)
    var result = [[Bool]](repeating: .init(repeating: false, count: clips), count: judges)
    for (clip, scores) in zip(truth.clips, truth.saliency) where (0..<clips).contains(clip) {
      for (judge, score) in scores.prefix(judges).enumerated() {
        result[judge][clip] = score >= level.rawValue
      }
    }
    return result
  }

  /// Whether the clip with the highest score (the first of equals) is one that any judge found good enough.
  static func hitsFirst(_ scores: [Double], _ positives: [[Bool]]) -> Bool {
    guard var best = scores.indices.first else { return false }
    for clip in scores.indices where scores[clip] > scores[best] { best = clip }
    return positives.contains { best < $0.count && $0[best] }
  }

  /// The average precision of scores for one judge.
  ///
  /// It is the mean, over those distinct scores at which recall rises, of the best precision at that score or a lower
  /// one: equal scores are one step, whatever they contribute to recall. Without a positive clip it is 0; if all are, 1.
  static func average(_ scores: [Double], _ positives: [Bool]) -> Double {
    let total = positives.count { $0 }
    guard total > 0 else { return 0 }
    guard total < positives.count else { return 1 }
    let clips = positives.enumerated().map { clip, positive in
      (score: clip < scores.count ? scores[clip] : 0, positive: positive)
    }
    let ranked = DetectionPrecision.byDescending(clips, \.score)
    var steps: [(precision: Double, rises: Bool)] = []
    var hits = 0
    var before = 0
    for (rank, clip) in ranked.enumerated() {
      hits += clip.positive ? 1 : 0
      guard rank + 1 == ranked.count || ranked[rank + 1].score != clip.score else { continue }
      steps.append((Double(hits) / Double(rank + 1), hits > before))
      before = hits
    }
    var best = 0.0
    var counted: [Double] = []
    for step in steps.reversed() {
      best = max(best, step.precision)
      if step.rises { counted.append(best) }
    }
    return mean(counted)
  }
}
