package import Records
package import Core
package import Statistics

/// What the runs of a sweep say about its arms.
///
/// Seeds are paired: every arm has the same seeds, with the same initial weights, prompts and sampler streams, so arms
/// are compared by their differences seed by seed.
package struct Comparison: Sendable, Hashable, Codable {
  /// The metric that decides.
  package var metric: String
  /// The task's further metrics, in the order of its tables.
  package var columns: [String]
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
  /// What a reader should know before believing it.
  package var notes: [String]
}

/// One arm of a comparison.
package struct ComparedArm: Sendable, Hashable, Codable {
  /// Its name.
  package var name: String
  /// The metric over seeds with its 95 % interval; `nil` before the first evaluation, and the ends are the value where
  /// there is a single seed.
  package var value: Estimate?
  /// How the value summarises the seeds.
  package var summary: Summary
  /// The task's further metrics by their names, mean over seeds.
  package var further: [String: Double]
  /// Rollout tokens of a run, mean over seeds.
  package var tokens: Double?
  /// Floating-point operations of a run, mean over seeds.
  package var flops: Double?
  /// Seconds of a run, mean over seeds.
  package var seconds: Double?
  /// The metric by seed.
  package var scores: [SeedScore]
  /// The metric question by question, where it is a mean over the same questions for all seeds; not written out.
  var questions = QuestionScores()
  /// How many runs are done.
  package var done: Int
  /// How many runs there are.
  package var total: Int

  enum CodingKeys: String, CodingKey {
    case name, value, summary, further, tokens, flops, seconds, scores
    case done, total
  }

  /// How seeds are summarised.
  package enum Summary: String, Sendable, Hashable, Codable {
    /// The mean of the middle half.
    case interquartileMean = "IQM"
    /// The mean: with fewer than four seeds nothing can be left out.
    case mean
  }
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
  /// - Returns: The comparison.
  /// - Throws: `ComparisonError`.
  /// - Complexity: Without `match` and `target` only the end of each run's metrics is read.
  package static func read(
    _ folders: [String], match: CostMeasure? = nil, metric: String? = nil,
    baseline: String? = nil, target: Double? = nil
  ) async throws -> Comparison {
    let needsCurves = match != nil || target != nil
    let archive = try await RunArchive.read(folders, detail: needsCurves ? .evaluations : .end)
    var comparison = try Comparison(archive, match: match, metric: metric, baseline: baseline)
    if let target { comparison.priceTarget(target, archive) }
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
    if let baseline, !archive.arms.contains(baseline) {
      throw ComparisonError.unknownArm(
        name: baseline, nearest: nearestName(to: baseline, in: archive.arms), known: archive.arms)
    }
    let measured = Measured(archive, match: match, metric: metric)
    guard !measured.points.isEmpty else { throw Self.unmeasured(metric, archive) }
    let reference = baseline ?? archive.arms.first { measured.hasScores($0) }
    self.metric = metric
    columns = archive.columns.filter { $0 != metric }
    self.match = match
    self.matchedCost = measured.cost
    self.baseline = archive.arms.count > 1 ? reference : nil
    arms = archive.arms.map { ComparedArm($0, archive, measured) }
    contrasts = []
    verdict = ""
    bounds = archive.bounds(of: metric)
    notes = measured.notes
    notes += [warning].compactMap { $0 }
    if let reference { contrasts = Contrast.all(in: arms, against: reference, metric: metric) }
    verdict = Verdict(metric: metric, arms: arms, contrasts: contrasts).sentence
    takeLead(Lead(of: arms, metric: metric))
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

extension ComparedArm {
  init(_ name: String, _ archive: RunArchive, _ measured: Measured) {
    let runs = archive.runs(of: name)
    let points = measured.points.filter { $0.arm == name }
    let scores = points.compactMap { point in
      point.numbers[measured.metric].map { SeedScore(seed: point.seed, value: $0) }
    }
    func average(_ key: String) -> Double? {
      let values = points.compactMap { $0.numbers[key] }
      return values.isEmpty ? nil : mean(values)
    }
    self.name = name
    self.scores = scores
    questions = QuestionScores(
      points.compactMap { point in
        guard let questions = point.questions,
          let scores = questions.scores(
            of: measured.metric, mean: point.numbers[measured.metric])
        else { return nil }
        return (point.seed, questions, scores)
      })
    value = Estimate.overSeeds(
      scores.map(\.value), clusters: questions.means(of: scores.map(\.seed)))
    summary = scores.count < 4 ? .mean : .interquartileMean
    further = [:]
    for column in archive.columns { further[column] = average(column) }
    tokens = average("tokens")
    flops = average("flops")
    seconds = average("seconds")
    done = runs.count(where: \.isDone)
    total = runs.count
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
