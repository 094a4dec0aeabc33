/// How likely a policy finds each answer that can be given, whatever it would say itself.
package struct AnswerLikelihoods: Sendable {
  /// How likely an answer counts as.
  package enum Measure: String, Codable, Sendable, Hashable, CaseIterable {
    /// By its probability: short answers are ahead of long ones.
    case total
    /// By the mean log-probability of its tokens.
    case perToken
    /// By how much likelier the frames in view make it than none do: what is common anyway is no evidence.
    ///
    /// Source: Holtzman et al., "Surface form competition", arXiv:2104.08315.
    case gain
  }

  /// Who is asked.
  package let policy: any Policy
  /// How likely an answer counts as.
  package let measure: Measure

  private let codec: AnswerCodec
  private let task: any EnumerableTask

  /// What a policy thinks of the answers of a task.
  ///
  /// - Parameters:
  ///   - policy: Who is asked.
  ///   - codec: How answers are written.
  ///   - measure: How likely an answer counts as.
  ///   - who: Who needs that, for the error.
  /// - Throws: `TaskError.notEnumerable` for a task whose answers cannot be listed.
  package init(
    _ policy: any Policy, _ codec: AnswerCodec, by measure: Measure = .total, for who: String
  ) throws {
    self.policy = policy
    self.measure = measure
    self.codec = codec
    task = try codec.enumerable(for: who)
  }

  /// An answer with how likely it is.
  package struct Likelihood: Sendable {
    /// The answer.
    package var answer: any Answer
    /// log p of all its tokens, the end included, nats, at temperature 1, or what the measure makes of it.
    package var logProbability: Double
  }

  /// Every answer to each prompt, in the task's order.
  ///
  /// - Throws: What writing an answer or asking the policy throws.
  /// - Complexity: One forward pass of a prompt and all its answers, two for a gain.
  package func likelihoods(_ prompts: [Prompt]) async throws -> [[Likelihood]] {
    let written = try groups(prompts)
    let shown = try await sums(written.map(\.group))
    let blank =
      measure == .gain ? try await sums(try groups(blind(prompts)).map(\.group)) : nil
    return written.indices.map { index in
      written[index].answers.indices.map { slot in
        let tokens = written[index].group.rollouts[slot].tokens.count
        let value = shown[index][slot] - (blank?[index][slot] ?? 0)
        return Likelihood(
          answer: written[index].answers[slot],
          logProbability: measure == .perToken ? value / Double(tokens) : value)
      }
    }
  }

  /// log p of each answer, nats.
  private func sums(_ groups: [RolloutGroup]) async throws -> [[Double]] {
    try await policy.score(groups, support: .sampled, temperature: 1).map { scores in
      scores.map { $0.sampled.reduce(0) { $0 + Double($1) } }
    }
  }

  /// The same questions without a frame.
  private func blind(_ prompts: [Prompt]) -> [Prompt] { prompts.map { $0.showing([]) } }

  /// Everything that is scored.
  private func scored(_ prompts: [Prompt]) throws -> [RolloutGroup] {
    try groups(measure == .gain ? prompts + blind(prompts) : prompts).map(\.group)
  }

  /// What asking takes, in floating-point operations.
  ///
  /// - Throws: What writing an answer throws.
  package func flops(_ prompts: [Prompt]) throws -> Double {
    policy.flops(of: try scored(prompts), .forward)
  }

  /// How many tokens are scored.
  ///
  /// - Throws: What writing an answer throws.
  package func tokens(_ prompts: [Prompt]) throws -> Int {
    try scored(prompts).reduce(0) { $0 + $1.rollouts.reduce(0) { $0 + $1.tokens.count } }
  }

  /// The best answer to each prompt in expectation: the one that agrees best with all, each weighted by its probability.
  ///
  /// Where answers agree wholly or not at all, as options do, it is the likeliest. The first of equals; `nil` of a policy whose
  /// likelihoods are no numbers.
  ///
  /// Source: Kumar and Byrne, "Minimum Bayes-risk decoding for statistical machine translation", 2004, without samples.
  ///
  /// - Throws: As `likelihoods(_:)`.
  /// - Complexity: That of `likelihoods(_:)`, and O(*n*²) of *n* answers a prompt; their agreements once for prompts in a row
  ///   that share them.
  package func best(_ prompts: [Prompt]) async throws -> [(any Answer)?] {
    var tables: [String: AgreementTable] = [:]
    return try await zip(prompts, likelihoods(prompts)).map { prompt, list in
      let space = task.answerSpace(of: prompt)
      let table = tables[space] ?? AgreementTable(list.map(\.answer), task)
      // One table is kept: that of half-hour videos would fill the memory.
      if tables[space] == nil { tables = [space: table] }
      return AnswerBelief(logProbabilities: list.map(\.logProbability))
        .flatMap { table.safest(under: $0) }.map { list[$0].answer }
    }
  }

  private func groups(
    _ prompts: [Prompt]
  ) throws -> [(answers: [any Answer], group: RolloutGroup)] {
    try prompts.map { prompt in
      let answers = task.answers(to: prompt)
      let rollouts = try answers.enumerated().map { slot, answer in
        let tokens = try codec.encode(answer, to: prompt)
        return Rollout(
          promptID: prompt.id, slot: slot, tokens: tokens,
          logProbabilities: [Float](repeating: 0, count: tokens.count), finish: .stop)
      }
      return (answers, RolloutGroup(prompt: prompt, rollouts: rollouts))
    }
  }
}
