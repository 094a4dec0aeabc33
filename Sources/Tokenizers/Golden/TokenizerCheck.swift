/// What came of comparing one thing with its reference values.
package struct TokenizerCheck: Sendable, Hashable {
  /// How a comparison ended.
  package enum Outcome: Sendable, Hashable {
    case passed
    case failed
    /// Something that the comparison needs was not given.
    case skipped
  }

  /// The file and the part of it.
  package let name: String
  package let outcome: Outcome
  /// How many cases there are, or the first that differs.
  package let detail: String

  /// A comparison of `cases`, of which `difference` says what is wrong with one, or `nil`.
  init<Case>(_ name: String, _ cases: [Case], _ difference: (Case) throws -> String?) {
    self.name = name
    var failures: [String] = []
    for value in cases {
      do {
        if let text = try difference(value) { failures.append(text) }
      } catch {
        failures.append("\(error)")
      }
    }
    outcome = failures.isEmpty ? .passed : .failed
    detail =
      failures.first.map { "\(failures.count) of \(cases.count) differ, first: \($0.prefix(300))" }
      ?? "\(cases.count) cases"
  }

  init(skipped name: String, _ detail: String) {
    self.name = name
    self.detail = detail
    outcome = .skipped
  }
}
