internal import Records
internal import Statistics

/// The learning curve of each arm: at each evaluation the interquartile mean over its seeds.
struct MeanCurves: Sendable {
  /// What an arm had reached at one evaluation, and what it had cost by then, mean over seeds.
  struct Moment: Sendable {
    var step: Double
    var value: Estimate
    var costs: [CostMeasure: Double]
  }

  /// The evaluations of each arm, in order.
  private(set) var moments: [String: [Moment]] = [:]

  /// The curves of some arms.
  init(_ archive: RunArchive, arms: [String], metric: String) {
    for arm in arms { moments[arm] = Self.moments(archive.runs(of: arm), metric) }
  }

  /// The curve of one arm along a cost.
  func points(_ arm: String, by measure: CostMeasure) -> [LineChart.Point] {
    (moments[arm] ?? []).compactMap { moment in
      moment.costs[measure].map {
        LineChart.Point(
          x: $0, y: moment.value.value, lower: moment.value.lower, upper: moment.value.upper)
      }
    }
  }

  /// Whether an arm ended surely above where it began: the price of what was there from the start is no price.
  func hasLearned(_ arm: String) -> Bool {
    guard let moments = moments[arm], moments.count > 1, let first = moments.first,
      let last = moments.last
    else { return false }
    return last.value.lower > first.value.value && !Verdict.isNothing(last.value.value)
  }

  /// How many times less than the baseline an arm pays to get as far as the baseline does in the end; nothing where the
  /// baseline has not learned.
  func savings(of arm: String, against baseline: String) -> [CostMeasure: Double] {
    guard hasLearned(baseline) else { return [:] }
    var result: [CostMeasure: Double] = [:]
    for measure in CostMeasure.allCases {
      guard let (paid, price) = prices(of: arm, against: baseline, measure), price > 0 else {
        continue
      }
      result[measure] = paid / price
    }
    return result
  }

  /// What the baseline has paid in the end, and what the arm pays for the same level; `nil` if it never gets there.
  private func prices(
    of arm: String, against baseline: String, _ measure: CostMeasure
  ) -> (Double, Double)? {
    guard let end = points(baseline, by: measure).last else { return nil }
    let own = points(arm, by: measure)
    // What begins at the level has paid for it elsewhere: as the student of another run, say.
    guard let first = own.first, first.y < end.y else { return nil }
    let curve = LearningCurve(costs: own.map(\.x), values: own.map(\.y))
    return curve.cost(toReach: end.y).map { (end.x, $0) }
  }

  /// A level worth a price: what the baseline reaches in the end, or, if it does not train, half of the arms that do.
  ///
  /// - Returns: The level, rounded to two digits towards the easier side; `nil` where nothing was trained.
  func target(baseline: String?, _ metric: Metric) -> Double? {
    let ends = moments.compactMapValues { $0.count > 1 ? $0.last?.value.value : nil }
    let level = baseline.flatMap { ends[$0] } ?? (ends.isEmpty ? nil : median(ends.values))
    return level.map { (100 * $0).rounded(metric.isBetterWhenLower ? .up : .down) / 100 }
  }

  private static func moments(_ runs: [RecordedRun], _ metric: String) -> [Moment] {
    let measured = runs.map { run in
      run.comparableLines.filter { $0[metric] != nil && $0["step"] != nil }
    }
    let reached = measured.count { !$0.isEmpty }
    let bySteps = Dictionary(grouping: measured.joined()) { $0["step"] ?? 0 }
    // A step that only a few seeds have reached would make the curve jump.
    return bySteps.sorted { $0.key < $1.key }.filter { 2 * $0.value.count >= reached }
      .compactMap { step, lines in moment(step, lines, metric) }
  }

  private static func moment(_ step: Double, _ lines: [[String: Double]], _ metric: String)
    -> Moment?
  {
    var costs: [CostMeasure: Double] = [:]
    for measure in CostMeasure.allCases {
      let values = lines.compactMap { $0[measure.key] }
      if !values.isEmpty { costs[measure] = mean(values) }
    }
    return Estimate.overSeeds(lines.compactMap { $0[metric] }, resamples: 400).map {
      Moment(step: step, value: $0, costs: costs)
    }
  }
}
