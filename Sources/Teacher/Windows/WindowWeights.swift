import Foundation
import Core

extension WindowGrid {
  /// The probability of each window of the grid under the smoothing of some scored windows; sums to 1.
  ///
  /// - Complexity: O(scored windows · grid) multiplications and O(scored windows · distinct ends) exponentials.
  func weights(of scored: [ScoredInterval], _ smoothing: WindowSmoothing) -> [Double] {
    var weights =
      smoothing.overlapTemperature.map { kernelByOverlap(scored, smoothing, $0) }
      ?? kernelByAxes(scored, smoothing)
    var total = weights.reduce(0, +)
    // Far from every window the product of two exponentials underflows; then distances are compared before they are
    // exponentiated.
    if total < 1e-200 {
      weights = kernelByDistance(scored, smoothing)
      total = weights.reduce(0, +)
    }
    let share = (1 - smoothing.floorShare) / total
    let floor = smoothing.floorShare / Double(windows.count)
    for index in weights.indices { weights[index] = weights[index] * share + floor }
    return weights
  }

  /// Σ_k c_k·exp(−|s−s_k|/τ)·exp(−|e−e_k|/τ): the exponentials of each distinct start and end are taken once.
  private func kernelByAxes(
    _ scored: [ScoredInterval], _ smoothing: WindowSmoothing
  ) -> [Double] {
    var sums = [Double](repeating: 0, count: windows.count)
    for (window, strength) in zip(scored, strengths(scored, smoothing)) where strength > 0 {
      let byStart = starts.values.map {
        strength * exp(-abs($0 - window.interval.start) / smoothing.scale)
      }
      let byEnd = ends.values.map { exp(-abs($0 - window.interval.end) / smoothing.scale) }
      for index in sums.indices {
        sums[index] += byStart[Int(starts.indices[index])] * byEnd[Int(ends.indices[index])]
      }
    }
    return sums
  }

  /// Σ_k c_k·exp((IoU − 1)/T′); a window beside all has e^(−1/T′) and is never impossible.
  private func kernelByOverlap(
    _ scored: [ScoredInterval], _ smoothing: WindowSmoothing, _ temperature: Double
  ) -> [Double] {
    let strengths = strengths(scored, smoothing)
    return windows.map { window in
      zip(scored, strengths).reduce(0) { sum, known in
        sum + known.1 * exp((overlap(window, known.0.interval) - 1) / temperature)
      }
    }
  }

  /// The same up to a factor, which is chosen so that the nearest window counts 1.
  private func kernelByDistance(
    _ scored: [ScoredInterval], _ smoothing: WindowSmoothing
  ) -> [Double] {
    let logStrengths = strengths(scored, smoothing).map { log($0) }
    let logSums = windows.map { grid in
      zip(scored, logStrengths).map { window, strength in
        strength - distance(grid, window.interval) / smoothing.scale
      }
    }
    let best = logSums.joined().max() ?? 0
    return logSums.map { $0.reduce(0) { $0 + exp($1 - best) } }
  }

  /// The intersection over union.
  private func overlap(_ first: Interval, _ second: Interval) -> Double {
    let shared = first.overlap(second)
    return shared / (first.length + second.length - shared)
  }

  private func distance(_ first: Interval, _ second: Interval) -> Double {
    abs(first.start - second.start) + abs(first.end - second.end)
  }

  /// c_k = (confidence_k / largest)^(1/T); windows without any confidence count alike.
  ///
  /// Dividing by the largest first keeps powers of small confidences from underflowing.
  private func strengths(_ scored: [ScoredInterval], _ smoothing: WindowSmoothing) -> [Double] {
    let largest = scored.map(\.confidence).max() ?? 0
    guard largest > 0 else { return scored.map { _ in 1 } }
    return scored.map { pow($0.confidence / largest, 1 / smoothing.confidenceTemperature) }
  }
}
