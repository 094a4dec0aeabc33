internal import Tasks
package import Plugins
internal import Core
package import Statistics
package import TAD

/// Selectors beside each other on a data set with true windows, at equal numbers of frames.
package struct KeyframeComparison: Sendable {
  /// What is compared.
  package struct Settings: Sendable {
    /// Selectors as a configuration names them.
    package var selectors: [ConfigurationValue]
    /// Numbers of frames K.
    package var budgets: [Int]
    /// Whether the max-sum-interval reader answers from the frames.
    package var reads = false
    /// Folders of trained runs whose students answer from the frames.
    package var runs: [String] = []
    /// Streams of selectors that draw, for everything but runs, which have their own.
    package var seeds = 1
    /// Whether the queries to train on are used instead of those to report on.
    package var usesTrain = false

    /// Selectors at budgets.
    package init(selectors: [ConfigurationValue], budgets: [Int]) {
      self.selectors = selectors
      self.budgets = budgets
    }
  }

  /// What somebody who reads the frames answered.
  package struct Answers: Sendable, Encodable {
    /// The mean IoU.
    package var mIoU: Double
    /// The share of queries with an IoU of at least .5.
    package var recall5: Double
    /// The share of queries with an IoU of at least .7.
    package var recall7: Double
    /// The standard deviation of the mean IoU over seeds or runs; `nil` of one.
    package var deviation: Double?
    /// The mean IoU less that of `uniform` at the same K, with a 95 % interval over videos; `nil` without `uniform`.
    package var gain: Estimate?
  }

  /// One selector at one budget.
  package struct Row: Sendable, Encodable {
    /// Who chose.
    package var selector: String
    /// K.
    package var budget: Int
    /// Whether the selector looked at the query.
    package var looksAtQuery: Bool
    /// How the frames meet the true windows, the mean over queries.
    package var windows: StretchQuality
    /// The largest gap as a multiple of uniform's, the mean over queries.
    package var coverage: Double
    /// The agreement (Jaccard) with `uniform` at the same K, the mean over queries.
    package var agreement: Double
    /// Frames scanned, a query.
    package var framesScanned: Double
    /// Operations of the scan, a query.
    package var flops: Double
    /// What the max-sum-interval reader answers.
    package var reader: Answers?
    /// What trained students answer.
    package var student: Answers?
  }

  /// The rows, budget by budget.
  package let rows: [Row]
  /// How many queries were asked.
  package let queries: Int
  /// The name of the data set.
  package let dataset: String

  /// Compares.
  ///
  /// - Parameters:
  ///   - data: The data set as a configuration names it; not used where there are runs, which name theirs.
  ///   - settings: What is compared.
  ///   - laboratory: Everything that can be named.
  ///   - progress: Is told how many of how many cells are done.
  /// - Throws: What is wrong with the data, a run or a selector.
  package init(
    _ data: ConfigurationValue, settings: Settings, laboratory: Laboratory,
    progress: (_ done: Int, _ of: Int) -> Void = { _, _ in }
  ) async throws {
    let bench = try await KeyframeBench(data, settings, laboratory)
    let cells = settings.budgets.count * settings.selectors.count
    var done = 0
    var rows: [Row] = []
    for budget in settings.budgets {
      let uniform = try await bench.cell("uniform", budget: budget)
      for selector in settings.selectors {
        let cell = try await bench.cell(selector, budget: budget)
        rows.append(bench.row(cell, against: uniform, budget: budget))
        done += 1
        progress(done, cells)
      }
    }
    self.rows = rows
    queries = bench.prompts.count
    dataset = bench.context.dataset.name
  }
}
