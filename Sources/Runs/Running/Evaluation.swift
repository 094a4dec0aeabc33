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
    case consensus(samples: Int, temperature: Double = 1, filter: SamplingFilter? = nil)
    /// Every answer that can be given is scored, and the best in expectation is taken: of options, the likeliest.
    case exact(by: AnswerLikelihoods.Measure = .total)
  }

  /// What became of each question, in order.
  package let outcomes: [Outcome]
  /// The words of each question, in order.
  let asked: [String]
  /// Numbers by metric name.
  package var values: [String: Double]
  /// Floating-point operations it took.
  package let flops: Double
  /// Tokens that were sampled or scored.
  let tokens: Int

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
    asked = prompts.map(\.query)
    guard let settings = decoding.settings(maximumLength: codec.maximumLength) else {
      let reader = try AnswerLikelihoods(
        student, codec, by: decoding.measure, for: "Exact evaluation")
      outcomes = try await codec.task.outcomes(reader.best(prompts), to: prompts)
      self.values = Self.values(of: outcomes, codec.task)
      flops = try reader.flops(prompts)
      tokens = try reader.tokens(prompts)
      return
    }
    let groups = try await student.sample(prompts, settings: settings, seed: Seed(0))
    let answers = groups.map { group in
      codec.task.consensus(of: group.rollouts.map { codec.decode($0.tokens, to: group.prompt) })
    }
    outcomes = try await codec.task.outcomes(answers, to: prompts)
    var values = Self.values(of: outcomes, codec.task)
    if case .consensus(let samples, _, _) = decoding {
      values.merge(try await Self.sampled(groups, samples, codec)) { $1 }
    }
    self.values = values
    flops = student.flops(of: groups, .sampling)
    tokens = groups.reduce(0) { $0 + $1.rollouts.reduce(0) { $0 + $1.tokens.count } }
  }
}

extension Evaluation {
  /// The task's numbers, and the share of answers that could not be read.
  private static func values(
    of outcomes: [Outcome], _ task: any AnswerTask
  ) -> [String: Double] {
    var values: [String: Double] = [:]
    for (name, value) in task.summary(outcomes) { values[name.rawValue] = value }
    let failures = outcomes.count { $0.predicted == nil }
    values["eval/parse_failure_rate"] = Double(failures) / Double(max(1, outcomes.count))
    return values
  }

  /// What the sampled answers are worth before one of them is chosen.
  ///
  /// Where an answer is right or wrong, the best of k is pass@k. Source: Chen et al., "Evaluating large language models
  /// trained on code", arXiv:2107.03374, §2.1, with as many samples as k.
  private static func sampled(
    _ groups: [RolloutGroup], _ samples: Int, _ codec: AnswerCodec
  ) async throws -> [String: Double] {
    let (_, qualities) = try await codec.judged(groups)
    let count = Double(max(1, groups.count))
    let best = qualities.reduce(0) { $0 + ($1.max() ?? 0) }
    let all = qualities.reduce(0) { $0 + $1.reduce(0, +) / Double(max(1, $1.count)) }
    return ["eval/pass@\(samples)": best / count, "eval/avg@\(samples)": all / count]
  }
}

extension Evaluation.Decoding {
  /// How answers are sampled; `nil` where none are.
  func settings(maximumLength: Int) -> SamplingSettings? {
    switch self {
    case .greedy: .greedy(maximumLength: maximumLength)
    case .consensus(let samples, let temperature, let filter):
      SamplingSettings(
        group: samples, temperature: temperature, maximumLength: maximumLength, filter: filter)
    case .exact: nil
    }
  }

  /// How likely an answer counts as where all are scored.
  fileprivate var measure: AnswerLikelihoods.Measure {
    if case .exact(let measure) = self { measure } else { .total }
  }
}
