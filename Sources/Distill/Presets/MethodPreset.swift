/// A named method: an objective and what the trainer should do with it.
///
/// A preset is a value, never a loop of its own: what `opd plugins` prints of it is all there is to it.
package struct MethodPreset: Sendable, Hashable {
  /// What a configuration calls it.
  package let name: String
  /// What it does, in one sentence.
  package let summary: String
  /// Where it comes from.
  package let source: String
  /// Which gradient it really follows in expectation.
  package let gradient: String
  /// What is minimised.
  package let objective: Objective
  /// What the trainer should do with it.
  package let hints: TrainerHints

  /// A named method.
  package init(
    _ name: String, _ summary: String, source: String, gradient: String,
    hints: TrainerHints = TrainerHints(), _ objective: Objective
  ) {
    self.name = name
    self.summary = summary
    self.source = source
    self.gradient = gradient
    self.objective = objective
    self.hints = hints
  }

  /// Every method, controls last.
  package static let all: [MethodPreset] =
    distillation + offPolicy + groupRelative + ordered + variants + controls

  /// The method with a name.
  ///
  /// - Parameter name: As in `all`.
  /// - Returns: The method.
  /// - Throws: `ObjectiveError.unknownName` with the nearest name.
  package static func named(_ name: String) throws(ObjectiveError) -> MethodPreset {
    guard let preset = all.first(where: { $0.name == name }) else {
      throw .unknownName(kind: "method", name: name, candidates: all.map(\.name))
    }
    return preset
  }
}

/// What a method asks of the trainer besides its objective; a configuration may say otherwise.
package struct TrainerHints: Sendable, Hashable {
  /// The teacher that is made of the student itself.
  package enum SelfTeacher: String, Sendable, Hashable, Codable, CaseIterable {
    /// The student as it was at the start.
    case frozen
    /// The student as it is; with the same evidence there is nothing to learn from it.
    case live
    /// An exponential moving average of the student.
    case average
  }

  /// G: answers a prompt.
  package var group: Int
  /// How often a step's answers are trained on.
  package var innerSteps: Int
  /// How often a step may sample more prompts in place of groups without spread.
  package var refills: Int
  /// The teacher is the student with privileged evidence, or (a control) without.
  package var selfTeacher: SelfTeacher?
  /// Whether a self-teacher sees more than the student.
  package var isPrivileged: Bool

  /// What a method asks of the trainer.
  package init(
    group: Int = 1, innerSteps: Int = 1, refills: Int = 0, selfTeacher: SelfTeacher? = nil,
    isPrivileged: Bool = true
  ) {
    self.group = group
    self.innerSteps = innerSteps
    self.refills = refills
    self.selfTeacher = selfTeacher
    self.isPrivileged = isPrivileged
  }

  /// Eight answers a prompt, as the GRPO family is usually run.
  static let group = TrainerHints(group: 8)
}
