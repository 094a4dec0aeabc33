internal import Core
internal import Curriculum
internal import Distill
internal import Plugins
internal import Records

extension RunParts {
  /// What the run's own stages make of the right answers of the prompts they train on.
  ///
  /// - Throws: What is wrong with a method, a curriculum, the teacher or the selector.
  func labels() async throws -> LabelUse {
    var labels: LabelUse = []
    if let frames = configuration.keyframes, !frames.isNull,
      try context.laboratory.selectors.readsTruth(frames)
    {
      labels.insert(.frames)
    }
    let first = try labelsBehind(configuration.teacher)
    let second = try labelsBehind(configuration.secondTeacher)
    for (index, stage) in configuration.stages.enumerated() {
      let method = try Method(stage.method)
      let isOwn = method.hints.selfTeacher != nil && teacher?.selfTeacher == nil
      let behind = isOwn ? [] : first
      let heard = method.objective.labels(teacherReadsTruth: true).contains(.teacher)
      labels.formUnion(method.objective.labels(teacherReadsTruth: false))
      if heard { labels.formUnion(behind) }
      let curriculum = try await curriculum(of: index)
      if curriculum.readsTruth { labels.insert(.gate) }
      if !curriculum.needs.isDisjoint(with: .ofTeacher) { labels.formUnion(behind) }
      if curriculum.needs.contains(.teacherAgreement) { labels.formUnion(second) }
    }
    return labels
  }

  /// What whoever listens to a teacher hears of right answers: those it is made of, and those it was trained on.
  private func labelsBehind(_ teacher: ConfigurationValue?) throws -> LabelUse {
    guard let teacher, !teacher.isNull else { return [] }
    var labels: LabelUse = []
    if try context.laboratory.teachers.readsTruth(teacher) { labels.insert(.teacher) }
    if try teacher.runsTrainedOnLabels() { labels.insert(.teacherTraining) }
    return labels
  }
}

extension ConfigurationValue {
  /// Whether a run that a part is made of, or one before it, learned from right answers.
  ///
  /// - Parameter generations: How many runs before runs are followed.
  /// - Returns: `false` also where no run is named.
  /// - Throws: What is wrong with the configuration of such a run.
  fileprivate func runsTrainedOnLabels(generations: Int = 8) throws -> Bool {
    try trainedRuns.contains { path in
      let directory = RunDirectory(path)
      let value = try ConfigurationFile.load(directory.file("config.yaml")).locatingArms()
      let taught = try value.decoded(as: RunConfiguration.self)
      // A run of an older program does not say what it used: its methods do.
      let used =
        try directory.status?.labels.map { $0 != LabelUse().words }
        ?? taught.stages.contains {
          try !Method($0.method).objective.labels(teacherReadsTruth: false).isEmpty
        }
      guard !used, generations > 0 else { return used }
      return try [taught.teacher, taught.student].compactMap { $0 }.contains {
        try $0.runsTrainedOnLabels(generations: generations - 1)
      }
    }
  }
}
