internal import Records
package import Statistics

/// One arm of a comparison.
package struct ComparedArm: Sendable, Hashable, Codable {
  /// Its name.
  package var name: String
  /// Its level of each of the sweep's factors.
  package var levels: [String: String] = [:]
  /// What its runs make of right answers, in the words of `LabelUse`; `nil` where they did not write it down.
  package var labels: String?
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
    case name, levels, labels, value, summary, further, tokens, flops, seconds, scores
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

extension ComparedArm {
  init(
    _ name: String, _ archive: RunArchive, _ measured: Measured, levels: [String: String]
  ) {
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
    self.levels = levels
    labels = runs.lazy.compactMap(\.labels).first
    self.scores = scores
    questions = QuestionScores(points, of: measured.metric)
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

extension QuestionScores {
  /// The scores of an arm's runs, as far as they say what they answered.
  fileprivate init(_ points: [Measured.Point], of metric: String) {
    self.init(
      points.compactMap { point in
        guard let questions = point.questions,
          let scores = questions.scores(of: metric, mean: point.numbers[metric])
        else { return nil }
        return (point.seed, questions, scores)
      })
  }
}
