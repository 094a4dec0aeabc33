/// A stretch of time, in seconds from the start of a video.
public struct Interval: Answer {
  /// Where it begins, in seconds.
  public var start: Double

  /// Where it ends, in seconds; one that ends before it starts is no stretch anybody can use.
  public var end: Double

  /// The stretch from `start` to `end`, in seconds.
  public init(_ start: Double, _ end: Double) {
    self.start = start
    self.end = end
  }

  /// How long it lasts, in seconds; negative when it ends before it starts.
  public var length: Double { end - start }

  /// Whether it starts before it ends and both are finite.
  public var isProper: Bool { start < end && start.isFinite && end.isFinite }

  /// The seconds both stretches cover.
  public func overlap(_ other: Interval) -> Double {
    max(0, min(end, other.end) - max(start, other.start))
  }

  /// Start and end, in seconds.
  public var text: String { "\(start) … \(end) s" }

  /// Reads `[start, end]`.
  public init(from decoder: any Decoder) throws {
    var ends = try decoder.unkeyedContainer()
    start = try ends.decode(Double.self)
    end = try ends.decode(Double.self)
  }

  /// Writes `[start, end]`.
  public func encode(to encoder: any Encoder) throws {
    var ends = encoder.unkeyedContainer()
    try ends.encode(start)
    try ends.encode(end)
  }
}

/// A stretch of time with the confidence of whoever predicted it.
package struct ScoredInterval: Sendable, Hashable, Codable {
  /// The predicted stretch, in seconds.
  package var interval: Interval

  /// How sure the predictor is; larger is surer.
  package var confidence: Double

  /// A prediction.
  package init(_ interval: Interval, confidence: Double) {
    self.interval = interval
    self.confidence = confidence
  }
}
