internal import Core
internal import Curriculum
internal import Distill
internal import Plugins

extension RunParts {
  /// What the run's own stages make of the right answers of the prompts they train on.
  ///
  /// - Throws: What is wrong with a method, a curriculum, the teacher or the selector.
  func labels() async throws -> LabelUse {
    let laboratory = context.laboratory
    func chosen(_ value: ConfigurationValue?) -> ConfigurationValue? {
      value.flatMap { $0.isNull ? nil : $0 }
    }
    let isTold = try chosen(configuration.teacher).map { try laboratory.teachers.readsTruth($0) }
    var labels: LabelUse = []
    if let frames = chosen(configuration.keyframes), try laboratory.selectors.readsTruth(frames) {
      labels.insert(.frames)
    }
    for (index, stage) in configuration.stages.enumerated() {
      let method = try Method(stage.method)
      let isOwn = method.hints.selfTeacher != nil && teacher?.selfTeacher == nil
      let readsTruth = isTold == true && !isOwn
      labels.formUnion(method.objective.labels(teacherReadsTruth: readsTruth))
      let curriculum = try await curriculum(of: index)
      if curriculum.readsTruth { labels.insert(.gate) }
      if readsTruth, curriculum.needs.contains(.trajectoryReverseKL) { labels.insert(.teacher) }
    }
    return labels
  }
}
