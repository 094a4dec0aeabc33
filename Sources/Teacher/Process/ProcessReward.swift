public import Rollouts

/// A reward that is a program of its own: the same protocol as `ProcessTeacher`, and the program is told the truth.
public struct ProcessReward: RewardFunction {
  private let program: LineProcess
  private let parameters: ProcessParameters
  private let hello: ProgramHello

  /// Starts the program and greets it.
  ///
  /// - Parameters:
  ///   - parameters: What to run and how long to wait.
  ///   - vocabulary: The student's words.
  ///   - log: Receives each line of the program's error output, and a line on everything that happens to it.
  /// - Returns: The reward, ready to judge.
  /// - Throws: `ProcessError`, `TeacherError.parameter`.
  public static func connect(
    _ parameters: ProcessParameters, vocabulary: Vocabulary,
    log: @escaping @Sendable (String) -> Void = { _ in }
  ) async throws -> ProcessReward {
    let program = try LineProcess(
      parameters, hello: HostHello(kind: "reward", vocabulary: vocabulary), log: log)
    return ProcessReward(
      program: program, parameters: parameters, hello: try await program.connect())
  }

  /// Judges the answers to each prompt.
  ///
  /// - Throws: `ProcessError`.
  public func rewards(_ groups: [RolloutGroup]) async throws -> [[Reward]] {
    let batches = stride(from: 0, to: groups.count, by: parameters.batch).map {
      Array(groups[$0..<min($0 + parameters.batch, groups.count)])
    }
    let judged = try await inParallel(batches, width: parameters.inFlight) {
      try await judge($0)
    }
    return Array(judged.joined())
  }

  private func judge(_ groups: [RolloutGroup]) async throws -> [[Reward]] {
    let prompts = groups.map { group in
      var prompt = WirePrompt(
        group.prompt, responses: group.rollouts.map(\.tokens), features: hello.features ?? false)
      prompt.truth = group.prompt.truth.map { [$0.start, $0.end] }
      return prompt
    }
    let answer = try await program.exchange(ProcessRequest(reward: .init(prompts: prompts)))
    let rewards = answer.rewards ?? []
    try count(rewards.count, groups.count, "prompts", groups.first)
    for (group, rewards) in zip(groups, rewards) {
      try count(rewards.count, group.rollouts.count, "rewards", group)
      guard let bad = rewards.first(where: { !$0.total.isFinite }) else { continue }
      throw ProcessError.content(
        program: parameters.program, prompt: group.prompt.id, defect: "a reward is \(bad.total)")
    }
    return rewards
  }

  private func count(
    _ received: Int, _ expected: Int, _ what: String, _ group: RolloutGroup?
  ) throws {
    guard received != expected else { return }
    throw ProcessError.count(
      program: parameters.program, prompt: group?.prompt.id ?? "", of: what,
      expected: expected, received: received)
  }
}
