/// What a run makes of the right answers of the data it trains on.
///
/// Arms that use different labels are different experiments: whoever compares them has to see it. It follows from a run's whole
/// configuration, what its objectives listen to, its curricula measure and its teacher and selector read, and from no name.
/// It is about the stages of the run itself: what the run used whose student it starts from is that run's. A teacher that is the
/// student of another run brings the labels of its training along, and is named apart.
package struct LabelUse: OptionSet, Sendable, Hashable {
  /// The bits.
  package let rawValue: Int

  /// The uses with the given bits.
  package init(rawValue: Int) { self.rawValue = rawValue }

  /// Answers are judged against them: rewards.
  package static let rewards = LabelUse(rawValue: 1)
  /// Which prompts are trained on is decided by them.
  package static let gate = LabelUse(rawValue: 2)
  /// The teacher is made of them, and the student hears them through it.
  package static let teacher = LabelUse(rawValue: 4)
  /// Which frames the student sees is decided by them.
  package static let frames = LabelUse(rawValue: 8)
  /// They are imitated: there is nothing left in them that is not used.
  package static let all = LabelUse(rawValue: 16)

  /// The teacher was trained on right answers, of these prompts or others, and the student hears them through it.
  package static let teacherTraining = LabelUse(rawValue: 32)

  /// In a word or several: `none`, `rewards`, `rewards + gate`, `teacher's`, `teacher's training`, `all`.
  package var words: String {
    if contains(.all) { return "all" }
    let names: [(LabelUse, String)] = [
      (.rewards, "rewards"), (.gate, "gate"), (.teacher, "teacher's"),
      (.teacherTraining, "teacher's training"), (.frames, "frames"),
    ]
    return isEmpty ? "none" : names.filter { contains($0.0) }.map(\.1).joined(separator: " + ")
  }
}
