internal import Core
internal import Programs
internal import Records
package import Foundation
internal import Storage

/// How the program is called that carries out one run.
package struct SweepWorker: Sendable {
  /// The program.
  package var program: URL
  /// Its arguments for a run's folder.
  package var arguments: @Sendable (String) -> [String]
  /// A program.
  ///
  /// - Parameters:
  ///   - program: The program.
  ///   - arguments: Its arguments for a run's folder.
  package init(program: URL, arguments: @escaping @Sendable (String) -> [String]) {
    self.program = program
    self.arguments = arguments
  }

  /// This very program: `opd train FOLDER/config.yaml --out FOLDER --resume --accept-build`.
  ///
  /// - Parameters:
  ///   - jobs: How many runs share the machine; with several, each gets its share of the cores.
  ///   - cores: How many processors they have together, as the task of a cluster knows; all of the machine if `nil`, and
  ///     then a single run has as many threads as it is configured to.
  /// - Returns: The program.
  package static func thisProgram(jobs: Int, cores: Int? = nil) -> SweepWorker {
    let share = max(1, (cores ?? ProcessInfo.processInfo.activeProcessorCount) / max(1, jobs))
    let budget = jobs > 1 || cores != nil ? ["threads=\(share)"] : []
    let program = URL(filePath: "/proc/self/exe").resolvingSymlinksInPath()
    return SweepWorker(program: program) { folder in
      // Which builds a sweep accepts has been asked before anything was begun.
      ["train", folder + "/config.yaml"] + budget + [
        "--out", folder, "--resume", "--accept-build", "--quiet",
      ]
    }
  }

  /// How a worker ended.
  enum End: Sendable, Hashable {
    case finished
    case failed(String)
    case stopped
  }

  /// Carries out one run, and says every now and then that it goes on.
  ///
  /// - Parameters:
  ///   - folder: The run's folder; what the program prints goes to its `log.txt`.
  ///   - goesOn: Asked every tenth of a second; when it says no, the program is ended.
  /// - Returns: How the program ended.
  /// - Throws: What starting it throws.
  func run(_ folder: String, while goesOn: () -> Bool) async throws -> End {
    let worker = try ChildProgram(
      program.path, arguments(folder),
      environment: [
        RunLease.variable: URL(filePath: folder).standardizedFileURL.path,
        "OPENBLAS_NUM_THREADS": "1",
        RunLease.parentVariable: "\(ProcessInfo.processInfo.processIdentifier)",
      ])
    let log = try AppendedFile.open(folder + "/log.txt")
    defer { try? log.close() }
    var isStopped = false
    let end = try await worker.run(into: log, patience: Self.timeToSave) {
      isStopped = isStopped || !goesOn()
      return !isStopped
    }
    return self.end(end, isStopped: isStopped, folder)
  }

  /// A worker that is asked to end saves its run after the step that it is in, which may be one of a large model.
  private static let timeToSave = Duration.seconds(600)

  private static let asked = [ExitStatus.interrupted, .terminated].map {
    ProgramEnd.status($0.rawValue)
  }

  private func end(_ end: ProgramEnd, isStopped: Bool, _ folder: String) -> End {
    let state = RunFile(folder + "/status.json").object()?.texts["state"]
    if state == "done", end.isSuccess { return .finished }
    // By this engine, or by whoever sent the worker itself a signal: it has saved and will be gone on with.
    if isStopped || Self.asked.contains(end) { return .stopped }
    return .failed(end.inWords)
  }
}
