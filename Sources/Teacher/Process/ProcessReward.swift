package import Core

/// A reward that is a program of its own: the same protocol as `ProcessTeacher`, and the program is told the truth.
package struct ProcessReward: RewardFunction {
  private let program: LineProcess
  private let parameters: ProcessParameters
  private let teller: PromptTeller

  /// Starts the program and greets it.
  ///
  /// - Parameters:
  ///   - parameters: What to run and how long to wait.
  ///   - tokenizer: The student's words.
  ///   - videos: Where the videos' files are, for a program that asks to see them.
  ///   - log: Receives each line of the program's error output, and a line on everything that happens to it.
  /// - Returns: The reward, ready to judge.
  /// - Throws: `ProcessError`, `TeacherError.parameter`.
  package static func connect(
    _ parameters: ProcessParameters, tokenizer: any Tokenizer,
    videos: (any FilmedVideos)? = nil, log: @escaping @Sendable (String) -> Void = { _ in }
  ) async throws -> ProcessReward {
    let program = try LineProcess(
      parameters, hello: HostHello(kind: "reward", tokenizer: tokenizer), log: log)
    return ProcessReward(
      program: program, parameters: parameters,
      teller: try PromptTeller(try await program.connect(), parameters, videos))
  }

  /// Judges the answers to each prompt.
  ///
  /// - Throws: `ProcessError`.
  package func rewards(_ groups: [RolloutGroup]) async throws -> [[Reward]] {
    try await parameters.inBatches(groups) { try await judge($0) }
  }

  private func judge(_ groups: [RolloutGroup]) async throws -> [[Reward]] {
    var prompts: [WirePrompt] = []
    for group in groups {
      var prompt = try await teller.prompt(
        group.prompt, responses: group.rollouts.map(\.tokens))
      prompt.truth = group.prompt.truth.map(AnyAnswer.init)
      prompts.append(prompt)
    }
    let answer = try await program.exchange(ProcessRequest(reward: .init(prompts: prompts)))
    let rewards = answer.rewards ?? []
    try parameters.count(rewards.count, groups.count, "prompts", prompt: groups.first?.prompt.id)
    for (group, rewards) in zip(groups, rewards) {
      try parameters.count(
        rewards.count, group.rollouts.count, "rewards", prompt: group.prompt.id)
      guard let bad = rewards.first(where: { !$0.total.isFinite }) else { continue }
      throw ProcessError.content(
        program: parameters.program, prompt: group.prompt.id, defect: "a reward is \(bad.total)")
    }
    return rewards
  }
}
