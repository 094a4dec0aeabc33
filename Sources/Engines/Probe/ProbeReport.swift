#if Engines
/// What a training server was found to do.
package struct ProbeReport: Sendable, Hashable, Codable {
  /// What a finding means.
  package enum Verdict: String, Sendable, Hashable, Codable {
    /// It does what it should.
    case ok
    /// It does less; a learner does not ask for it.
    case limit
    /// Training on it would go wrong.
    case fail
  }

  /// One thing that was checked.
  package struct Check: Sendable, Hashable, Codable {
    /// What was checked, in a few words.
    package var name: String
    /// What it means.
    package var verdict: Verdict
    /// What was found.
    package var finding: String

    /// A thing that was checked.
    package init(name: String, verdict: Verdict, finding: String) {
      self.name = name
      self.verdict = verdict
      self.finding = finding
    }
  }

  /// Where the server is.
  package var url: String
  /// The base model that was asked for.
  package var base: String
  /// Everything that was checked, in order; checking goes on after a failure where it can.
  package var checks: [Check] = []
  /// What was measured.
  package var abilities = StudentAbilities()

  /// Whether a student may be trained there.
  package var passed: Bool {
    abilities.reduction != nil && checks.allSatisfy { $0.verdict != .fail }
  }

  /// A line a check, with the verdict first.
  package var text: String {
    let width = checks.map(\.name.count).max() ?? 0
    return checks.map { check in
      let verdict = check.verdict == .fail ? "FAIL " : check.verdict == .ok ? "ok   " : "limit"
      let padding = String(repeating: " ", count: width - check.name.count)
      return "\(verdict) \(check.name)\(padding)  \(check.finding)"
    }.joined(separator: "\n")
  }

  /// A report without checks yet.
  package init(url: String, base: String) {
    self.url = url
    self.base = base
  }

  /// Throws the first failure.
  ///
  /// - Throws: `EngineError.probe`.
  package func require() throws(EngineError) {
    guard let failure = checks.first(where: { $0.verdict == .fail }) else { return }
    throw .probe(check: failure.name, finding: failure.finding)
  }
}
#endif
