package import Core

/// One way to judge an interval against the truth.
package enum GroundingTerm: String, Sendable, Hashable, CaseIterable {
  /// Intersection over union, 0 … 1.
  case iou
  /// `IoU·(1−|Δstart|/D)·(1−|Δend|/D)`, 0 … 1: Time-R1's reward, D being the length of the video.
  case timeR1
  /// IoU less the share of the hull that neither covers, −1 … 1: says how far off a miss is.
  case giou
  /// 1 for a proper interval, whatever it says.
  case format

  /// The value of a proper interval against one truth.
  ///
  /// - Parameters:
  ///   - answer: The judged interval, start < end.
  ///   - truth: A right answer.
  ///   - duration: D, the length of the video in seconds.
  /// - Returns: A value in the range of this term.
  package func value(_ answer: Interval, truth: Interval, duration: Double) -> Double {
    switch self {
    case .iou: answer.iou(truth)
    case .timeR1:
      answer.iou(truth)
        * max(0, 1 - (answer.start - truth.start).magnitude / duration)
        * max(0, 1 - (answer.end - truth.end).magnitude / duration)
    case .giou: answer.iou(truth) - Self.gap(answer, truth)
    case .format: 1
    }
  }

  /// The share of the hull of two intervals that neither covers.
  private static func gap(_ first: Interval, _ second: Interval) -> Double {
    let hull = max(first.end, second.end) - min(first.start, second.start)
    let union = first.length + second.length - first.overlap(second)
    return hull > 0 ? max(0, hull - union) / hull : 0
  }
}
