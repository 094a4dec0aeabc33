/// What somebody reaches on the questions to report on who learned nothing from the videos, or a teacher who knows: what the
/// score of a student has to be read against.
public struct Bound: Sendable, Hashable, Codable {
  /// What the answers are made of, in words.
  public let name: String
  /// The task's headline on the questions to report on.
  public let value: Double
  /// Whether a student that learned from the videos should be above it; a teacher's own score is none such.
  public let isFloor: Bool

  /// A bound.
  public init(name: String, value: Double, isFloor: Bool = true) {
    self.name = name
    self.value = value
    self.isFloor = isFloor
  }
}
