package import Records
package import Core
internal import Statistics

/// What the runs of a sweep say about its arms.
///
/// Seeds are paired: every arm has the same seeds, with the same initial weights, prompts and sampler streams, so arms
/// are compared by their differences seed by seed.
package struct Comparison: Sendable, Hashable, Codable {
  /// The metric that decides.
  package var metric: String
  /// The task's further metrics, in the order of its tables.
  package var columns: [String]
  /// The factors that the sweep's cases and axes are; none where arms are not such points.
  package var factors: [String] = []
  /// What every arm was given equally much of; `nil` where each arm counts at its own last evaluation.
  package var match: CostMeasure?
  /// How much of it: the most that every run compared has reached.
  package var matchedCost: Double?
  /// The arm that the others are compared to; `nil` where there is only one.
  package var baseline: String?
  /// One row an arm, in the sweep's order.
  package var arms: [ComparedArm]
  /// The other arms against the baseline.
  package var contrasts: [Contrast]
  /// Who is ahead of all others, and by how much of the next; `nil` with fewer than three arms or two seeds, and where
  /// `verdict` says it.
  package var leader: String?
  /// The best arm against the baseline in words.
  package var verdict: String
  /// What each arm had spent when it first reached `target`; empty where no target was asked for.
  package var targetCosts: [TargetCost] = []
  /// The level of the metric whose price was asked for.
  package var target: Double?
  /// What is reached without learning from videos, and by the teacher; empty where runs did not write it down.
  package var bounds: [Bound] = []
  /// Differences that were asked for besides.
  package var asked: [AskedContrasts] = []
  /// What a reader should know before believing it.
  package var notes: [String]
}

/// The metric of one run.
package struct SeedScore: Sendable, Hashable, Codable {
  /// The seed.
  package var seed: Int
  /// The metric.
  package var value: Double
}

extension Comparison {
  /// Compares the runs of some folders.
  ///
  /// - Parameters:
  ///   - folders: Each the folder of a sweep, of an arm or of a run; runs may still be going.
  ///   - match: What every arm is given equally much of; `nil` to take each run's last evaluation.
  ///   - metric: The metric that decides, by its name in `metrics.jsonl`; the headline of the runs' task if `nil`.
  ///   - baseline: The arm the others are compared to; the sweep's first one if `nil`.
  ///   - target: A level of the metric whose price is wanted.
  ///   - effects: Factors whose levels are compared within those of the others.
  ///   - pairs: Pairs of arms, each `arm:other`.
  /// - Returns: The comparison.
  /// - Throws: `ComparisonError`.
  /// - Complexity: Without `match` and `target` only the end of each run's metrics is read.
  package static func read(
    _ folders: [String], match: CostMeasure? = nil, metric: String? = nil,
    baseline: String? = nil, target: Double? = nil, effects: [String] = [], pairs: [String] = []
  ) async throws -> Comparison {
    let needsCurves = match != nil || target != nil
    let archive = try await RunArchive.read(folders, detail: needsCurves ? .evaluations : .end)
    var comparison = try Comparison(archive, match: match, metric: metric, baseline: baseline)
    if let target { comparison.priceTarget(target, archive) }
    for factor in effects { try comparison.ask(effectOf: factor) }
    try comparison.ask(pairs: pairs)
    return comparison
  }

  /// Works out what each arm paid for a level of the metric.
  mutating func priceTarget(_ target: Double, _ archive: RunArchive) {
    self.target = target
    targetCosts = archive.arms.map {
      TargetCost($0, archive.runs(of: $0), target: target, metric: metric)
    }
  }

  /// Compares runs that have been read.
  init(
    _ archive: RunArchive, match: CostMeasure?, metric: String?, baseline: String?
  ) throws {
    let metric = try metric ?? archive.headline()
    let measured = Measured(archive, match: match, metric: metric)
    guard !measured.points.isEmpty else { throw Self.unmeasured(metric, archive) }
    let sweep = archive.sweep
    let reference = try Self.reference(baseline, sweep, measured, archive.arms)
    self.metric = metric
    columns = archive.columns.filter { $0 != metric }
    self.match = match
    self.matchedCost = measured.cost
    self.baseline = archive.arms.count > 1 ? reference : nil
    arms = archive.arms.map { ComparedArm($0, archive, measured, levels: sweep.levels(of: $0)) }
    factors = arms.contains { $0.levels.isEmpty } ? [] : sweep.factors ?? []
    contrasts = []
    verdict = ""
    bounds = archive.bounds(of: metric)
    notes = measured.notes
    if let warning { notes.append(warning) }
    if let reference { contrasts = Contrast.all(in: arms, against: reference, metric: metric) }
    verdict = Verdict(metric: metric, arms: arms, contrasts: contrasts).sentence
    takeLead(Lead(of: arms, metric: metric))
  }

