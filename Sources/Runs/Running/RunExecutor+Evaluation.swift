package import Analysis
internal import Core
internal import Storage
internal import Tasks
internal import Tensors

extension RunExecutor {
  /// Evaluates the student that a run saved last, as the run was configured or with changes.
  ///
  /// - Parameters:
  ///   - path: The folder of the run; nothing in it is changed.
  ///   - overrides: Changes to its configuration, such as `keyframes.selector=uniform`; they must leave the student's shape
  ///     as it is.
  /// - Returns: The outcome of every query of the part to report on.
  /// - Throws: `RunError.noRun` where there is no run, `.checkpoint` where the saved weights do not fit; what is wrong with
  ///   the configuration or the data.
  package func evaluation(of path: String, overrides: [String] = []) async throws -> Evaluation {
    let run = try await TrainedRun(path, overrides: overrides, in: laboratory)
    Parallel.threads = run.parts.configuration.threads
    return try await run.evaluation(on: run.parts.reported)
  }
}

extension Evaluation {
  /// The numbers with their intervals, and the questions that went worst.
  package var table: EvaluationTable {
    EvaluationTable(
      values: values.sorted { $0.key < $1.key }.map { (name: $0.key, value: $0.value) },
      questions: zip(outcomes, asked).map { outcome, words in
        EvaluationTable.Question(
          id: outcome.id, cluster: outcome.cluster, asked: words, quality: outcome.quality,
          answered: outcome.predicted?.text,
          right: outcome.truth.map(\.text).joined(separator: ", "))
      })
  }

  /// Writes the answers in the format of the benchmark's submissions, a query a line.
  ///
  /// - Throws: `StorageError.unwritable`.
  package func writePredictions(to path: String) throws {
    let lines = try outcomes.map { try JSONLines.line(Submission($0)) + "\n" }
    try AtomicFile.write(lines.joined(), to: path)
  }

  private struct Submission: Encodable {
    let qid: String
    let vid: String
    let pred_relevant_windows: [[Double]]

    init(_ outcome: Outcome) {
      qid = outcome.id
      vid = outcome.cluster
      let window = Interval(windowOf: outcome.predicted)
      pred_relevant_windows = window.map { [[$0.start, $0.end, 1]] } ?? []
    }
  }
}
