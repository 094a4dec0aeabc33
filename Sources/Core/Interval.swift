/// A stretch of a video, in seconds from its start.
public struct Interval: Sendable, Hashable, Codable {
  /// Where it begins, in seconds.
  public var start: Double

  /// Where it ends, in seconds; an interval that ends before it starts is an answer nobody can use.
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

  /// The seconds both intervals cover.
  public func overlap(_ other: Interval) -> Double {
    max(0, min(end, other.end) - max(start, other.start))
  }

  /// Intersection over union, 0 … 1; 0 where either interval is not proper.
  ///
  /// The union is the sum of lengths less the overlap, so a gap between the two does not count.
  public func iou(_ other: Interval) -> Double {
    guard isProper, other.isProper else { return 0 }
    let shared = overlap(other)
    return shared / (length + other.length - shared)
  }
}

/// An interval with the confidence of whoever predicted it.
public struct ScoredInterval: Sendable, Hashable, Codable {
  /// The predicted stretch, in seconds.
  public var interval: Interval

  /// How sure the predictor is; larger is surer.
  public var confidence: Double

  /// A prediction.
  public init(_ interval: Interval, confidence: Double) {
    self.interval = interval
    self.confidence = confidence
  }
}
