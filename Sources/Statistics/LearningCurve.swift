/// How a metric grew with what was spent: steps, tokens, floating-point operations or seconds.
package struct LearningCurve: Sendable, Hashable {
  /// What was spent, ascending.
  package let costs: [Double]

  /// The metric at each of them.
  package let values: [Double]

  /// A curve; points are put in order of cost, and of several at one cost the last one counts.
  ///
  /// - Precondition: As many values as costs.
  package init(costs: [Double], values: [Double]) {
    precondition(costs.count == values.count, "\(costs.count) costs with \(values.count) values.")
    let order = costs.indices.sorted { (costs[$0], $0) < (costs[$1], $1) }
    var kept: [Int] = []
    for index in order {
      if let last = kept.last, costs[last] == costs[index] { kept.removeLast() }
      kept.append(index)
    }
    self.costs = kept.map { costs[$0] }
    self.values = kept.map { values[$0] }
  }

  /// The metric at a cost, linear between points; `nil` outside of what was measured.
  package func value(at cost: Double) -> Double? {
    guard let first = costs.first, let last = costs.last, cost >= first, cost <= last else {
      return nil
    }
    let upper = costs.firstIndex { $0 >= cost } ?? costs.count - 1
    guard costs[upper] > cost else { return values[upper] }
    let share = (cost - costs[upper - 1]) / (costs[upper] - costs[upper - 1])
    return values[upper - 1] + share * (values[upper] - values[upper - 1])
  }

  /// The mean height of the curve over a range of costs, by trapezoids; `nil` where the range was not measured.
  ///
  /// In units of the metric: 0.4 means that the metric was 0.4 on average while that much was spent.
  package func meanHeight(over range: ClosedRange<Double>) -> Double? {
    guard let left = value(at: range.lowerBound), let right = value(at: range.upperBound) else {
      return nil
    }
    guard range.lowerBound < range.upperBound else { return left }
    var points = [(cost: range.lowerBound, value: left)]
    for (cost, value) in zip(costs, values)
    where cost > range.lowerBound && cost < range.upperBound { points.append((cost, value)) }
    points.append((range.upperBound, right))
    let area = zip(points, points.dropFirst()).reduce(0.0) { sum, pair in
      sum + (pair.1.cost - pair.0.cost) * (pair.0.value + pair.1.value) / 2
    }
    return area / (range.upperBound - range.lowerBound)
  }

  /// What it cost to reach a value for the first time, linear between points; `nil` if it never did.
  package func cost(toReach target: Double) -> Double? {
    guard let place = values.firstIndex(where: { $0 >= target }) else { return nil }
    guard place > 0 else { return costs[0] }
    let share = (target - values[place - 1]) / (values[place] - values[place - 1])
    return costs[place - 1] + share * (costs[place] - costs[place - 1])
  }
}
