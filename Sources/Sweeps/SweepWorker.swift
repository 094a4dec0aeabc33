internal import Core
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
    let process = Process()
    process.executableURL = program
    process.arguments = arguments(folder)
    process.environment = ProcessInfo.processInfo.environment.merging([
      RunLease.variable: URL(filePath: folder).standardizedFileURL.path,
      "OPENBLAS_NUM_THREADS": "1",
      RunLease.parentVariable: "\(ProcessInfo.processInfo.processIdentifier)",
    ]) { $1 }
    let log = try AppendedFile.open(folder + "/log.txt")
    process.standardInput = FileHandle.nullDevice
    process.standardOutput = log
    process.standardError = log
    try withNoSignalBlocked { try process.run() }
    try log.close()
    var isStopped = false
    while process.isRunning {
      if !goesOn(), !isStopped {
        isStopped = true
        process.terminate()
      }
      try? await Task.sleep(for: .milliseconds(50))
    }
    process.waitUntilExit()
    return end(of: process, isStopped: isStopped, folder)
  }

  private static let asked = [ExitStatus.interrupted.rawValue, ExitStatus.terminated.rawValue]

  private func end(of process: Process, isStopped: Bool, _ folder: String) -> End {
    let state = RunFile(folder + "/status.json").object()?.texts["state"]
    if state == "done", process.terminationStatus == 0 { return .finished }
    // By this engine, or by whoever sent the worker itself a signal: it has saved and will be gone on with.
    if isStopped || Self.asked.contains(process.terminationStatus) { return .stopped }
    let cause = process.terminationReason == .uncaughtSignal ? "signal" : "status"
    return .failed("ended with \(cause) \(process.terminationStatus)")
  }
}
