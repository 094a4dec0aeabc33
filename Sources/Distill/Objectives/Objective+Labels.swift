package import Core

extension Objective {
  /// What it makes of the right answers of the prompts it is given.
  ///
  /// - Parameter teacherReadsTruth: Whether the teacher that it asks is made of them.
  /// - Returns: The uses; an advantage estimator of a plug-in is shown rewards, and counts as one that reads them.
  package func labels(teacherReadsTruth: Bool) -> LabelUse {
    let needs = requirements
    var labels: LabelUse = []
    if rolloutSource == .demonstrations, studentShare < 1 { labels.insert(.all) }
    let isPlugIn = components.contains { component in
      component.signals.contains { if case .plugIn = $0.source { true } else { false } }
    }
    if needs.needsReward || isPlugIn { labels.insert(.rewards) }
    let asksTeacher = needs.teacherSupport != nil || rolloutSource == .teacher
    if asksTeacher, teacherReadsTruth { labels.insert(.teacher) }
    return labels
  }
}