  /// The arm that was asked for as the baseline, the sweep's own, or the first with a score.
  private static func reference(
    _ baseline: String?, _ sweep: RecordedSweep, _ measured: Measured, _ arms: [String]
  ) throws -> String? {
    if let baseline, !arms.contains(baseline) {
      throw ComparisonError.unknownArm(
        name: baseline, nearest: nearestName(to: baseline, in: arms), known: arms)
    }
    let named = baseline ?? sweep.baseline.flatMap { measured.hasScores($0) ? $0 : nil }
    return named ?? arms.first { measured.hasScores($0) }
  }

  /// Says who is ahead of all, but nothing twice: once the best or the next is the baseline, that is the verdict.
  private mutating func takeLead(_ lead: Lead?) {
    guard let lead, let beaten = lead.beaten else { return leader = lead?.sentence }
    if lead.best == baseline { verdict = lead.sentence }
    if lead.best != baseline, beaten != baseline { leader = lead.sentence }
  }

  private static func unmeasured(_ metric: String, _ archive: RunArchive) -> ComparisonError {
    let known = Set(archive.runs.flatMap { $0.evaluations.flatMap(\.keys) })
      .filter { $0.hasPrefix("eval/") }.sorted()
    return .unmeasured(
      metric: metric, nearest: nearestName(to: metric, in: known), known: known)
  }
}

extension Estimate {
  /// The interquartile mean of one value a seed, with Student's 95 % interval; `nil` for no seeds.
  ///
  /// The standard error over seeds is that of the bootstrap, times √(n/(n−1)), so that it is s/√n for a plain mean.
  ///
  /// - Parameters:
  ///   - values: One value a seed.
  ///   - clusters: Means over seeds of the questions of each cluster, if they are known.
  ///   - resamples: How many times seeds are drawn.
  /// - Returns: The interquartile mean with its interval.
  static func overSeeds(
    _ values: [Double], clusters: [[Double]] = [], resamples: Int = 2000
  ) -> Estimate? {
    guard !values.isEmpty else { return nil }
    // Drawn indices of ascending values need no sorting, only counting: ten times faster than `interquartileMean`.
    let sorted = values.sorted()
    let center = middleMean(sorted, [Int](repeating: 1, count: sorted.count))
    guard sorted.count > 1 else { return Estimate(value: center, lower: center, upper: center) }
    var spread = MeanSpread()
    if sorted.count < 4 {
      spread.add(values: sorted)
    } else {
      let deviation = standardDeviation(drawn(sorted, resamples))
      let count = Double(sorted.count)
      spread.add(variance: deviation * deviation * count / (count - 1), degreesOfFreedom: count - 1)
    }
    spread.add(clusters: clusters)
    return spread.estimate(around: center)
  }

  private static func drawn(_ sorted: [Double], _ resamples: Int) -> [Double] {
    // The seed is fixed: the same runs always print the same interval.
    var generator = Seed(0).derived("bootstrap").generator()
    return (0..<resamples).map { _ in
      var counts = [Int](repeating: 0, count: sorted.count)
      for _ in sorted { counts[generator.integer(below: sorted.count)] += 1 }
      return middleMean(sorted, counts)
    }
  }

  /// The interquartile mean of ascending values, each of them there `counts` times.
  private static func middleMean(_ sorted: [Double], _ counts: [Int]) -> Double {
    let total = sorted.count
    let cut = total / 4
    var sum = 0.0
    var place = 0
    for (value, count) in zip(sorted, counts) {
      let kept = min(place + count, total - cut) - max(place, cut)
      if kept > 0 { sum += Double(kept) * value }
      place += count
    }
    return sum / Double(total - 2 * cut)
  }
}
