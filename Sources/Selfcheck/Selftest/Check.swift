internal import Core
internal import Foundation

/// One line of a certificate.
package struct Check: Sendable, Codable {
  /// How a check came out.
  package enum Status: String, Sendable, Codable {
    /// Within the tolerance.
    case pass
    /// Not within it.
    case fail
    /// Nothing this program computes.
    case unsupported
  }

  /// What was checked.
  package var name: String
  /// The largest error.
  package var error: Double
  /// The largest error that passes.
  package var tolerance: Double
  /// How it came out.
  package var status: Status

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
    return WorstError.of(zip(a, b).lazy.map { ($0 - $1).magnitude })
  }
}
