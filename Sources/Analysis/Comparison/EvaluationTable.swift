internal import Records
package import Statistics

/// The numbers of one evaluation, how far each would move on other videos (or questions, where each stands alone), and the questions that went worst.
package struct EvaluationTable: Sendable {
  /// A question and what became of it.
  package struct Question: Sendable, Hashable {
    /// Its name.
    package var id: String
    /// The video it is about, or what else its questions are drawn together by.
    package var cluster: String
    /// Its words; empty where nobody knows them.
    package var asked: String
    /// How good the answer is, 0 … 1.
    package var quality: Double
    /// The answer; `nil` where it could not be read.
    package var answered: String?
    /// The right answers.
    package var right: String

    /// What became of a question.
    package init(
      id: String, cluster: String, asked: String, quality: Double, answered: String?, right: String
    ) {
      self.id = id
      self.cluster = cluster
      self.asked = asked
      self.quality = quality
      self.answered = answered
      self.right = right
    }
  }

  private let values: [(name: String, value: Double)]
  private let questions: [Question]
  private let answers: AnsweredQuestions

  /// The numbers in the order in which they are shown, with the questions they are made of.
  package init(values: [(name: String, value: Double)], questions: [Question]) {
    self.values = values
    self.questions = questions
    answers = AnsweredQuestions(
      ids: questions.map(\.id), clusters: questions.map(\.cluster),
      values: questions.map(\.quality))
  }

  /// How far a number would move if other videos were drawn: Student's 95 % over whole videos, as comparisons have it, cut where
  /// shares end.
  ///
  /// - Parameter name: A number of the evaluation, a share 0 … 1.
  /// - Returns: `nil` where the number is no mean over the questions, or nothing spreads: one video, or all alike.
  /// - Complexity: O(questions).
  package func interval(of name: String) -> Estimate? { wide(name)?.within(Self.shares) }

  /// What a mean of qualities, or of answers that are right or wrong, can be.
  private static let shares = 0.0...1.0

  /// Student's interval, which knows nothing of the ends of a share.
  private func wide(_ name: String) -> Estimate? {
    guard let value = values.first(where: { $0.name == name })?.value,
      let scores = scores(of: name, mean: value)
    else { return nil }
    let groups = Dictionary(grouping: zip(questions, scores), by: \.0.cluster)
    var spread = MeanSpread()
    // In the order of their names: sums must not depend on a dictionary's order.
    spread.add(clusters: groups.sorted { $0.key < $1.key }.map { $0.value.map(\.1) })
    return spread.degreesOfFreedom > 0 ? spread.estimate(around: value) : nil
  }

  private func scores(of name: String, mean whole: Double) -> [Double]? {
    guard !name.hasSuffix("parse_failure_rate") else {
      return questions.map { $0.answered == nil ? 1 : 0 }
    }
    return answers.scores(of: name, mean: whole)
  }

  /// The questions of the lowest quality, the lowest first; of equals those that were asked first.
  package func worst(_ count: Int) -> [Question] {
    let order = questions.indices.sorted {
      (questions[$0].quality, $0) < (questions[$1].quality, $1)
    }
    return order.prefix(count).map { questions[$0] }
  }

  /// Every number by name, with `NAME/lower` and `NAME/upper` where it has an interval.
  package var numbers: [String: Double] {
    var numbers: [String: Double] = [:]
    for (name, value) in values {
      numbers[name] = value
      guard let interval = interval(of: name) else { continue }
      numbers[name + "/lower"] = interval.lower
      numbers[name + "/upper"] = interval.upper
    }
    return numbers
  }
}

extension EvaluationTable {
  /// The table for people, numbers parted by tabs; without a line feed at the end.
  ///
  /// - Parameter count: How many of the worst questions are listed.
  /// - Returns: A line a number, then what was asked, then the worst.
  package func text(worst count: Int) -> String {
    var lines = values.map { line($0.name, $0.value) }
    lines.append("queries\t\(questions.count)")
    if !answers.standAlone { lines.append("videos\t\(Set(questions.map(\.cluster)).count)") }
    if values.contains(where: { wide($0.name).map { $0.within(Self.shares) != $0 } ?? false }) {
      lines += [
        "", "No share is below 0 or above 1: intervals that would reach further end there.",
      ]
    }
    let listed = worst(count)
    guard !listed.isEmpty else { return lines.joined(separator: "\n") }
    let zeros = questions.count { $0.quality == 0 }
    lines += [
      "",
      "The \(listed.count) worst of \(questions.count), the worst first and equals as they were asked;"
        + " \(zeros) are worth 0:",
    ]
    return (lines + listed.map(line)).joined(separator: "\n")
  }

  private func line(_ name: String, _ value: Double) -> String {
    let digits = Quantity.decimals(value, 4)
    guard let interval = interval(of: name) else { return "\(name)\t\(digits)" }
    let ends = [interval.lower, interval.upper].map { Quantity.decimals($0, 4) }
    return "\(name)\t\(digits)\t[\(ends.joined(separator: ", "))]"
  }

  private func line(_ question: Question) -> String {
    let words = question.asked.isEmpty ? "" : " “\(question.asked)”"
    let answer = question.answered ?? "nothing that can be read"
    let place = answers.standAlone ? "" : " of \(question.cluster)"
    return "  \(Quantity.metric(question.quality))  \(question.id)\(place)\(words): "
      + "\(answer); right: \(question.right.isEmpty ? "nothing" : question.right)"
  }
}
