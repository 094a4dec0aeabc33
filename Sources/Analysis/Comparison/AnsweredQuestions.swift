internal import Records

/// What a run scored on each question of its last evaluation, in the order of the questions.
struct AnsweredQuestions: Sendable, Hashable {
  /// The name of each question.
  private(set) var ids: [String] = []
  /// The video, or other cluster, of each.
  private(set) var clusters: [String] = []
  /// The quality of the answer to each, 0 … 1.
  private var values: [Double] = []

  /// Whether each question is a cluster of its own, as problems in text are, and no video is drawn with several.
  var standAlone: Bool { clusters == ids }

  /// How many there are.
  var count: Int { ids.count }

  /// What was scored, a number a question.
  init(ids: [String], clusters: [String], values: [Double]) {
    self.ids = ids
    self.clusters = clusters
    self.values = values
  }

  /// The answers of a run; none where it wrote none.
  init(run path: String) {
    for line in RunFile(path + "/evaluation.jsonl").lines() {
      guard let value = line.numbers["quality"], let id = line.texts["id"] else { continue }
      ids.append(id)
      clusters.append(line.texts["cluster"] ?? id)
      values.append(value)
    }
  }

  /// What each question adds to a metric; `nil` where the metric is no mean over questions.
  ///
  /// - Parameters:
  ///   - metric: The metric.
  ///   - whole: Its value in that evaluation, which tells which mean it is.
  /// - Returns: One value a question.
  func scores(of metric: String, mean whole: Double?) -> [Double]? {
    guard let whole, !values.isEmpty else { return nil }
    var candidates = [values]
    if let threshold = metric.split(separator: "@").dropFirst().last.flatMap({ Double($0) }) {
      candidates.insert(values.map { $0 >= threshold ? 1 : 0 }, at: 0)
    }
    return candidates.first { scores in
      abs(scores.reduce(0, +) / Double(scores.count) - whole) < 1e-9
    }
  }
}

/// A metric question by question, for the seeds of an arm.
struct QuestionScores: Sendable, Hashable {
  private var ids: [String] = []
  private var clusters: [String] = []
  /// By seed, in the order of `ids`.
  private var values: [Int: [Double]] = [:]

  /// No questions: then only seeds are resampled.
  init() {}

  /// The scores of some runs; none unless all of them answered the same questions.
  init(_ runs: [(seed: Int, questions: AnsweredQuestions, scores: [Double])]) {
    guard let first = runs.first?.questions,
      runs.allSatisfy({ $0.questions.ids == first.ids }), Set(first.ids).count == first.count
    else { return }
    ids = first.ids
    clusters = first.clusters
    for run in runs { values[run.seed] = run.scores }
  }

  /// What is drawn anew beside seeds: whole videos, or questions where each stands alone; `nil` where there are none.
  var units: String? {
    guard !ids.isEmpty else { return nil }
    return clusters == ids ? "questions" : "videos"
  }

  /// The mean of some arms' scores, for the seeds all have; none unless all answered the same questions.
  static func mean(of arms: [QuestionScores]) -> QuestionScores {
    guard var result = arms.first, arms.allSatisfy({ $0.ids == result.ids }) else {
      return QuestionScores()
    }
    for seed in result.values.keys {
      let values = arms.compactMap { $0.values[seed] }
      result.values[seed] =
        values.count == arms.count
        ? result.ids.indices.map { place in
          values.reduce(0) { $0 + $1[place] } / Double(values.count)
        } : nil
    }
    return result
  }

  /// Means over seeds of each question, or of its difference from another arm, by cluster; empty where that is not known.
  func means(of seeds: [Int], less other: QuestionScores? = nil) -> [[Double]] {
    guard !seeds.isEmpty, !ids.isEmpty, other.map({ $0.ids == ids }) ?? true else { return [] }
    var sums = [Double](repeating: 0, count: ids.count)
    for seed in seeds {
      guard let own = values[seed] else { return [] }
      for index in sums.indices { sums[index] += own[index] }
      guard let other else { continue }
      guard let subtracted = other.values[seed] else { return [] }
      for index in sums.indices { sums[index] -= subtracted[index] }
    }
    var groups: [String: [Double]] = [:]
    for (cluster, sum) in zip(clusters, sums) {
      groups[cluster, default: []].append(sum / Double(seeds.count))
    }
    // In the order of their names: sums must not depend on a dictionary's order.
    return groups.sorted { $0.key < $1.key }.map(\.value)
  }
}
