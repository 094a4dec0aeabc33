/// What somebody reaches on the questions to report on who learned nothing from the videos, or a teacher who knows: what the
/// score of a student has to be read against.
package struct Bound: Sendable, Hashable, Codable {
  /// What the answers are made of, in words.
  package let name: String
  /// The task's headline on the questions to report on.
  package let value: Double
  /// Whether a student that learned from the videos should be above it; a teacher's own score is none such.
  package let isFloor: Bool

  /// A bound.
  package init(name: String, value: Double, isFloor: Bool = true) {
    self.name = name
    self.value = value
    self.isFloor = isFloor
  }
}
