package import Core

extension EvaluationReport {
  /// What became of one query: its first window against the right ones.
  package struct Question: Sendable, Hashable {
    /// The query's number or name.
    package let query: String
    /// The video it is about.
    package let video: String
    /// Its words.
    package let text: String
    /// The first predicted window; `nil` where nothing was predicted.
    package let answer: Interval?
    /// The right windows.
    package let windows: [Interval]
    /// The intersection over union of the answer with the right window it fits best, 0 … 1; their mean is the mean IoU.
    package let iou: Double

    init(_ prediction: HighlightPrediction, _ truth: HighlightTruth) {
      query = truth.query
      video = truth.video
      text = truth.text
      answer = prediction.windows.first?.interval
      windows = truth.windows
      iou =
        GroundingMetrics.top1(predicted: [answer], truths: [truth.windows], thresholds: []).meanIoU
    }
  }
}
