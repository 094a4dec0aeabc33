internal import Records
internal import Statistics

/// The learning curve of each arm: at each evaluation the interquartile mean over its seeds.
struct MeanCurves: Sendable {
  /// What an arm had reached at one evaluation, and what it had cost by then, mean over seeds.
  struct Moment: Sendable {
    var step: Double
    var value: Estimate
    var costs: [CostMeasure: Double]
    /// What each of the first runs had reached, by seed; `nil` where one has no value there.
    var seeds: [Double?]
  }

  /// How many seeds of an arm are drawn: more of them are a second band.
  static let seeds = 10

  /// The evaluations of each arm, in order.
  private(set) var moments: [String: [Moment]] = [:]

  /// The curves of some arms.
  init(_ archive: RunArchive, arms: [String], metric: String) {
    self.init(
      Dictionary(uniqueKeysWithValues: arms.map { ($0, MeasuredLines(archive.runs(of: $0))) }),
      metric: metric)
  }

  /// The curves of some arms, each of at most so many moments: neighbours are drawn together where there are more.
  init(_ lines: [String: MeasuredLines], metric: String, moments limit: Int? = nil) {
    moments = lines.mapValues { Self.moments($0, metric, atMost: limit) }
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

  /// The curve of each seed of one arm along a cost: where the arm's mean had spent as much.
  func seeds(_ arm: String, by measure: CostMeasure) -> [[LineChart.Place]] {
    let known = (moments[arm] ?? []).filter { $0.costs[measure] != nil }
    return (0..<(known.map(\.seeds.count).max() ?? 0)).map { seed in
      known.compactMap { moment in
        guard let x = moment.costs[measure], let y = moment.seeds[seed] else { return nil }
        return LineChart.Place(x: x, y: y)
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

  private static func moments(
    _ lines: MeasuredLines, _ metric: String, atMost limit: Int?
  ) -> [Moment] {
    let samples = lines.samples[metric] ?? []
    let runs = Set(samples.map(\.run))
    let steps = Dictionary(grouping: samples, by: \.step).sorted { $0.key < $1.key }.map(\.value)
    let width = limit.map { max(1, ($0 - 1 + steps.count) / $0) } ?? 1
    let stretches = stride(from: 0, to: steps.count, by: width).map {
      Array(steps[$0..<min($0 + width, steps.count)].joined())
    }
    // A step that only a few seeds have reached would make the curve jump.
    return stretches.filter { 2 * Set($0.map(\.run)).count >= runs.count }
      .compactMap { moment($0, lines.costs, runs: min(seeds, (runs.max() ?? 0) + 1)) }
  }

  /// What the samples of one stretch of steps say together; each run counts once.
  private static func moment(
    _ samples: [MeasuredLines.Sample], _ spent: [[Double?]], runs: Int
  ) -> Moment? {
    var costs: [CostMeasure: Double] = [:]
    for (place, measure) in CostMeasure.allCases.enumerated() {
      let values = samples.compactMap { spent[$0.line][place] }
      if !values.isEmpty { costs[measure] = mean(values) }
    }
    let byRun = Dictionary(grouping: samples, by: \.run).mapValues { mean($0.map(\.value)) }
    let values = byRun.sorted { $0.key < $1.key }.map(\.value)
    return Estimate.overSeeds(values, resamples: 400).map {
      Moment(
        step: mean(samples.map(\.step)), value: $0, costs: costs,
        seeds: runs > 1 ? (0..<runs).map { byRun[$0] } : [])
    }
  }
}
