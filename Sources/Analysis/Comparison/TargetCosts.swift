internal import Records
package import Statistics

/// What an arm had spent when it first reached a level of the metric.
package struct TargetCost: Sendable, Hashable, Codable {
  /// The arm.
  package var arm: String
  /// How many runs reached the level.
  package var reached: Int
  /// How many runs there are with a learning curve.
  package var runs: Int
  /// Means over the runs that reached it, by cost; a cost that the arm does not spend is 0.
  package var costs: [String: Double]
  /// The 95 % interval of each mean over the runs that reached it (Student's t, from 0 to what the longest of
  /// them spent); none for fewer than two.
  package var intervals: [String: Estimate] = [:]
  /// The mean height of the learning curve over all its steps, mean over runs: the area under it, per step.
  package var area: Double?
}

extension TargetCost {
  /// The costs of one arm.
  ///
  /// - Parameters:
  ///   - arm: The arm.
  ///   - runs: Its runs, with all their evaluations.
  ///   - target: The level; reached where the metric is as good or better, linear between evaluations.
  ///   - metric: The metric.
  init(_ arm: String, _ runs: [RecordedRun], target: Double, metric: String) {
    self.init(arm: arm, reached: 0, runs: 0, costs: [:])
    let sign = Metric(metric).isBetterWhenLower ? -1.0 : 1
    var sums: [CostMeasure: [Double]] = [:]
    var most: [CostMeasure: Double] = [:]
    var areas: [Double] = []
    for run in runs {
      let curves = CostMeasure.allCases.map { ($0, run.curve(metric, by: $0, sign: sign)) }
      guard let steps = curves.first?.1, let last = steps.costs.last else { continue }
      self.runs += 1
      areas += steps.meanHeight(over: (steps.costs.first ?? 0)...last).map { [sign * $0] } ?? []
      guard steps.cost(toReach: sign * target) != nil else { continue }
      reached += 1
      for (measure, curve) in curves {
        most[measure] = max(most[measure] ?? 0, curve.costs.last ?? 0)
        if let cost = curve.cost(toReach: sign * target) { sums[measure, default: []].append(cost) }
      }
    }
    area = areas.isEmpty ? nil : mean(areas)
    costs = Dictionary(uniqueKeysWithValues: sums.map { ($0.key.rawValue, mean($0.value)) })
    for (measure, values) in sums where values.count > 1 {
      intervals[measure.rawValue] = Self.interval(of: values, atMost: most[measure] ?? .infinity)
    }
  }

  /// Student's interval of a mean: no run that gets there spends less than nothing, or more than the longest of them.
  private static func interval(of values: [Double], atMost most: Double) -> Estimate {
    var spread = MeanSpread()
    spread.add(values: values)
    let center = mean(values)
    var interval = spread.estimate(around: center)
    interval.lower = max(0, interval.lower)
    interval.upper = min(interval.upper, max(most, center))
    return interval
  }

  /// What was spent of one cost.
  func cost(_ measure: CostMeasure) -> Double? { costs[measure.rawValue] }
}

extension RecordedRun {
  /// The learning curve along a cost; `sign` −1 turns it over, so that higher is better.
  ///
  /// Where a cost does not grow with steps, as tokens do not in imitation, the last point at an amount counts.
  fileprivate func curve(_ metric: String, by measure: CostMeasure, sign: Double) -> LearningCurve {
    let known = comparableLines.filter { $0[metric] != nil && $0[measure.key] != nil }
    return LearningCurve(
      costs: known.compactMap { $0[measure.key] },
      values: known.compactMap { $0[metric].map { sign * $0 } })
  }
}
