internal import Core

/// What questions alone say about their answers, or questions with one frame: no video is looked at.
///
/// Answers are judged by their quality on questions to train on that share the set of answers, in full where there are at least
/// `fewest` of those; else on all of them.
struct AnswerPrior {
  /// With fewer questions of a set of answers of their own, those of all sets count.
  static let fewest = 8
  /// More questions than these say nothing new about 1,000 answers; a sample of them keeps the table small.
  static let most = 1024
  /// The most qualities of a table: half-hour videos have a million answers, each judged on every question.
  static let mostQualities = 4_000_000

  private let task: any EnumerableTask
  private let train: [Prompt]
  private let frame: MiddleFrame?

  /// The prior of some questions with known answers.
  ///
  /// - Parameters:
  ///   - task: What is asked.
  ///   - train: Questions with known answers.
  ///   - frame: What is read of a video besides; nothing if left out.
  init(_ task: any EnumerableTask, train: [Prompt], seeing frame: MiddleFrame? = nil) {
    self.task = task
    self.frame = frame
    // Drawn, and not every fourth: videos have as many questions, and the first of each is of one kind (.203 for .438).
    var generator = Seed(0).derived("bounds").generator()
    self.train = Array(train.shuffled(using: &generator).prefix(Self.most))
  }

  /// The best constant answer to each prompt, and the best for the questions most like its own.
  func guesses(
    for prompts: [Prompt]
  ) -> (constant: [(any Answer)?], byWords: [(any Answer)?]) {
    var constant = [(any Answer)?](repeating: nil, count: prompts.count)
    var byWords = constant
    let spaces = Dictionary(grouping: prompts.indices) { task.answerSpace(of: prompts[$0]) }
    let own = Dictionary(grouping: train) { task.answerSpace(of: $0) }
    // Where every video is of another length there are as many sets of answers as videos.
    let others = Array(train.prefix(max(64, 64 * Self.most / max(1, spaces.count))))
    for (space, members) in spaces {
      let known = own[space] ?? []
      let questions = known.count < Self.fewest ? others : known
      let table = AnswerTable(
        task, answersTo: prompts[members[0]], questions.map { ($0, words($0)) })
      for index in members { constant[index] = table.best }
      for (words, same) in Dictionary(grouping: members, by: { words(prompts[$0]) }) {
        let answer = table.best(for: words)
        for index in same { byWords[index] = answer }
      }
    }
    return (constant, byWords)
  }

  /// What is read of a prompt.
  private func words(_ prompt: Prompt) -> Set<String> {
    let query = prompt.query.lowercased().split { !$0.isLetter && !$0.isNumber }
    return Set(query.map(String.init)).union(frame?.words(prompt) ?? [])
  }
}

/// How good each answer would be on some questions with known answers, and which words of a question tell them apart.
private struct AnswerTable {
  private let answers: [any Answer]
  private let tree: WordTree
  /// The answer that is best for all of the questions.
  let best: (any Answer)?

  /// Every answer to a prompt, judged on some questions with their words.
  init(
    _ task: any EnumerableTask, answersTo prompt: Prompt,
    _ questions: [(prompt: Prompt, words: Set<String>)]
  ) {
    let answers = task.answers(to: prompt)
    let share = AnswerPrior.mostQualities / max(1, answers.count)
    let questions = Array(questions.prefix(max(AnswerPrior.fewest, share)))
    let qualities = questions.map { question in
      answers.map { Float(task.quality($0, of: question.prompt)) }
    }
    tree = WordTree(questions.map(\.words), qualities)
    best = answers.isEmpty ? nil : answers[tree.best]
    self.answers = answers
  }

  /// The answer that is best for the questions with words like these.
  func best(for words: Set<String>) -> (any Answer)? {
    answers.isEmpty ? nil : answers[tree.best(for: words)]
  }
}
