/// Can be asked: a student, a reference, a teacher's network, a service.
///
/// Takes and returns whole batches of values, so that it may live in this process or elsewhere.
public protocol Policy: Sendable {
  /// The words it reads and writes.
  var tokenizer: any Tokenizer { get }

  /// Floating-point operations of one scored token on its own, for the ledger.
  var flopsPerToken: Double { get }

  /// Samples `settings.group` answers to each prompt.
  ///
  /// - Parameters:
  ///   - prompts: The questions.
  ///   - settings: How answers are sampled.
  ///   - seed: The stream of a rollout is derived from it by the prompt's id and the slot, so a prompt's answers do not
  ///     depend on what else is in the batch.
  /// - Returns: One group a prompt, in order, with log-probabilities at the sampling temperature.
  /// - Throws: What is wrong with a prompt.
  func sample(
    _ prompts: [Prompt], settings: SamplingSettings, seed: Seed
  ) async throws -> [RolloutGroup]

  /// How likely it finds each token of somebody's answers.
  ///
  /// - Parameters:
  ///   - groups: Prompts with their answers; what is said of the answers already is not read.
  ///   - support: How much of the distribution is wanted.
  ///   - temperature: τ; logits are divided by it.
  /// - Returns: For each group, for each answer, log π in nats.
  /// - Throws: What is wrong with a prompt, or that it cannot say as much.
  func score(
    _ groups: [RolloutGroup], support: TeacherSupport, temperature: Double
  ) async throws -> [[TeacherScore]]

  /// What work costs, in floating-point operations, for the ledger.
  func flops(of groups: [RolloutGroup], _ phase: WorkPhase) -> Double
}

/// How answers are sampled.
public struct SamplingSettings: Sendable, Hashable, Codable {
  /// G: answers a prompt.
  public var group: Int
  /// τ: logits are divided by it; the same in sampling, training and evaluation of log-probabilities.
  ///
  /// 0 is greedy.
  public var temperature: Double
  /// The most tokens of an answer, the end token included.
  public var maximumLength: Int
  /// Whether answers go on after the end token, so that all have `maximumLength` tokens: for measuring speed.
  public var ignoresEnd: Bool
  /// Which tokens may be drawn; all if `nil`.
  ///
  /// Log-probabilities are those of the policy that it leaves.
  public var filter: SamplingFilter?

  /// Sampling settings.
  public init(
    group: Int, temperature: Double, maximumLength: Int, ignoresEnd: Bool = false,
    filter: SamplingFilter? = nil
  ) {
    self.group = group
    self.temperature = temperature
    self.maximumLength = maximumLength
    self.ignoresEnd = ignoresEnd
    self.filter = filter
  }

  /// The most likely token each time, one answer a prompt.
  public static func greedy(maximumLength: Int) -> SamplingSettings {
    SamplingSettings(group: 1, temperature: 0, maximumLength: maximumLength)
  }
}

/// The kinds of work a policy does.
public enum WorkPhase: String, Sendable, Codable, CaseIterable {
  /// Sampling: prompts once, then each token.
  case sampling
  /// One forward pass.
  case forward
  /// Forward and backward.
  case training
}
