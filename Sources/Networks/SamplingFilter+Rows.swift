internal import Core
internal import Foundation
internal import Tensors

extension SamplingFilter {
  /// Leaves the log-probabilities of a policy that draws only what the filter keeps.
  ///
  /// - Parameter logs: Log-probabilities, nats; those left out become −∞.
  /// - Complexity: O(*n* log *n*) of *n* tokens.
  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  func restrict<Scalar: Real>(_ logs: inout MutableSpan<Scalar>) {
    let values = logs.indices.map { Double(logs[$0]) }
    var kept = values.indices.sorted {
      values[$0] > values[$1] || values[$0] == values[$1] && $0 < $1
    }
    if let topK { kept = Array(kept.prefix(max(1, topK))) }
    if let topP { kept = Array(kept.prefix(Self.needed(kept.map { exp(values[$0]) }, for: topP))) }
    if let minP, let best = kept.first {
      kept = kept.filter { exp(values[$0] - values[best]) >= minP }
    }
    let sum = kept.reduce(0) { $0 + exp(values[$1]) }
    for column in logs.indices { logs[column] = -Scalar.infinity }
    for column in kept { logs[column] = Scalar(values[column] - log(sum)) }
  }

  /// How many of the likeliest have the share `share` of all; at least one.
  private static func needed(_ probabilities: [Double], for share: Double) -> Int {
    let wanted = share * probabilities.reduce(0, +)
    var sum = 0.0
    for (index, probability) in probabilities.enumerated() {
      sum += probability
      if sum >= wanted { return index + 1 }
    }
    return probabilities.count
  }
}
