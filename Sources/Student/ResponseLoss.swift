public import Tensors

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

  /// The same loss from log-probabilities of named tokens; `nil` where they do not suffice.
  var bySlopes: (any SlopeLoss)? { get }

  /// The same loss from those of the sampled tokens and divergences that an engine tells; `nil` where they do not suffice.
  var byDivergences: (any DivergenceLoss)? { get }
}

extension ResponseLoss {
  /// No second door.
  public var bySlopes: (any SlopeLoss)? { nil }

  /// No third door.
  public var byDivergences: (any DivergenceLoss)? { nil }
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
