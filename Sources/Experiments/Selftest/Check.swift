internal import Foundation

/// One line of a certificate.
public struct Check: Sendable, Codable {
  /// How a check came out.
  public enum Status: String, Sendable, Codable {
    /// Within the tolerance.
    case pass
    /// Not within it.
    case fail
    /// Nothing this program computes.
    case unsupported
  }

  /// What was checked.
  public var name: String
  /// The largest error.
  public var error: Double
  /// The largest error that passes.
  public var tolerance: Double
  /// How it came out.
  public var status: Status

  /// A comparison.
  init(_ name: String, error: Double, tolerance: Double) {
    self.name = name
    self.error = error
    self.tolerance = tolerance
    status = error <= tolerance ? .pass : .fail
  }

  /// Something that cannot be computed.
  init(unsupported name: String) {
    self.name = name
    error = 0
    tolerance = 0
    status = .unsupported
  }

  /// The largest |a − b|; infinite where the counts differ.
  static func distance(_ a: [Double], _ b: [Double]) -> Double {
    guard a.count == b.count else { return .infinity }
    return zip(a, b).reduce(0) { max($0, ($1.0 - $1.1).magnitude) }
  }
}
