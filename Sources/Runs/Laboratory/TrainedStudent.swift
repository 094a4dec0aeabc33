internal import Core
internal import Distill
internal import Foundation
internal import Plugins
internal import Records
internal import Student
internal import Tasks
internal import Tensors

/// The student of a run, as it was saved last.
struct TrainedStudent {
  /// The student, with a fresh optimizer.
  let student: any Learner
  /// The data and the codec it was trained with.
  let context: RunContext
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
    let value = try ConfigurationFile.load(directory.file("config.yaml")).locatingStart()
    let configuration = try value.decoded(as: RunConfiguration.self)
    context = try RunContext(configuration, in: laboratory)
    var student = try await laboratory.students.connect(
      configuration.student, at: "student", in: context)
    guard let saved = try await RunCheckpoint.restore(&student, from: directory) else {
      throw RunError.nothingSaved(path: path)
    }
    identity = try await student.fingerprint()
    flops = saved.ledger.trainingFlops
    prompts = try context.trained(configuration)
    self.student = student
  }
}

struct StartParameters: PluginParameters {
  var run: String?
  var arm: String?

  var files: [String] { run.map { [$0 + "/config.yaml", $0 + "/checkpoints"] } ?? [] }

  static let keys: [String: KeyDeclaration] = [
    "run": .text("the folder of a finished run, whose student goes on learning"),
    "arm": .text("in a sweep, the arm whose student of the same seed goes on learning"),
  ]
}

extension Laboratory {
  mutating func registerStart() throws {
    try students.register(
      "from", summary: "the student of a finished run: training that several runs share",
      parameters: StartParameters.self
    ) { parameters, context in
      guard let run = parameters.run else {
        throw LaboratoryError.mandatory(
          key: "run", why: "the student is that of a run, and only a sweep's runs know 'arm'")
      }
      return try await startingStudent(run, context)
    }
  }
}

/// The student of a finished run, for a run of the same codec and frames.
///
/// - Throws: `RunError.noRun`; `.checkpoint` for a run that is not finished or whose student cannot read the data.
private func startingStudent(_ run: String, _ context: RunContext) async throws -> any Learner {
  guard let status = RunDirectory(run).status else { throw RunError.noRun(path: run) }
  guard status.state == .done else {
    throw RunError.checkpoint(path: run, reason: "the run is \(status.state.rawValue), not done")
  }
  let trained = try await TrainedStudent(run, in: context.laboratory)
  let (known, asked) = (trained.context, context)
  func refuse(_ reason: String) -> RunError { .checkpoint(path: run, reason: reason) }
  guard known.codec.tokenizer.fingerprint == asked.codec.tokenizer.fingerprint else {
    throw refuse("its student writes other words than the codec of this run")
  }
  guard known.dataset.channels == asked.dataset.channels,
    known.dataset.tokensPerFrame == asked.dataset.tokensPerFrame
  else { throw refuse("its student reads frames of another shape") }
  try asked.dataset.requireUnseen(trained.prompts, by: "The run '\(run)'")
  guard asked.dataset.longestPrompt <= known.dataset.longestPrompt else {
    throw refuse("its student was made for shorter videos or questions")
  }
  return trained.student
}

extension ConfigurationValue {
  /// The configuration of a run of a sweep with the folder of the run it starts from: a sibling of the folder from whose
  /// `config.yaml` it was read, so that a sweep may be moved.
  func locatingStart() throws -> ConfigurationValue {
    let path = ["student", "from"]
    guard let arm = value(at: path + ["arm"]), let name = arm.string,
      value(at: path + ["run"])?.string == nil,
      let file = arm.source?.file, file.hasSuffix("/config.yaml")
    else { return self }
    let sweep = URL(filePath: file).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent()
    let run = sweep.appending(path: "\(name)/seed-\(self["seed"]?.integer ?? 0)").relativePath
    return try ConfigurationOverride(
      argument: "student.from.run", path: path + ["run"],
      value: ConfigurationValue(.string(run))
    ).applied(to: self)
  }
}
