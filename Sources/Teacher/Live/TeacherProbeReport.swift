#if LiveTeachers
/// What a live teacher was found to be before it was believed.
public struct TeacherProbeReport: Sendable, Hashable, Codable {
  /// One thing that was checked.
  public struct Check: Sendable, Hashable, Codable {
    /// What was checked, in a word or two.
    public var name: String
    /// Whether it is as it must be.
    public var passed: Bool
    /// What was found.
    public var finding: String

    /// A thing that was checked.
    public init(name: String, passed: Bool, finding: String) {
      self.name = name
      self.passed = passed
      self.finding = finding
    }
  }

  /// Where the service is.
  public var url: String
  /// Which model was asked.
  public var model: String
  /// How scores are asked for.
  public var interface: CompletionsParameters.Interface
  /// What the server says of its configuration, if it says anything.
  public var systemFingerprint: String?
  /// Everything that was checked, in order; checking goes on after a failure where it can.
  public var checks: [Check] = []
  /// The largest difference between two scores of the same tokens, in nats.
  public var repeatError: Double?
  /// Likeliest tokens a position that the server really gives.
  public var topCap: Int?

  /// Whether the server can be believed.
  public var passed: Bool { checks.allSatisfy(\.passed) }

  /// A line a check.
  public var text: String {
    checks.map { "\($0.passed ? "ok  " : "FAIL") \($0.name): \($0.finding)" }
      .joined(separator: "\n")
  }

  /// A report without checks yet.
  public init(url: String, model: String, interface: CompletionsParameters.Interface) {
    self.url = url
    self.model = model
    self.interface = interface
  }
}
#endif
