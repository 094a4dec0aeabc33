internal import Grounding
internal import Plugins
internal import Rollouts
internal import Storage
internal import Student
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
  public func evaluation(of path: String, overrides: [String] = []) async throws -> Evaluation {
    let directory = RunDirectory(path)
    guard directory.status != nil else { throw RunError.noRun(path: path) }
    let value = try ConfigurationFile.load(directory.file("config.yaml"), overrides: overrides)
    let configuration = try laboratory.complete(value).decoded(as: RunConfiguration.self)
    Parallel.threads = configuration.threads
    let parts = try await RunParts(configuration, in: laboratory)
    var student = parts.student
    if let saved = try RunCheckpoint.latest(directory) {
      guard saved.parameters.count == student.parameters.layout.count else {
        throw RunError.checkpoint(
          path: path,
          reason: "it holds \(saved.parameters.count) weights and the configured student has "
            + "\(student.parameters.layout.count)")
      }
      student.parameters.values = saved.parameters
    } else if !configuration.stages.isEmpty {
      throw RunError.checkpoint(path: path, reason: "nothing has been saved yet")
    }
    return try Evaluation(
      of: student, on: parts.dev, codec: parts.context.codec,
      decoding: configuration.evaluation.decoding)
  }
}

extension Evaluation {
  /// Writes the answers in the format of the benchmark's submissions, a query a line.
  ///
  /// - Throws: `StorageError.unwritable`.
  public func writePredictions(to path: String) throws {
    let lines = try lines.map { try JSONLines.line(Submission($0)) + "\n" }
    try AtomicFile.write(lines.joined(), to: path)
  }

  private struct Submission: Encodable {
    let qid: String
    let vid: String
    let pred_relevant_windows: [[Double]]

    init(_ line: Line) {
      qid = line.id
      vid = line.video
      pred_relevant_windows = line.predicted.map { [$0 + [1]] } ?? []
    }
  }
}
