/// Something that happens in a video: who does what, and when.
///
/// It is no answer to a question; a codec may have a student tell the events before it answers.
public struct VideoEvent: Sendable, Hashable, Codable {
  /// Who does something, in words: `the red square`.
  public var subject: String

  /// What they do, in words: `blinks`.
  public var action: String

  /// When, in seconds.
  public var interval: Interval

  /// Something that happens.
  public init(_ subject: String, _ action: String, _ interval: Interval) {
    self.subject = subject
    self.action = action
    self.interval = interval
  }

  /// Who does what.
  public var text: String { "\(subject) \(action)" }
}
