internal import Records
internal import Statistics

/// What each run had measured at the point where it is compared.
struct Measured: Sendable {
  /// The state of one run at that point: metrics and costs by name.
  struct Point: Sendable {
    var arm: String
    var seed: Int
    var numbers: [String: Double]
    /// What was answered at that point, where it is the run's last evaluation.
    var questions: AnsweredQuestions?
  }

  /// The metric that decides.
  let metric: String
  /// What the tables show beside it.
  private let columns: [String]
  /// One point a run that can be compared.
  private(set) var points: [Point] = []
  /// The cost at which runs are compared, if they are matched.
  private(set) var cost: Double?
  /// What a reader should know.
  private(set) var notes: [String] = []

  /// Takes each run at its last evaluation, or all of them at the same cost.
  init(_ archive: RunArchive, match: CostMeasure?, metric: String) {
    self.metric = metric
    columns = archive.columns
    let runs = archive.runs.filter { $0.last(metric) != nil }
    if let match { matchCosts(runs, match) } else { takeEnds(runs) }
    noteMissing(archive)
  }

  /// Whether an arm has a score.
  func hasScores(_ arm: String) -> Bool { points.contains { $0.arm == arm } }

  private mutating func takeEnds(_ runs: [RecordedRun]) {
    let done = runs.filter(\.isDone)
    // Unfinished runs are left out, unless none of their arm is finished.
    let finished = Set(done.map(\.arm))
    let early = Set(runs.map(\.arm)).subtracting(finished).sorted()
    if !early.isEmpty {
      notes.append(
        "No run of \(early.joined(separator: ", ")) is done: unfinished runs are taken as they are."
      )
    }
    for run in runs where run.isDone || !finished.contains(run.arm) {
      guard var numbers = run.evaluations.last else { continue }
      numbers["tokens"] = run.cost(.tokens)
      numbers["flops"] = run.cost(.flops)
      numbers["seconds"] = run.cost(.wall)
      points.append(
        Point(
          arm: run.arm, seed: run.seed, numbers: numbers,
          questions: AnsweredQuestions(run: run.path)))
    }
  }

  private mutating func matchCosts(_ runs: [RecordedRun], _ match: CostMeasure) {
    // A run that goes on without spending any of it (an untrained student; imitation, of rollout tokens) has no curve.
    let spending = runs.filter { $0.spends(match) }
    let reached = spending.compactMap { $0.costs(match).last }
    guard let cost = reached.min() else {
      notes.append("No run has recorded its \(match.unit).")
      return
    }
    self.cost = cost
    for run in runs {
      let evaluations = run.comparableLines.filter { $0.keys.contains { $0.hasPrefix("eval/") } }
      let numbers =
        run.spends(match)
        ? interpolated(evaluations, at: cost, along: match.key) : evaluations.last ?? [:]
      guard numbers[metric] != nil else {
        let late = "\(run.arm)/seed-\(run.seed)"
        notes.append("\(late) was first evaluated after that many \(match.unit): left out.")
        continue
      }
      points.append(Point(arm: run.arm, seed: run.seed, numbers: numbers))
    }
    notes.append(
      "Learning curves are read at \(Quantity.cost(cost, match)), the most that every run has"
        + " reached; values between two evaluations are interpolated.")
    noteQuestions(runs)
    let others = Set(runs.filter { !$0.spends(match) }.map(\.arm)).sorted()
    guard !others.isEmpty else { return }
    notes.append(
      "\(others.joined(separator: ", ")): no \(match.unit) spent in training, taken at the end.")
  }

  private mutating func noteQuestions(_ runs: [RecordedRun]) {
    let counts = runs.lazy.compactMap(\.fewerQuestions).first
    guard let counts else { return }
    notes.append(
      "Curves are those of the first \(counts.some) of \(counts.all) questions, ends as well: on all of"
        + " them only ends are known.")
  }

  /// What a row of the table needs of a run's evaluations at a cost, linear between them.
  private func interpolated(
    _ lines: [[String: Double]], at cost: Double, along key: String
  ) -> [String: Double] {
    var result: [String: Double] = [:]
    for name in [metric] + columns + CostMeasure.allCases.map(\.key) {
      let known = lines.filter { $0[key] != nil && $0[name] != nil }
      let curve = LearningCurve(
        costs: known.compactMap { $0[key] }, values: known.compactMap { $0[name] })
      result[name] = curve.value(at: cost)
    }
    return result
  }

  private mutating func noteMissing(_ archive: RunArchive) {
    let unfinished = archive.runs.filter { !$0.isDone }
    guard !unfinished.isEmpty else { return }
    let states = Dictionary(grouping: unfinished, by: \.state).sorted { $0.key < $1.key }
      .map { "\($0.value.count) \($0.key)" }.joined(separator: ", ")
    notes.append(
      "\(archive.runs.count - unfinished.count) of \(archive.runs.count) runs are done (\(states))."
    )
  }
}

extension RecordedRun {
  /// What had been spent at each evaluation.
  fileprivate func costs(_ measure: CostMeasure) -> [Double] {
    evaluations.compactMap { $0[measure.key] }
  }

  /// Whether its evaluations differ in what had been spent.
  fileprivate func spends(_ measure: CostMeasure) -> Bool {
    let costs = costs(measure)
    return costs.first != costs.last
  }
}
