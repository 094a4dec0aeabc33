package import Core

/// A weighted sum of `GroundingTerm`s, each the best over the right answers.
///
/// A response that cannot be read, or whose start is not before its end, has reward 0 and is not `parsed`.
package struct GroundingReward: RewardFunction {
  /// The weight of each term.
  package let weights: [GroundingTerm: Double]

  /// How responses are read.
  package let codec: AnswerCodec

  /// A weighted sum of terms.
  ///
  /// - Parameters:
  ///   - terms: The weight of each term by its name: `iou`, `timeR1`, `giou` or `format`.
  ///   - codec: How responses are read.
  /// - Throws: `DataError.unknownTerm`, or `.nothingThere` if there is no term.
  package init(terms: [String: Double], codec: AnswerCodec) throws {
    guard !terms.isEmpty else { throw DataError.nothingThere(what: "reward terms") }
    let known = GroundingTerm.allCases.map(\.rawValue)
    weights = try Dictionary(
      uniqueKeysWithValues: terms.map { name, weight in
        guard let term = GroundingTerm(rawValue: name) else {
          let nearest = nearestName(to: name, in: known)
          throw DataError.unknownTerm(name: name, nearest: nearest)
        }
        return (term, weight)
      })
    self.codec = codec
  }

  /// Judges the answers to each prompt.
  ///
  /// - Throws: `DataError.noTruth` for a prompt without a right answer.
  package func rewards(_ groups: [RolloutGroup]) async throws -> [[Reward]] {
    try groups.map { group in
      guard !group.prompt.stretches.isEmpty else {
        throw DataError.noTruth(prompt: group.prompt.id)
      }
      return group.rollouts.map { rollout in
        let duration = group.prompt.duration
        return reward(
          Interval(windowOf: codec.decode(rollout.tokens, to: group.prompt)),
          truths: group.prompt.stretches,
          duration: duration)
      }
    }
  }

  /// Judges one answer.
  ///
  /// - Parameters:
  ///   - answer: What the response says, or `nil` if it cannot be read.
  ///   - truths: The right answers, at least one.
  ///   - duration: The length of the video in seconds.
  /// - Returns: The weighted sum and its terms.
  package func reward(_ answer: Interval?, truths: [Interval], duration: Double) -> Reward {
    var terms: [String: Double] = [:]
    guard let answer, answer.isProper else {
      for term in weights.keys { terms[term.rawValue] = 0 }
      return Reward(total: 0, terms: terms, parsed: false)
    }
    var total = 0.0
    // In a fixed order, so that the sum has the same bits every time.
    for term in GroundingTerm.allCases {
      guard let weight = weights[term] else { continue }
      let best = truths.map { term.value(answer, truth: $0, duration: duration) }.max() ?? 0
      terms[term.rawValue] = best
      total += weight * best
    }
    return Reward(total: total, terms: terms, parsed: true)
  }
}
