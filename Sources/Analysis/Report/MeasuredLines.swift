internal import Records

/// What the runs of one arm wrote, by metric: read once for the curves of all of them.
struct MeasuredLines: Sendable {
  /// One number of one run.
  struct Sample: Sendable {
    /// The place of its run among those of the arm.
    var run: Int
    var step: Double
    var value: Double
    /// The place of its line in `costs`.
    var line: Int
  }

  /// What had been spent by each line, in the order of `CostMeasure.allCases`.
  private(set) var costs: [[Double?]] = []
  /// The numbers of each metric, run by run.
  private(set) var samples: [String: [Sample]] = [:]

  /// What some runs of one arm wrote.
  ///
  /// - Complexity: One look at each number.
  init(_ runs: [RecordedRun]) {
    let measures = CostMeasure.allCases.map(\.key)
    for (run, recorded) in runs.enumerated() {
      for line in recorded.comparableLines {
        guard let step = line["step"] else { continue }
        for (name, value) in line where value.isFinite && !measures.contains(name) {
          samples[name, default: []].append(
            Sample(run: run, step: step, value: value, line: costs.count))
        }
        costs.append(measures.map { line[$0] })
      }
    }
  }
}
