public import Core

/// The second door of a loss: log-probabilities of named tokens go in, its derivatives in them come out.
///
/// No logits and no vocabulary: whoever can say how likely some tokens are, and can move their log-probabilities, can be
/// trained by it.
public protocol SlopeLoss: Sendable {
  /// τ, at which log-probabilities are meant.
  var temperature: Double { get }

  /// How many of its own most likely tokens the student must name at each position; 0 for none.
  var likeliest: Int { get }

  /// The tokens whose log-probabilities are wanted: at each position the sampled one, then others, each once.
  ///
  /// - Parameters:
  ///   - place: The response.
  ///   - likeliest: The student's most likely tokens at each position, most likely first; empty where none are wanted.
  /// - Returns: The tokens of each position.
  func targets(_ place: ResponsePlace, likeliest: [[Token]]) -> [[Token]]

  /// The loss of one response, and its derivatives.
  ///
  /// - Parameters:
  ///   - place: The response.
  ///   - logProbabilities: log π of the targets, nats, at `temperature`.
  ///   - likeliest: As for `targets`.
  /// - Returns: The response's share of the loss and of the metrics that log-probabilities suffice for, and
  ///   ∂loss/∂log π of each target, as if each were free: with a softmax, `∂loss/∂z_v = Σ_t slope_t·(1[v = t] − π_v)/τ`.
  /// - Throws: What is wrong with the signals or the numbers.
  func slopes(
    _ place: ResponsePlace, _ logProbabilities: [[Double]], likeliest: [[Token]]
  ) throws -> (report: LossReport, slopes: [[Double]])
}

extension SlopeLoss {
  /// The targets of a loss that wants none of the student's most likely tokens.
  public func targets(_ place: ResponsePlace) -> [[Token]] { targets(place, likeliest: []) }

  /// The derivatives of a loss that wants none of the student's most likely tokens.
  public func slopes(
    _ place: ResponsePlace, _ logProbabilities: [[Double]]
  ) throws -> (report: LossReport, slopes: [[Double]]) {
    try slopes(place, logProbabilities, likeliest: [])
  }
}

/// Where a response stands in a batch.
public struct ResponsePlace: Sendable, Hashable {
  /// The index of its group.
  public var group: Int
  /// Its index in the group.
  public var slot: Int

  /// A place.
  public init(group: Int, slot: Int) {
    self.group = group
    self.slot = slot
  }
}
