package import Core

/// The numbers that training looks at: how well the first answer to each query fits.
package struct GroundingMetrics: Sendable, Hashable {
  /// The mean over queries of the best intersection over union with a right answer, 0 … 1.
  package let meanIoU: Double

  /// The share of queries whose answer reaches each threshold (≥), by threshold.
  package let recall: [Double: Double]

  /// The best intersection over union of each query, 0 where there is no answer.
  package let ious: [Double]

  /// The thresholds that papers report.
  package static let usualThresholds = [0.3, 0.5, 0.7]

  /// Judges one answer to each query; a query without an answer counts as wrong.
  ///
  /// - Parameters:
  ///   - predicted: The answer to each query, or `nil`.
  ///   - truths: The right answers to each query.
  ///   - thresholds: Which intersections over union count as right.
  /// - Returns: The mean intersection over union and the recalls.
  /// - Precondition: As many predictions as truths.
  package static func top1(
    predicted: [Interval?], truths: [[Interval]], thresholds: [Double] = usualThresholds
  ) -> GroundingMetrics {
    precondition(
      predicted.count == truths.count,
      "\(predicted.count) predictions for \(truths.count) queries.")
    let ious: [Double] = zip(predicted, truths).map { answer, truths in
      guard let answer else { return 0 }
      return truths.map { answer.iou($0) }.max() ?? 0
    }
    let recall = thresholds.map { threshold in
      (threshold, mean(ious.map { $0 >= threshold ? 1 : 0 }))
    }
    return GroundingMetrics(
      meanIoU: mean(ious), recall: Dictionary(recall) { first, _ in first }, ious: ious)
  }
}

/// The mean; 0 of nothing.
func mean(_ values: [Double]) -> Double {
  values.isEmpty ? 0 : values.reduce(0, +) / Double(values.count)
}
