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

  /// The same of the sampled tokens, with the divergences of each term at each position, nats.
  func compare(_ responses: [TargetedResponse], temperature: Double) async throws
    -> [ComparedResponse]

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

  /// What was trained, for other libraries.
  func exported() async throws -> ExportedAdapter

  /// The weights of the other model that it has beside the student.
  nonisolated func teacher() throws -> any StudentEngine

  /// What it calls weights that are there for good; `nil` for those that are trained.
  nonisolated var weights: String? { get }

  /// Tokens that a prompt is for the engine.
  nonisolated func length(of prompt: Prompt) -> Int

  /// What it has cost since it was connected.
  nonisolated var costs: LearnerCosts { get }
}

extension StudentEngine {
  /// Refuses: it compares nothing.
  package func compare(
    _ responses: [TargetedResponse], temperature: Double
  ) async throws -> [ComparedResponse] {
    throw LearnerError.unable(to: "compare its distributions with other weights")
  }

  /// Refuses: what a program trains is in its own files.
  package func exported() async throws -> ExportedAdapter {
    throw LearnerError.unable(to: "hand its adapter out")
  }

  /// Refuses: it has no other model.
  package nonisolated func teacher() throws -> any StudentEngine {
    throw LearnerError.unable(to: "show a teacher beside it")
  }

  /// Nothing that could be asked for by name.
  package nonisolated var weights: String? { nil }
}

/// What is known of a response that is compared with a teacher.
package struct ComparedResponse: Sendable {
  /// log π of the sampled tokens, nats, at τ.
  package var logProbabilities: [Double]
  /// For each term, D in nats at each position.
  package var divergences: [[Double]]
}

/// A response with the tokens whose log-probabilities matter at each of its positions.
package struct TargetedResponse: Sendable {
  package var prompt: Prompt
  package var tokens: [Token]
  /// At each position, the sampled token first.
  package var targets: [[Token]]
  /// What its distributions are compared with; `nil` where nothing is.
  package var divergences: ResponseDivergences?

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
