public import Core

/// Can be trained: owns its weights, their gradient and the optimizer.
///
/// Nobody else sees those. A step of training is answers in, a loss in, a report out, so that a learner may be a decoder in
/// this process, an adapter on frozen weights, or a model behind a wall.
public protocol Learner: Policy {
  /// What it can do; asked before a run begins.
  var abilities: LearnerAbilities { get }

  /// Adds the gradient of a loss to what has been accumulated since the last update.
  ///
  /// - Parameters:
  ///   - groups: Prompts with the responses the loss is about; a response's place counts in them.
  ///   - loss: What to differentiate.
  /// - Returns: The summed shares of all responses.
  /// - Throws: What is wrong with a prompt, or what the loss throws; then nothing has been accumulated.
  mutating func accumulate(
    _ groups: [RolloutGroup], _ loss: some ResponseLoss
  ) async throws -> LossReport

  /// Moves the weights by what has been accumulated, which is forgotten then.
  ///
  /// A gradient that is not finite moves nothing.
  mutating func update(_ step: UpdateStep) async throws -> UpdateReport

  /// What it is at a moment, for good: a reference, or a teacher.
  func snapshot(_ weights: SnapshotWeights) async throws -> any Policy

  /// Everything it would need to go on with the same numbers.
  ///
  /// - Parameter name: What the state is called where it is kept elsewhere.
  /// - Returns: Its numbers, or the name under which they are kept.
  /// - Throws: Where the state cannot be kept.
  mutating func save(as name: String) async throws -> LearnerState

  /// Goes on from a saved state; what was accumulated is forgotten.
  ///
  /// A state without moments, such as the weights of a finished stage, leaves a fresh optimizer.
  ///
  /// - Throws: `LearnerError.misfit` where the state is another learner's.
  mutating func restore(_ state: LearnerState) async throws

  /// Forgets what training remembers besides the weights.
  mutating func reset(_ memory: LearnerMemory) async throws

  /// A digest of its weights: equal answers to equal questions.
  func fingerprint() async throws -> String

  /// Shows a loss the logits of responses, in one forward pass; what it writes into them is dropped.
  ///
  /// - Returns: The summed reports.
  /// - Throws: `LearnerError.unable` where it has no logits.
  func read(_ groups: [RolloutGroup], _ probe: some ResponseLoss) async throws -> LossReport

  /// How long the gradients of several losses on the same responses are, and how they lie to the first.
  ///
  /// - Parameters:
  ///   - groups: Prompts with the responses the losses are about.
  ///   - losses: One at least.
  /// - Returns: The comparison, in the order of the losses.
  /// - Throws: `LearnerError.unable` where it does not show its gradient.
  /// - Complexity: A training pass a loss.
  func compareGradients(
    _ groups: [RolloutGroup], of losses: [any ResponseLoss]
  ) async throws -> GradientComparison

  /// What training takes of this process's memory, with prompts of so many rows.
  func footprint(rows: Int) -> LearnerFootprint

  /// What it has cost elsewhere since it was connected; `nil` for a learner in this process.
  var costs: LearnerCosts? { get }
}

extension Learner {
  /// What it is now.
  public func snapshot() async throws -> any Policy { try await snapshot(.now) }

  /// Refuses: it has no logits to show.
  public func read(
    _ groups: [RolloutGroup], _ probe: some ResponseLoss
  ) async throws -> LossReport {
    throw LearnerError.unable(to: "show its logits")
  }

  /// Refuses: it does not show its gradient.
  public func compareGradients(
    _ groups: [RolloutGroup], of losses: [any ResponseLoss]
  ) async throws -> GradientComparison {
    throw LearnerError.unable(to: "compare gradients")
  }

  /// Nothing elsewhere.
  public var costs: LearnerCosts? { nil }

  /// Nothing in this process.
  public func footprint(rows: Int) -> LearnerFootprint { LearnerFootprint() }
}

/// Which weights a snapshot is taken of.
public enum SnapshotWeights: Sendable, Hashable {
  /// Those it has now.
  case now
  /// Their moving average, as `UpdateStep.averageShare` moves it; those it has now before the first update.
  case average
  /// Those of the other model that its engine has beside it.
  case teacher
}

/// What a learner remembers besides its weights.
public struct LearnerMemory: OptionSet, Sendable, Hashable {
  /// The bits.
  public let rawValue: Int

  /// Memories with the given bits.
  public init(rawValue: Int) { self.rawValue = rawValue }

  /// The optimizer's moments and its count of updates.
  public static let optimizer = LearnerMemory(rawValue: 1)
  /// The moving average of the weights.
  public static let average = LearnerMemory(rawValue: 2)
}

/// Lengths of gradients and their products with the first of them.
public struct GradientComparison: Sendable, Hashable {
  /// ‖∇loss_i‖.
  public var norms: [Double]
  /// ∇loss_0 · ∇loss_i.
  public var products: [Double]

  /// One number a loss of either.
  public init(norms: [Double], products: [Double]) {
    self.norms = norms
    self.products = products
  }
}

/// What a learner takes of the memory of this process.
public struct LearnerFootprint: Sendable, Hashable {
  /// Numbers that are trained.
  public var parameters: Int
  /// Parts in which the gradient is summed, each as long as the parameters.
  public var gradientParts: Int
  /// Activations of one forward and backward pass over a prompt with its answers, bytes.
  public var passBytes: Double
  /// What training leaves as it is, bytes.
  public var frozen: Int
  /// What is kept of pictures that were looked at, at most, bytes.
  public var pictures: Int

  /// Nothing unless said.
  public init(
    parameters: Int = 0, gradientParts: Int = 0, passBytes: Double = 0, frozen: Int = 0,
    pictures: Int = 0
  ) {
    self.parameters = parameters
    self.gradientParts = gradientParts
    self.passBytes = passBytes
    self.frozen = frozen
    self.pictures = pictures
  }
}
