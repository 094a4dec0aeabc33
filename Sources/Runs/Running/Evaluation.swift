package import Core

/// How well a student answers.
package struct Evaluation: Sendable {
  /// How one answer is read from a student that has a distribution over answers.
  package enum Decoding: Sendable, Hashable {
    /// The likeliest token each time.
    case greedy
    /// Of so many sampled answers, the one that agrees best with them all: what to answer when agreement with
    /// the truth is what counts, and the likeliest answer is not the safest.
    ///
    /// Source: Kumar and Byrne, "Minimum Bayes-risk decoding for statistical machine translation", 2004.
    case consensus(samples: Int)
  }

  /// What became of each question, in order.
  package let outcomes: [Outcome]
  /// Numbers by metric name.
  package let values: [String: Double]
  /// Floating-point operations it took.
  package let flops: Double

  /// Evaluates a student.
  ///
  /// - Parameters:
  ///   - student: Who answers.
  ///   - prompts: The queries with the frames the student sees.
  ///   - codec: How answers are written, and what they are worth.
  ///   - decoding: How an answer is read from the student.
  /// - Throws: What the student throws.
  package init(
    of student: any Policy, on prompts: [Prompt], codec: AnswerCodec,
    decoding: Decoding = .greedy
  ) async throws {
    let groups = try await student.sample(
      prompts, settings: decoding.settings(maximumLength: codec.maximumLength), seed: Seed(0))
    let answers = groups.map { group in
      codec.task.consensus(of: group.rollouts.map { codec.decode($0.tokens, to: group.prompt) })
    }
    outcomes = codec.task.outcomes(answers, to: prompts)
    var values: [String: Double] = [:]
    for (name, value) in codec.task.summary(outcomes) { values[name.rawValue] = value }
    let failures = answers.count { $0 == nil }
    values["eval/parse_failure_rate"] = Double(failures) / Double(max(1, answers.count))
    self.values = values
    flops = student.flops(of: groups, .sampling)
  }
}

extension Evaluation.Decoding {
  func settings(maximumLength: Int) -> SamplingSettings {
    switch self {
    case .greedy: .greedy(maximumLength: maximumLength)
    case .consensus(let samples):
      SamplingSettings(group: samples, temperature: 1, maximumLength: maximumLength)
    }
  }
}
