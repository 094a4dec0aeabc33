public import Core
public import Tensors

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

  /// Sampling settings.
  public init(group: Int, temperature: Double, maximumLength: Int, ignoresEnd: Bool = false) {
    self.group = group
    self.temperature = temperature
    self.maximumLength = maximumLength
    self.ignoresEnd = ignoresEnd
  }

  /// The most likely token each time, one answer a prompt.
  public static func greedy(maximumLength: Int) -> SamplingSettings {
    SamplingSettings(group: 1, temperature: 0, maximumLength: maximumLength)
  }
}

/// Turns the logits of one response into a loss value and its gradient.
///
/// Everything that needs the whole batch (advantages, normalising counts, whitening) is settled before training starts and
/// kept in the conforming value, so that responses can be visited in any order, on any thread, in chunks of any size.
public protocol ResponseLoss: Sendable {
  /// Evaluates one response.
  ///
  /// - Parameters:
  ///   - group: The index of its group in the batch.
  ///   - slot: Its index in the group.
  ///   - logits: On entry the student's logits at the response's positions, T·V, row-major, before temperature; on
  ///     return the gradient of the loss in them.
  /// - Returns: The response's share of the loss and of every metric.
  /// - Throws: What is wrong with the signals or the numbers.
  func evaluate<Scalar: Real>(
    group: Int, slot: Int, logits: inout MutableSpan<Scalar>
  ) throws -> LossReport
}

/// A response's share of a batch's loss, with sums for metrics.
public struct LossReport: Sendable, Hashable {
  /// Added up over responses, this is the loss.
  public var value: Double

  /// Weighted sums by metric name.
  public var metrics: [String: WeightedMean]

  /// A share of the loss.
  public init(value: Double = 0, metrics: [String: WeightedMean] = [:]) {
    self.value = value
    self.metrics = metrics
  }

  /// Adds another share.
  public mutating func add(_ other: LossReport) {
    value += other.value
    metrics.merge(other.metrics) { $0 + $1 }
  }
}

/// A mean that keeps its weight, so that means of parts add up to the mean of the whole.
public struct WeightedMean: Sendable, Hashable, Codable {
  /// Σ weight·value.
  public var sum: Double
  /// Σ weight.
  public var weight: Double

  /// A weighted sum.
  public init(sum: Double, weight: Double) {
    self.sum = sum
    self.weight = weight
  }

  /// The mean, or `nil` where nothing was weighed.
  public var mean: Double? { weight > 0 ? sum / weight : nil }

  /// Both together.
  public static func + (first: WeightedMean, second: WeightedMean) -> WeightedMean {
    WeightedMean(sum: first.sum + second.sum, weight: first.weight + second.weight)
  }
}

/// A policy that says how likely it finds answers, and is not trained meanwhile.
public protocol ReferencePolicy: Sendable {
  /// log π of every token of every response, nats, at a temperature.
  ///
  /// - Returns: For each group, for each rollout, T log-probabilities.
  func logProbabilities(_ groups: [RolloutGroup], temperature: Double) throws -> [[[Float]]]

  /// What work costs, for the ledger.
  func flops(of groups: [RolloutGroup], _ phase: WorkPhase) -> Double
}

/// A policy that can be sampled from and differentiated.
///
/// Takes and returns whole batches.
public protocol StudentPolicy: ReferencePolicy {
  /// The words it reads and writes.
  var vocabulary: Vocabulary { get }

  /// What is trained.
  var parameters: Parameters<Float> { get set }

  /// What it is now, for good; a copy of itself unless it says otherwise.
  func reference() -> any ReferencePolicy

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
  ) throws -> [RolloutGroup]

  /// The gradient of a loss in the parameters.
  ///
  /// - Parameters:
  ///   - groups: Prompts with the responses the loss is about.
  ///   - loss: What to differentiate.
  ///   - gradient: Receives the sum over responses; what was in it is overwritten.
  /// - Returns: The summed shares of all responses.
  /// - Throws: What is wrong with a prompt, or what the loss throws.
  func differentiate(
    _ groups: [RolloutGroup], loss: some ResponseLoss, into gradient: inout GradientShards
  ) throws -> LossReport
}

extension StudentPolicy {
  /// A copy of itself, which is a value.
  public func reference() -> any ReferencePolicy { self }
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
