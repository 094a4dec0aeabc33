public import Core
internal import Storage

/// What somebody predicts for many queries: scored windows, and perhaps a score for every clip.
///
/// Published predictions of a trained model are such a table; a window-distribution teacher speaks from one.
public struct WindowTable: Sendable, Hashable {
  /// The windows of each query, as the file orders them.
  public var windows: [String: [ScoredInterval]]

  /// The clip scores of each query that has them.
  public var saliency: [String: [Double]]

  /// A digest of the content.
  public let fingerprint: String

  /// A table of predictions.
  public init(windows: [String: [ScoredInterval]], saliency: [String: [Double]] = [:]) {
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
  /// - Throws: `StorageError` with file and line, or `GroundingError.repeatedQuery`.
  public static func load(_ path: String) throws -> WindowTable {
    var windows: [String: [ScoredInterval]] = [:]
    var saliency: [String: [Double]] = [:]
    for (line, prediction) in try JSONLines.read(path, as: HighlightPrediction.self) {
      for window in prediction.windows
      where !window.interval.start.isFinite || !window.interval.end.isFinite {
        throw StorageError.malformedLine(path: path, line: line, reason: "a window is not finite")
      }
      guard windows.updateValue(prediction.windows, forKey: prediction.query) == nil else {
        throw GroundingError.repeatedQuery(path: path, query: prediction.query)
      }
      saliency[prediction.query] = prediction.saliency
    }
    return WindowTable(windows: windows, saliency: saliency)
  }

  /// The table as predictions, by query, for `EvaluationReport`.
  public var predictions: [HighlightPrediction] {
    windows.sorted { $0.key < $1.key }.map { query, windows in
      HighlightPrediction(query: query, windows: windows, saliency: saliency[query])
    }
  }
}
