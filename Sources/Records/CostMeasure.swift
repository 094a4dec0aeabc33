/// What two arms can be given equally much of, so that comparing them is fair.
package enum CostMeasure: String, Sendable, Hashable, Codable, CaseIterable {
  /// Optimiser steps.
  case steps
  /// Tokens the student sampled.
  case tokens
  /// Floating-point operations of everything the ledger counts.
  case flops
  /// Seconds by the clock, on whatever machine each run had.
  case wall

  /// The number of a metrics line in which it is counted.
  package var key: String {
    switch self {
    case .steps: "step"
    case .tokens: "tokens"
    case .flops: "flops"
    case .wall: "seconds"
    }
  }

  /// What it is called in a sentence: "after 3.2M rollout tokens".
  package var unit: String {
    switch self {
    case .steps: "steps"
    case .tokens: "rollout tokens"
    case .flops: "FLOPs"
    case .wall: "seconds"
    }
  }
}
