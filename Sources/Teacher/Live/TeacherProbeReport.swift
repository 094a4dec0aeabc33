#if LiveTeachers
/// What a live teacher was found to be before it was believed.
package struct TeacherProbeReport: Sendable, Hashable, Codable {
  /// One thing that was checked.
  package struct Check: Sendable, Hashable, Codable {
    /// What was checked, in a word or two.
    package var name: String
    /// Whether it is as it must be.
    package var passed: Bool
    /// What was found.
    package var finding: String

    /// A thing that was checked.
    package init(name: String, passed: Bool, finding: String) {
      self.name = name
      self.passed = passed
      self.finding = finding
    }
  }

  /// Where the service is.
  package var url: String
  /// Which model was asked.
  package var model: String
  /// How scores are asked for.
  package var interface: CompletionsParameters.Interface
  /// What the server says of its configuration, if it says anything.
  package var systemFingerprint: String?
  /// Everything that was checked, in order; checking goes on after a failure where it can.
  package var checks: [Check] = []
  /// The largest difference between two scores of the same tokens, in nats.
  package var repeatError: Double?
  /// Likeliest tokens a position that the server really gives.
  package var topCap: Int?

  /// Whether the server can be believed.
  package var passed: Bool { checks.allSatisfy(\.passed) }

  /// A line a check.
  package var text: String {
    checks.map { "\($0.passed ? "ok  " : "FAIL") \($0.name): \($0.finding)" }
      .joined(separator: "\n")
  }

  /// A report without checks yet.
  package init(url: String, model: String, interface: CompletionsParameters.Interface) {
    self.url = url
    self.model = model
    self.interface = interface
  }
}
#endif
