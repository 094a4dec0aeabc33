internal import Analysis
internal import Records
internal import Dispatch
internal import Distill
internal import Foundation
internal import Tasks
package import Plugins
internal import Core
internal import Storage
internal import Student
internal import Tensors

/// Carries out a run: its stages, evaluations, checkpoints and everything it leaves behind.
package struct RunExecutor: Sendable {
  let laboratory: Laboratory
  private let report: @Sendable (String) -> Void

  /// An executor.
  ///
  /// - Parameters:
  ///   - laboratory: Everything a configuration can name.
  ///   - report: Told in a line how the run goes.
  package init(_ laboratory: Laboratory, report: @escaping @Sendable (String) -> Void = { _ in }) {
    self.laboratory = laboratory
    self.report = report
  }

  /// Carries a run out, or goes on with it.
  ///
  /// - Parameters:
  ///   - value: The configuration.
  ///   - path: The folder.
  ///   - resume: Whether a run that has begun is gone on with.
  /// - Returns: The numbers of the last evaluation.
  /// - Throws: What is wrong with the configuration, the data or the folder.
  package func run(
    _ value: ConfigurationValue, in path: String, resume: Bool
  ) async throws -> [String: Double] {
    let complete = try laboratory.complete(value)
    let configuration = try laboratory.configuration(of: value)
    Parallel.threads = configuration.threads
    let log = RunLog()
    let parts = try await RunParts(configuration, in: laboratory, log: log.add)
    try await parts.checkStages()
    let directory = RunDirectory(path)
    let text = ConfigurationFile.text(of: complete)
    var status = RunDirectory.Status(
      state: .running, identity: identity(complete, parts), program: Program.version,
      task: RunDirectory.TaskRecord(parts.context.codec.task))
    if let old = directory.status {
      guard old.identity == status.identity else { throw RunError.otherRun(path: path) }
      guard resume else { throw RunError.alreadyThere(path: path) }
      if old.state == .done { return try LastEvaluation.read(directory) }
    }
    try directory.create()
    try log.open(in: directory)
    try directory.write(text: text, to: "config.yaml")
    try await directory.writeQuestions(of: parts)
    try directory.write(status)
    do {
      var progress = try await RunProgress(parts, directory, report: report)
      let values = try await progress.finish()
      status.state = .done
      try directory.write(status)
      return values
    } catch {
      status.state = .failed
      status.message = "\(error)"
      try directory.write(status)
      throw error
    }
  }

  private func identity(_ complete: ConfigurationValue, _ parts: RunParts) -> String {
    let configuration = RunIdentity(complete).digest(seed: parts.configuration.seed)
    return ContentHash.of([configuration] + parts.identity + [Program.version])
  }
}

/// The numbers of a finished run.
enum LastEvaluation {
  static func read(_ directory: RunDirectory) throws -> [String: Double] {
    guard let data = FileManager.default.contents(atPath: directory.file("metrics.jsonl")),
      let line = data.split(separator: UInt8(ascii: "\n")).last
    else { return [:] }
    let object = try JSONSerialization.jsonObject(with: Data(line)) as? [String: Any]
    return (object ?? [:]).compactMapValues { $0 as? Double }.filter { $0.key.hasPrefix("eval/") }
  }
}
