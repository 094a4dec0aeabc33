internal import Analysis
package import Records
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
  private let report: @Sendable (RunNews) -> Void

  /// Asked after every step whether the run is to save and end.
  package var interruption = Interruption.never
  /// Whether a run that other builds of the program worked on is gone on with, or taken as it is where it is finished.
  package var acceptsOtherBuilds = false

  /// An executor.
  ///
  /// - Parameters:
  ///   - laboratory: Everything a configuration can name.
  ///   - report: Told how the run goes.
  package init(_ laboratory: Laboratory, report: @escaping @Sendable (RunNews) -> Void = { _ in }) {
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
  /// - Throws: What is wrong with the configuration, the data or the folder; `RunInterruption` where it was asked to end.
  package func run(
    _ value: ConfigurationValue, in path: String, resume: Bool
  ) async throws -> [String: Double] {
    let complete = try laboratory.complete(value)
    let configuration = try laboratory.configuration(of: value)
    Parallel.threads = configuration.threads
    let log = RunLog()
    let parts = try await RunParts(configuration, in: laboratory, log: log.add)
    try await parts.checkStages()
    let entry = RunEntry(
      RunDirectory(path), identity: identity(complete, parts), resume: resume,
      acceptsOtherBuilds: acceptsOtherBuilds)
    // Twice: before anything is made, and when nobody else can work on it any more.
    if let values = try entry.finished() { return values }
    let lease = try entry.claim()
    defer { lease?.release() }
    if let values = try entry.finished() { return values }
    let supervision = RunSupervision(
      path: path, identity: entry.identity, lease: lease, interruption: interruption)
    try log.open(in: entry.directory)
    log.add("machine: \(MachineWords.text)")
    try entry.directory.write(text: ConfigurationFile.text(of: complete), to: "config.yaml")
    try await entry.directory.writeQuestions(of: parts)
    try await entry.directory.writeStudent(of: parts)
    interruption.begin()
    return try await supervision.whileAlive { try await carryOut(parts, entry, supervision, log) }
  }

  /// Carries out what has been claimed, and says in its status how far it is.
  private func carryOut(
    _ parts: RunParts, _ entry: RunEntry, _ supervision: RunSupervision, _ log: RunLog
  ) async throws -> [String: Double] {
    let report = report
    let directory = entry.directory
    var status = try await entry.status(parts.context.codec.task, labels: parts.labels())
    try directory.write(status)
    do {
      var progress = try await RunProgress(parts, directory, supervision) { news in
        if news.isLogged { log.add(news.text) }
        report(news)
      }
      let values = try await progress.finish()
      status.state = .done
      try directory.write(status)
      return values
    } catch let error as RunError where error == .takenOver(path: directory.path) {
      // The status is theirs.
      throw error
    } catch {
      status.state = error is RunInterruption ? .interrupted : .failed
      status.message = "\(error)"
      // On a full disk this fails too, for the reason that is thrown.
      try? directory.write(status)
      throw error
    }
  }

  /// What the run learns from, but for the build of the program, which its status names.
  private func identity(_ complete: ConfigurationValue, _ parts: RunParts) -> String {
    let configuration = RunIdentity(complete).digest(seed: parts.configuration.seed)
    return ContentHash.of([configuration] + parts.identity + [Program.version])
  }
}

/// The numbers of a finished run.
enum LastEvaluation {
  static func read(_ directory: RunDirectory) -> [String: Double] {
    let line = RunFile(directory.file("metrics.jsonl")).lastLine(holding: "\"eval/")
    return (line?.numbers ?? [:]).filter { $0.key.hasPrefix("eval/") }
  }
}
