public import Core
public import Tensors

/// The third door of a loss: log-probabilities of the sampled tokens and divergences from a teacher whose rows stay where the
/// student's are; slopes and the divergences' weights go back.
///
/// A whole vocabulary takes part and no row of it leaves the engine, which must have the teacher's weights too.
public protocol DivergenceLoss: Sendable {
  /// τ, at which log-probabilities and the student's rows are meant.
  var temperature: Double { get }

  /// What is to be known of one response, and what moves the student besides the slopes; `nil` where the response has no part
  /// in the loss.
  func divergences(_ place: ResponsePlace) -> ResponseDivergences?

  /// The loss of one response, and its derivatives in the sampled tokens.
  ///
  /// - Parameters:
  ///   - place: The response.
  ///   - logProbabilities: log π of each token, nats, at `temperature`.
  ///   - divergences: For each term of `divergences(_:)`, D in nats at each position.
  /// - Returns: The response's share of the loss and of the metrics that these suffice for, and ∂loss/∂log π of each token
  ///   without the terms, as `SlopeLoss` has it.
  /// - Throws: What is wrong with the signals or the numbers.
  func slopes(
    _ place: ResponsePlace, _ logProbabilities: [Double], divergences: [[Double]]
  ) throws -> (report: LossReport, slopes: [Double])
}

/// The divergences between a student and a teacher at the positions of one response: Σ_t w_t·D(π_t, q_t) for each term.
public struct ResponseDivergences: Sendable {
  /// One divergence with its weight at each position; with weights of 0 it is measured alone.
  public struct Term: Sendable, Hashable {
    /// Which divergence.
    public var divergence: RowDivergence
    /// w, T of them.
    public var weights: [Double]

    /// A divergence with its weights.
    public init(_ divergence: RowDivergence, weights: [Double]) {
      self.divergence = divergence
      self.weights = weights
    }
  }

  /// Whose rows the student's are compared with.
  public var teacher: RowsBeside
  /// What is compared.
  public var terms: [Term]

  /// Terms about one teacher.
  public init(teacher: RowsBeside, terms: [Term]) {
    self.teacher = teacher
    self.terms = terms
  }
}

/// A policy on the engine of a learner: what it finds of whole vocabularies need not leave it.
public protocol PolicyBeside: Policy {
  /// log π of answers, and where the rows are of which they are part.
  ///
  /// - Parameters:
  ///   - groups: Prompts with their answers.
  ///   - temperature: τ; logits are divided by it.
  /// - Returns: For each group, for each answer, a score with `beside`.
  /// - Throws: What is wrong with a prompt.
  func scoreBeside(
    _ groups: [RolloutGroup], temperature: Double
  ) async throws -> [[TeacherScore]]
}
