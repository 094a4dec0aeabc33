public import Core
public import Testing

/// Checks a reward and makes an issue of the running test of each law it breaks.
///
/// - Parameters:
///   - reward: The reward.
///   - prompts: Prompts it can judge answers to, with right answers.
///   - codec: How answers are written.
///   - sourceLocation: Where issues are reported.
public func checkReward(
  _ reward: any RewardFunction, prompts: [Prompt], codec: AnswerCodec,
  sourceLocation: SourceLocation = #_sourceLocation
) async {
  await rewardViolations(reward, prompts: prompts, codec: codec)
    .record(sourceLocation: sourceLocation)
}

/// The laws a reward breaks; see `checkReward`.
public func rewardViolations(
  _ reward: any RewardFunction, prompts: [Prompt], codec: AnswerCodec
) async -> [Violation] {
  var laws = RewardLaws(reward: reward, prompts: prompts, codec: codec)
  await laws.check()
  return laws.book.violations
}

/// The laws of rewards.
struct RewardLaws {
  let reward: any RewardFunction
  let prompts: [Prompt]
  let codec: AnswerCodec
  var book = Lawbook()

  /// The right answer, every other one, and one that cannot be read.
  private func answers(to prompt: Prompt) -> [[Token]] {
    let right = prompt.truth.prefix(1).compactMap { try? codec.encode($0, to: prompt) }
    let all = (codec.task as? any EnumerableTask)?.answers(to: prompt) ?? []
    let step = max(1, all.count / 20)
    let others = stride(from: 0, to: all.count, by: step).compactMap {
      try? codec.encode(all[$0], to: prompt)
    }
    return right + others + [[codec.tokenizer.end]]
  }

  private func group(_ prompt: Prompt, _ answers: [[Token]]) -> RolloutGroup {
    RolloutGroup(
      prompt: prompt,
      rollouts: answers.enumerated().map { slot, tokens in
        Rollout(
          promptID: prompt.id, slot: slot, tokens: tokens,
          logProbabilities: tokens.map { _ in -1 }, finish: .stop)
      })
  }

  mutating func check() async {
    let groups = prompts.map { group($0, answers(to: $0)) }
    guard let rewards = await judge(groups) else { return }
    book.expect(
      rewards.map(\.count) == groups.map(\.rollouts.count), "There is one reward an answer.",
      "\(rewards.map(\.count)) for \(groups.map(\.rollouts.count))")
    guard book.violations.isEmpty else { return }
    for (group, rewards) in zip(groups, rewards) { check(rewards, group.prompt) }
    await checkRepetition(groups, rewards)
    guard let none = await judge([]) else { return }
    book.expect(none.isEmpty, "No answers get no rewards.", "\(none.count) groups")
  }

  private mutating func judge(_ groups: [RolloutGroup]) async -> [[Reward]]? {
    let reward = reward
    return await book.attempt("Answers to prompts with a right answer are judged.") {
      try await reward.rewards(groups)
    }
  }

  private mutating func check(_ rewards: [Reward], _ prompt: Prompt) {
    book.expect(
      rewards.allSatisfy { $0.total.isFinite && $0.terms.values.allSatisfy(\.isFinite) },
      "Rewards are finite.", "'\(prompt.id)': \(rewards.map(\.total))")
    guard let right = rewards.first, let unreadable = rewards.last, rewards.count > 2 else {
      return
    }
    book.expect(right.parsed, "The right answer can be read.", "'\(prompt.id)'")
    // The right answer is rounded to what can be written, so another one may be as good.
    let best = rewards.map(\.total).max() ?? 0
    book.expect(
      right.total >= best - 1e-9, "No answer is better than the right one.",
      "'\(prompt.id)': \(best) above \(right.total)")
    book.expect(
      !unreadable.parsed, "An answer that says nothing is not 'parsed'.", "'\(prompt.id)'")
    book.expect(
      unreadable.total < right.total, "An answer that says nothing is worse than the right one.",
      "'\(prompt.id)': \(unreadable.total) and \(right.total)")
  }

  private mutating func checkRepetition(
    _ groups: [RolloutGroup], _ rewards: [[Reward]]
  ) async {
    guard let again = await judge(groups) else { return }
    book.expect(again == rewards, "The same answer gets the same reward.", "it differs")
    let reversed = groups.reversed().map { group($0.prompt, $0.rollouts.reversed().map(\.tokens)) }
    guard let backwards = await judge(reversed) else { return }
    book.expect(
      backwards.reversed().map { $0.reversed() } == rewards,
      "A reward does not depend on what else is in the batch.", "it differs in reverse order")
  }
}
