internal import Foundation

/// How the learning rate moves over a run.
package struct LearningRateSchedule: Sendable, Hashable, Codable {
  /// What happens after warm-up.
  package enum Shape: String, Sendable, Codable, CaseIterable {
    /// Stays at the peak.
    case constant
    /// Falls along half a cosine to `floor`.
    case cosine
    /// Falls along a line to `floor`.
    case linear
  }

  /// The rate after warm-up.
  package var peak: Double
  /// Updates over which the rate rises from peak/warmUp to the peak.
  package var warmUp: Int
  /// What happens after warm-up.
  package var shape: Shape
  /// The share of the peak at the end.
  package var floor: Double

  /// A schedule.
  package init(peak: Double, warmUp: Int = 0, shape: Shape = .constant, floor: Double = 0) {
    self.peak = peak
    self.warmUp = warmUp
    self.shape = shape
    self.floor = floor
  }

  /// The rate of update `step` (from 0) of `steps`.
  package func rate(at step: Int, of steps: Int) -> Double {
    if step < warmUp { return peak * Double(step + 1) / Double(warmUp) }
    let progress = min(1, Double(step - warmUp) / Double(max(1, steps - warmUp)))
    let share: Double =
      switch shape {
      case .constant: 1
      case .cosine: floor + (1 - floor) * 0.5 * (1 + cos(.pi * progress))
      case .linear: floor + (1 - floor) * (1 - progress)
      }
    return peak * share
  }
}
