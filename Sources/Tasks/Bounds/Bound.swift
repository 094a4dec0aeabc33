public import Core

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

extension Bound {
  /// What can be reached without training on videos, fitted on the questions to train on.
  ///
  /// - Parameters:
  ///   - dataset: The questions to train on and those to report on.
  ///   - codec: The task, and what answers can be written.
  /// - Returns: The best constant answer and the answer by the question's words, where answers can be listed; for windows also
  ///   the whole video and the untrained reader of all frames.
  /// - Complexity: O(answers · 1,024) qualities for each set of answers that prompts share, and O(answers) sums a question.
  public static func all(of dataset: GroundingDataset, _ codec: AnswerCodec) -> [Bound] {
    let headline = codec.task.headline
    func value(_ answers: [(any Answer)?]) -> Double? {
      codec.task.summary(codec.task.outcomes(answers, to: dataset.dev))[headline]
    }
    guard !dataset.dev.isEmpty else { return [] }
    var found: [Bound] = []
    if let task = codec.task as? any EnumerableTask, !dataset.train.isEmpty {
      let prior = AnswerPrior(task, train: dataset.train)
      let guesses = prior.guesses(for: dataset.dev)
      if let constant = value(guesses.constant) {
        found.append(Bound(name: "best constant answer", value: constant))
      }
      if let words = value(guesses.byWords) {
        found.append(Bound(name: "answer by the question's words", value: words))
      }
    }
    return found
      + codec.untrainedReaders(of: dataset.dev).compactMap { name, answers in
        value(answers).map { Bound(name: name, value: $0) }
      }
  }
}
