/// How probable somebody finds each answer to a prompt.
package struct AnswerBelief: Sendable {
  /// The probability of each answer, in the order in which they were listed; sums to 1.
  package let probabilities: [Double]

  /// The belief whose odds are those of some likelihoods.
  ///
  /// `nil` where one is no number, or none is finite: a student whose weights are NaN believes nothing.
  ///
  /// - Parameter logProbabilities: One an answer, nats; they need not sum to 1.
  package init?(logProbabilities: [Double]) {
    let most = logProbabilities.max() ?? 0
    guard most.isFinite, !logProbabilities.contains(where: \.isNaN) else { return nil }
    let weights = logProbabilities.map { exponential($0 - most) }
    let sum = weights.reduce(0, +)
    probabilities = weights.map { $0 / sum }
  }

  /// −Σ p log p, nats: 0 where one answer is certain, log *n* where all *n* are alike.
  package var entropy: Double {
    probabilities.reduce(0) { $1 > 0 ? $0 - $1 * naturalLogarithm($1) : $0 }
  }
}

/// How much every two answers to the same prompts agree, for all who weigh them.
///
/// - Complexity: O(*n*²) agreements and numbers for *n* answers.
package struct AgreementTable: Sendable {
  /// The answers, in the task's order.
  package let answers: [any Answer]
  private let rows: [[Double]]

  /// The table of answers.
  package init(_ answers: [any Answer], _ task: any EnumerableTask) {
    self.answers = answers
    rows = answers.map { first in answers.map { task.agreement(first, $0) } }
  }

  /// How much each answer agrees with all in expectation: how good it is if the belief is right.
  ///
  /// - Complexity: O(*n*²).
  package func worth(under belief: AnswerBelief) -> [Double] {
    rows.map { row in zip(row, belief.probabilities).reduce(0) { $0 + $1.0 * $1.1 } }
  }

  /// The place of the answer that agrees best with all in expectation, the first of equals: the answer of minimum risk.
  ///
  /// Source: Kumar and Byrne, "Minimum Bayes-risk decoding for statistical machine translation", 2004, without samples.
  package func safest(under belief: AnswerBelief) -> Int? {
    let worth = worth(under: belief)
    return worth.indices.max { worth[$0] < worth[$1] || (worth[$0] == worth[$1] && $0 > $1) }
  }
}
