#if Engines
package import Core
package import Student

/// Weights elsewhere, one operation each: what a learner asks of a training server or of a program.
///
/// Operations follow one another; a failure in the middle of training leaves an engine that answers nothing until it is
/// restored.
package protocol StudentEngine: Actor {
  /// Samples answers; see `Policy.sample`.
  func sample(
    _ prompts: [Prompt], _ settings: SamplingSettings, _ seed: Seed
  ) async throws -> [RolloutGroup]

  /// log π of each target, nats, at τ.
  func score(_ responses: [TargetedResponse], temperature: Double) async throws -> [[[Double]]]

  /// Logits of each response's positions before temperature, T·V, row-major.
  func logits(_ responses: [TargetedResponse]) async throws -> [[Float]]

  /// Adds gradients up and makes one step of the optimizer with them.
  func train(_ responses: [DifferentiatedResponse], _ step: UpdateStep) async throws
    -> UpdateReport

  /// Keeps everything, between two updates.
  func save() async throws -> LearnerState

  /// Goes on from what was kept.
  func restore(_ state: LearnerState) async throws

  /// Forgets the optimizer's moments.
  func resetOptimizer() async throws

  /// A digest of the weights.
  func digest() async throws -> String

  /// The weights as they are, for good.
  func frozen() async throws -> any StudentEngine

  /// Tokens that a prompt is for the engine.
  nonisolated func length(of prompt: Prompt) -> Int

  /// What it has cost since it was connected.
  nonisolated var costs: LearnerCosts { get }
}

/// A response with the tokens whose log-probabilities matter at each of its positions.
package struct TargetedResponse: Sendable {
  package var prompt: Prompt
  package var tokens: [Token]
  /// At each position, the sampled token first.
  package var targets: [[Token]]

  package init(_ prompt: Prompt, _ tokens: [Token], targets: [[Token]]? = nil) {
    self.prompt = prompt
    self.tokens = tokens
    self.targets = targets ?? tokens.map { [$0] }
  }
}

/// A response with the derivatives of a loss.
package struct DifferentiatedResponse: Sendable {
  /// In what the loss was differentiated.
  package enum Gradient: Sendable {
    /// ∂loss/∂log π of each target, at τ, with the log π it was taken at.
    case slopes([[Double]], at: [[Double]], temperature: Double)
    /// ∂loss/∂logits, T·V, row-major.
    case logits([Float])
  }

  package var response: TargetedResponse
  package var gradient: Gradient
}
#endif
