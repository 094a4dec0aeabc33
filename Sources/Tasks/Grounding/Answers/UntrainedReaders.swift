internal import Core

extension AnswerCodec {
  /// The answers of those who read windows without training, by what they are called; none for tasks of other answers.
  ///
  /// - Parameter prompts: Questions with their frames as they were filmed: where the query was written into them, a cosine with
  ///   it says nothing.
  /// - Returns: One answer a question of each.
  func untrainedReaders(of prompts: [Prompt]) -> [(name: String, answers: [(any Answer)?])] {
    guard task is GroundingTask || task is NarrationTask else { return [] }
    var found: [(name: String, answers: [(any Answer)?])] = [
      ("whole video", prompts.map { Interval(0, $0.duration) })
    ]
    let reader = MaximumSumReader()
    let read = prompts.map { prompt in
      var whole = prompt
      whole.keyframes = nil
      return try? reader.answer(whole)
    }
    if read.allSatisfy({ $0 != nil }) { found.append(("untrained reader of all frames", read)) }
    return found
  }
}
