internal import Records
internal import Plugins
internal import Core
internal import Student
internal import Tensors

/// A run with the student that it saved last.
struct TrainedRun {
  /// What it is made of.
  let parts: RunParts
  /// The student as it was trained; as it began where nothing is trained.
  let student: any Learner

  /// Loads a run; nothing in its folder is changed.
  ///
  /// - Parameters:
  ///   - path: The folder of the run.
  ///   - overrides: Changes to its configuration; they must leave the student's shape as it is.
  ///   - laboratory: Everything that can be named.
  /// - Throws: `RunError.noRun` where there is no run, `.nothingSaved`, `.checkpoint` or `.misfit` where there is no such student; what is wrong with
  ///   the configuration or the data.
  init(_ path: String, overrides: [String] = [], in laboratory: Laboratory) async throws {
    let directory = RunDirectory(path)
    guard directory.status != nil else { throw RunError.noRun(path: path) }
    let value = try ConfigurationFile.load(directory.file("config.yaml"), overrides: overrides)
    let configuration = try laboratory.configuration(of: value)
    parts = try await RunParts(configuration, in: laboratory)
    if !overrides.isEmpty {
      let value = try laboratory.complete(ConfigurationFile.load(directory.file("config.yaml")))
      let trained = try value.decoded(as: RunConfiguration.self)
      if trained.data != configuration.data {
        try await parts.context.dataset.requireUnseen(
          RunContext(trained, in: laboratory).trained(trained), by: "The run '\(path)'")
      }
    }
    var student = parts.student
    let saved = try await RunCheckpoint.restore(&student, from: directory)
    if saved == nil, !configuration.stages.isEmpty {
      throw RunError.nothingSaved(path: path)
    }
    self.student = student
  }

  /// What the student answers to prompts, read as the run is configured to.
  func evaluation(on prompts: [Prompt]) async throws -> Evaluation {
    try await Evaluation(
      of: student, on: prompts, codec: parts.context.codec,
      decoding: parts.configuration.evaluation.decoding)
  }
}
