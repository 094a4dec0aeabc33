package import Core

extension Interval {
  /// Intersection over union, 0 … 1; 0 where either interval is not proper.
  ///
  /// The union is the sum of lengths less the overlap, so a gap between the two does not count.
  package func iou(_ other: Interval) -> Double {
    guard isProper, other.isProper else { return 0 }
    let shared = overlap(other)
    return shared / (length + other.length - shared)
  }
}
