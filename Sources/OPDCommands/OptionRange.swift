internal import ArgumentParser
internal import Core

/// Refuses a whole number of a command line that its option does not take; one that is left out is none.
///
/// - Throws: `ValidationError` with the range.
func check(_ option: String, _ value: Int?, _ range: ClosedRange<Int>) throws {
  guard let value, !range.contains(value) else { return }
  throw ValidationError("'\(option)' is \(value), but must be \(ValueDomain.integer(range).words).")
}

/// Refuses a number of a command line that its option does not take; one that is left out is none.
///
/// - Throws: `ValidationError` with the range.
func check(_ option: String, _ value: Double?, _ range: NumberRange) throws {
  guard let value, !range.contains(value) else { return }
  throw ValidationError("'\(option)' is \(value), but must be \(range.words).")
}
