package import Core

/// What somebody predicts for many queries: scored windows, and perhaps a score for every clip.
///
/// Published predictions of a trained model are such a table; a window-distribution teacher speaks from one.
package struct WindowTable: Sendable, Hashable {
  /// The windows of each query, as the file orders them.
  package var windows: [String: [ScoredInterval]]

  /// The clip scores of each query that has them.
  package var saliency: [String: [Double]]

  /// A digest of the content.
  package let fingerprint: String

  /// A table of predictions.
  package init(windows: [String: [ScoredInterval]], saliency: [String: [Double]] = [:]) {
    self.windows = windows
    self.saliency = saliency
    var hash = ContentHash()
    for (query, list) in windows.sorted(by: { $0.key < $1.key }) {
      hash.append(query)
      for window in list {
        for number in [window.interval.start, window.interval.end, window.confidence] {
          hash.append(integer: Int(bitPattern: UInt(number.bitPattern)))
        }
      }
    }
    fingerprint = hash.hexadecimal()
  }

  /// Loads predictions in the format of a QVHighlights submission, packed or not.
  ///
  /// - Throws: As `HighlightPrediction.load(_:)`.
  package static func load(_ path: String) throws -> WindowTable {
    var windows: [String: [ScoredInterval]] = [:]
    var saliency: [String: [Double]] = [:]
    for prediction in try HighlightPrediction.load(path) {
      windows[prediction.query] = prediction.windows
      saliency[prediction.query] = prediction.saliency
    }
    return WindowTable(windows: windows, saliency: saliency)
  }

  /// The table as predictions, by query, for `EvaluationReport`.
  package var predictions: [HighlightPrediction] {
    windows.sorted { $0.key < $1.key }.map { query, windows in
      HighlightPrediction(query: query, windows: windows, saliency: saliency[query])
    }
  }
}
