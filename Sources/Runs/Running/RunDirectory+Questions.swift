internal import Analysis
internal import Core
internal import Records
internal import Tasks

extension RunDirectory {
  /// Writes what is known of the questions to report on before anything is trained: which frames are seen, and what is reached
  /// without learning from videos (`Bound.file`), fitted on the run's own data and not on those of its stages.
  func writeQuestions(of parts: RunParts) async throws {
    try write(text: KeyframeLines.text(parts.reported), to: KeyframeLines.name)
    let context = parts.context
    var bounds = try await Bound.all(of: context.dataset, context.codec)
    // Asking a teacher that is a model takes as long as an evaluation: only who looks its answers up is asked.
    if let predictor = parts.teacher?.predictor,
      predictor.predictionFlops(for: parts.reported) == 0,
      parts.teacher?.selfTeacher == nil
    {
      let answers = try await predictor.predictions(for: parts.reported, count: 1).map(
        \.first?.answer)
      let task = context.codec.task
      let outcomes = try await task.outcomes(answers, to: parts.reported)
      if let value = task.summary(outcomes)[task.headline] {
        bounds.append(Bound(name: "the teacher's best answer", value: value, isFloor: false))
      }
    }
    try write(json: bounds, to: Bound.file)
  }
}
