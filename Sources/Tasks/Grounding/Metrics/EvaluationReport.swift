internal import Foundation
internal import Core

/// The numbers of the QVHighlights evaluator: moment retrieval by length of window, and highlight detection by level.
///
/// All are percentages, as in the evaluator's own file; `shares` are the same numbers as the program has them everywhere else.
/// Source: the protocol of Lei, Berg & Bansal, "QVHighlights", NeurIPS 2021, with the mean IoU and the
/// thresholds from 0.3 that later work added.
package struct EvaluationReport: Sendable, Hashable {
  /// Queries by the length of their right windows, in seconds: more than the lower bound, at most the upper.
  package enum Length: String, Sendable, CaseIterable {
    /// Every query, whatever its windows.
    case full
    /// More than 30 s.
    case long
    /// More than 10 s and at most 30 s.
    case middle
    /// At most 10 s.
    case short

    fileprivate func contains(_ window: Interval) -> Bool {
      switch self {
      case .full: true
      case .long: window.length > 30 && window.length <= 150
      case .middle: window.length > 10 && window.length <= 30
      case .short: window.length > 0 && window.length <= 10
      }
    }
  }

  /// How well windows are found.
  package struct Moments: Sendable, Hashable {
    /// The mean IoU of the first window with the right window it fits best.
    package var meanIoU: Double
    /// Average precision at each threshold from 0.5 to 0.95.
    package var precision: [Double: Double]
    /// The mean of `precision`.
    package var meanPrecision: Double
    /// The share of queries whose first window reaches each threshold from 0.3 to 0.95.
    package var recall: [Double: Double]
  }

  /// How well highlights are found.
  package struct Highlights: Sendable, Hashable {
    /// What people must have said of a clip: `Fair`, `Good` or `VeryGood`.
    package var level: String
    /// Mean average precision over queries and people.
    package var meanPrecision: Double
    /// The share of queries whose highest clip somebody liked.
    package var hit: Double
  }

  /// What to do about queries without predictions and predictions without queries.
  package enum Matching: Sendable {
    /// Both are errors, as in the evaluator.
    case exact
    /// Every annotated query counts, as wrong if nobody predicts it; other predictions are left out.
    case annotated
  }

  /// Moment retrieval; a length of which there is no query is absent.
  package let moments: [Length: Moments]

  /// Highlight detection from `Fair` to `VeryGood`; empty if it was not predicted, or no clip was judged.
  package let highlights: [Highlights]

  /// What became of each query, in the order of the truths.
  package let questions: [Question]

  /// 0.3, 0.35 … 0.95.
  package static let recallThresholds = stride(from: 30, through: 95, by: 5).map {
    Double($0) / 100
  }

  /// 0.5, 0.55 … 0.95.
  package static let precisionThresholds = stride(from: 50, through: 95, by: 5).map {
    Double($0) / 100
  }

  /// How many windows of a query count for average precision.
  package static let windowLimit = 10

  /// Judges predictions.
  ///
  /// - Parameters:
  ///   - predictions: At most one a query; the first window is the answer, whatever its score.
  ///   - truths: What is known of each query.
  ///   - matching: What to do about queries on one side only.
  /// - Returns: All the evaluator's numbers.
  /// - Throws: `DataError.unmatchedQueries`, `.repeatedQuery` or `.nothingThere`.
  package static func qvhighlights(
    predictions: [HighlightPrediction], truths: [HighlightTruth], matching: Matching = .exact
  ) throws -> EvaluationReport {
    let cases = try paired(predictions, truths, matching)
    var moments: [Length: Moments] = [:]
    for length in Length.allCases { moments[length] = Self.moments(cases, length) }
    return EvaluationReport(
      moments: moments, highlights: highlights(cases),
      questions: cases.map { Question($0.prediction, $0.truth) })
  }

  private typealias Case = (prediction: HighlightPrediction, truth: HighlightTruth)

  private static func paired(
    _ predictions: [HighlightPrediction], _ truths: [HighlightTruth], _ matching: Matching
  ) throws -> [Case] {
    guard !truths.isEmpty else { throw DataError.nothingThere(what: "annotated queries") }
    var remaining: [String: HighlightPrediction] = [:]
    for prediction in predictions {
      guard remaining.updateValue(prediction, forKey: prediction.query) == nil else {
        throw DataError.repeatedQuery(path: "predictions", query: prediction.query)
      }
    }
    var missing: [String] = []
    let cases: [Case] = truths.map { truth in
      if let prediction = remaining.removeValue(forKey: truth.query) { return (prediction, truth) }
      missing.append(truth.query)
      return (HighlightPrediction(query: truth.query, windows: [], saliency: []), truth)
    }
    // Predictions for none of the queries are those of other annotations, and not as bad as 0.
    let isPartOfThem = matching == .annotated && missing.count < truths.count
    guard isPartOfThem || (missing.isEmpty && remaining.isEmpty) else {
      throw DataError.unmatchedQueries(missing: missing, unknown: remaining.keys.sorted())
    }
    return cases
  }

  private static func moments(_ cases: [Case], _ length: Length) -> Moments? {
    let selected: [(windows: [ScoredInterval], truths: [Interval])] = cases.compactMap { item in
      let truths = item.truth.windows.filter { length.contains($0) }
      guard length == .full || !truths.isEmpty else { return nil }
      return (item.prediction.windows, truths)
    }
    guard !selected.isEmpty else { return nil }
    let first = GroundingMetrics.top1(
      predicted: selected.map { $0.windows.first?.interval }, truths: selected.map(\.truths),
      thresholds: recallThresholds)
    let precisions = selected.map { item in
      DetectionPrecision.average(
        Array(item.windows.prefix(windowLimit)), truths: item.truths,
        thresholds: precisionThresholds)
    }
    let means = precisionThresholds.indices.map { at in 100 * mean(precisions.map { $0[at] }) }
    return Moments(
      meanIoU: 100 * first.meanIoU,
      precision: Dictionary(uniqueKeysWithValues: zip(precisionThresholds, means)),
      meanPrecision: mean(means), recall: first.recall.mapValues { 100 * $0 })
  }

  private static func highlights(_ cases: [Case]) -> [Highlights] {
    // Nobody can be right where nobody was asked: without judged clips there is nothing to report.
    guard cases.allSatisfy({ $0.prediction.saliency != nil }),
      cases.contains(where: { !$0.truth.saliency.isEmpty })
    else { return [] }
    return HighlightPrecision.Level.allCases.map { level in
      var precisions: [Double] = []
      var hits: [Double] = []
      for (prediction, truth) in cases {
        let scores = prediction.saliency ?? []
        let positives = HighlightPrecision.positives(truth, level)
        hits.append(HighlightPrecision.hitsFirst(scores, positives) ? 1 : 0)
        precisions += positives.map { HighlightPrecision.average(scores, $0) }
      }
      return Highlights(
        level: level.name, meanPrecision: 100 * mean(precisions), hit: 100 * mean(hits))
    }
  }
}
