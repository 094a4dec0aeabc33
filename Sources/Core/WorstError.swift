/// The largest of some errors.
///
/// `max` gives up a NaN for a number, so a comparison that ended in NaN would pass; here it is infinitely wrong.
package struct WorstError: Sendable, Hashable {
  /// The largest so far, 0 at first.
  package private(set) var value = 0.0

  /// None yet.
  package init() {}

  /// Takes one more into account.
  package mutating func note(_ error: Double) {
    if !(error <= value) { value = error.isNaN ? .infinity : error }
  }

  /// The largest of several.
  package static func of(_ errors: some Sequence<Double>) -> Double {
    var worst = WorstError()
    for error in errors { worst.note(error) }
    return worst.value
  }
}

/// The largest of several errors; a NaN among them is infinitely wrong.
package func largestError(_ errors: Double...) -> Double { WorstError.of(errors) }
