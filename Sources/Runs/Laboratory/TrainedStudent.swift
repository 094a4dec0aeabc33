internal import Core
internal import Distill
internal import Plugins
internal import Records
internal import Student

/// The student of a finished run.
struct TrainedStudent {
  let policy: any Policy
  /// A digest of its weights.
  let identity: String
  /// Floating-point operations of its training.
  let flops: Double
  /// What it was trained on, itself and through its teachers.
  let prompts: [Prompt]

  /// Builds the student as its run did, with the weights of the last checkpoint.
  ///
  /// - Throws: `RunError.noRun` where there is no run, `.nothingSaved`, `.checkpoint` or `.misfit` where there is no such student.
  init(_ path: String, in laboratory: Laboratory) async throws {
    let directory = RunDirectory(path)
    let value = try ConfigurationFile.load(directory.file("config.yaml"))
    let configuration = try value.decoded(as: RunConfiguration.self)
    let context = try RunContext(configuration, in: laboratory)
    var student = try await laboratory.students.connect(
      configuration.student, at: "student", in: context)
    guard let saved = try await RunCheckpoint.restore(&student, from: directory) else {
      throw RunError.nothingSaved(path: path)
    }
    policy = try await student.snapshot()
    identity = try await student.fingerprint()
    flops = saved.ledger.trainingFlops
    prompts = try context.trained(configuration)
  }
}
