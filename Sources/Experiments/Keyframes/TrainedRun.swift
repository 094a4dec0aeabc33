internal import Plugins
internal import Rollouts
internal import Student
internal import Tensors

/// A run with the student its last checkpoint holds.
struct TrainedRun {
  /// What it was made of.
  let parts: RunParts
  /// The student as it was trained.
  let student: any StudentPolicy

  /// Loads a run.
  ///
  /// - Throws: `RunError.checkpoint` where the run has none; what is wrong with its configuration or data.
  init(_ path: String, in laboratory: Laboratory) throws {
    let directory = RunDirectory(path)
    let value = try ConfigurationFile.read(directory.file("config.yaml"))
    parts = try RunParts(value.decoded(as: RunConfiguration.self), in: laboratory)
    var student = parts.student
    guard let saved = try RunCheckpoint.latest(directory) else {
      throw RunError.checkpoint(path: path, reason: "there is none")
    }
    student.parameters.values = saved.parameters
    self.student = student
  }
}
