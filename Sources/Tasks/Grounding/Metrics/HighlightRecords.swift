package import Core
internal import Storage

/// What QVHighlights knows of a query: a line of its annotation file, as `QVHighlights.truths` reads it.
package struct HighlightTruth: Sendable, Hashable {
  /// How long a clip is that people judged, in seconds.
  package static let clipLength = HighlightPrecision.clipLength

  /// The query's number or name.
  package var query: String

  /// The video it is about.
  package var video: String

  /// Its words.
  package var text: String

  /// The length of the video in seconds, above 0.
  package var duration: Double

  /// The right windows.
  package var windows: [Interval]

  /// The clips that lie in them.
  package var clips: [Int]

  /// What three people said of each of those clips, 0 (very bad) … 4 (very good).
  package var saliency: [[Int]]

  /// What is known of a query.
  package init(
    query: String, video: String, text: String, duration: Double, windows: [Interval],
    clips: [Int] = [], saliency: [[Int]] = []
  ) {
    self.query = query
    self.video = video
    self.text = text
    self.duration = duration
    self.windows = windows
    self.clips = clips
    self.saliency = saliency
  }

  /// What an annotation that was looked at says.
  init(_ question: AnnotatedQuery) {
    self.init(
      query: question.id, video: question.video, text: question.query,
      duration: question.duration ?? 0, windows: question.windows, clips: question.clips,
      saliency: question.saliency)
  }
}

/// What somebody predicts for a query: a line of a QVHighlights submission.
package struct HighlightPrediction: Sendable, Hashable, Decodable {
  /// The query's number or name.
  package var query: String

  /// Predicted windows, in the order of the file: the first is the answer.
  package var windows: [ScoredInterval]

  /// A score for every clip of the video, or `nil` if highlights were not predicted.
  package var saliency: [Double]?

  /// What is predicted for a query.
  package init(query: String, windows: [ScoredInterval], saliency: [Double]? = nil) {
    self.query = query
    self.windows = windows
    self.saliency = saliency
  }

  private enum Key: String, CodingKey {
    case qid
    case pred_relevant_windows, pred_saliency_scores
  }

  /// Reads a line of a submission.
  package init(from decoder: any Decoder) throws {
    let line = try decoder.container(keyedBy: Key.self)
    query = try line.decode(QueryName.self, forKey: .qid).text
    windows = try line.decode([Window].self, forKey: .pred_relevant_windows).map {
      ScoredInterval($0.interval, confidence: $0.score)
    }
    saliency = try line.decodeIfPresent([Double].self, forKey: .pred_saliency_scores)
  }
}

extension HighlightPrediction {
  /// The predictions of a file in the format of the benchmark's submissions, packed with gzip or not.
  ///
  /// - Throws: `StorageError` with file and lines, for a window that ends before it starts and a query that is there twice,
  ///   too.
  package static func load(_ path: String) throws -> [HighlightPrediction] {
    var known = Set<String>()
    return try JSONLines.read(path, as: HighlightPrediction.self) { prediction in
      guard known.insert(prediction.query).inserted else {
        return "the query '\(prediction.query)' is there already"
      }
      return prediction.windows.lazy.compactMap(\.interval.fault).first
    }.map(\.value)
  }
}

extension Interval {
  /// What is wrong with a predicted window.
  ///
  /// One of no length is a poor answer; published predictions have some.
  fileprivate var fault: String? {
    start <= end && start.isFinite && end.isFinite
      ? nil : "a window ends at \(end) but starts at \(start)"
  }
}

/// The name of a query, which files write as a number or as a string.
struct QueryName: Decodable {
  let text: String

  init(from decoder: any Decoder) throws {
    let value = try decoder.singleValueContainer()
    if let number = try? value.decode(Int.self) {
      text = String(number)
    } else {
      text = try value.decode(String.self)
    }
  }
}

/// A window as files write it: [start, end] or [start, end, score].
struct Window: Decodable {
  let interval: Interval
  let score: Double

  init(from decoder: any Decoder) throws {
    var numbers = try decoder.unkeyedContainer()
    interval = Interval(try numbers.decode(Double.self), try numbers.decode(Double.self))
    score = numbers.isAtEnd ? 0 : try numbers.decode(Double.self)
  }
}
