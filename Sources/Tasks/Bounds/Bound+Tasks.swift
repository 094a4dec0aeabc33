package import Core

extension Bound {
  /// What can be reached without training on videos, fitted on the questions to train on and worth what they are on those to report on.
  ///
  /// - Parameters:
  ///   - dataset: The questions to train on and those to report on.
  ///   - codec: The task, and what answers can be written.
  /// - Returns: The best constant answer and the answer by the question's words, where answers can be listed, else the right
  ///   answers of other questions; for options also the answer by words and the middle frame, for windows the whole video and the
  ///   untrained reader of all frames.
  /// - Throws: What whoever judges answers throws.
  /// - Complexity: O(answers · 1,024) qualities for each set of answers that prompts share, and O(answers) sums a question.
  package static func all(
    of dataset: Dataset, _ codec: AnswerCodec
  ) async throws -> [Bound] {
    guard !dataset.reported.isEmpty else { return [] }
    var bounds: [Bound] = []
    // What stands before a window is worth nothing: the bounds of a narrated answer are those of its window.
    let guessed: any AnswerTask = (codec.task as? NarrationTask)?.windows ?? codec.task
    for (name, answers) in guesses(of: dataset, guessed)
      + codec.untrainedReaders(of: dataset.reported.map(dataset.unmarked))
    {
      let outcomes = try await codec.task.outcomes(answers, to: dataset.reported)
      guard let value = codec.task.summary(outcomes)[codec.task.headline] else { continue }
      bounds.append(Bound(name: name, value: value))
    }
    return bounds
  }

  /// Answers that are right of other questions.
  private static func guesses(
    of dataset: Dataset, _ task: any AnswerTask
  ) -> [(name: String, answers: [(any Answer)?])] {
    guard let task = task as? any EnumerableTask else {
      let truths = dataset.reported.map(\.truth.first)
      guard truths.count > 1 else { return [] }
      return [("answers exchanged between questions", Array(truths.dropFirst() + truths.prefix(1)))]
    }
    // What was made of other questions says nothing new about their answers.
    let train = dataset.train.filter { $0.origin == nil }
    guard !train.isEmpty else { return [] }
    let guesses = AnswerPrior(task, train: train).guesses(for: dataset.reported)
    var found = [
      (name: "best constant answer", answers: guesses.constant),
      (name: "answer by the question's words", answers: guesses.byWords),
    ]
    // A window is not to be seen in one frame, and has too many rivals for a tree to weigh them by all numbers of a frame.
    if task is ChoiceTask, let frame = MiddleFrame(train: train) {
      let seen = AnswerPrior(task, train: train, seeing: frame)
        .guesses(for: dataset.reported)
      found.append((name: "answer by words and the middle frame", answers: seen.byWords))
    }
    return found
  }
}
