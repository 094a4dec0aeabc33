/// How much a stretch of a video matters to a question.
///
/// Source: K-frames, arXiv:2510.13891.
package enum ClipPriority: String, Sendable, Codable, CaseIterable {
  /// It must be seen: at least one frame while the budget lasts.
  case first = "P1"
  /// It is worth seeing.
  case second = "P2"
}

/// An answer that says where in its video it can be seen.
public protocol LocatedAnswer: Answer {
  /// Where, in seconds; empty where nobody knows.
  var stretches: [Interval] { get }
}

extension Interval: LocatedAnswer {
  /// Itself.
  public var stretches: [Interval] { [self] }
}

extension Prompt {
  /// Where in its video a question is about: what its right answers say of that.
  public var stretches: [Interval] {
    truth.flatMap { ($0 as? any LocatedAnswer)?.stretches ?? [] }
  }
}
