internal import Foundation
internal import Storage

/// The right to work on a run: a file that its owner keeps touching.
///
/// On one machine a lease is stale when its owner's process is gone; from another machine, when nobody touched it for a
/// minute, by the clock of the machine that keeps the file. Who takes a stale lease over first ends what its dead owner
/// left running.
package struct RunLease: Sendable {
  private struct Content: Codable {
    var host: String
    /// Where the number of the process means something.
    var machine: String
    var process: Int32
    /// When the process began, in clock ticks since the machine did: numbers of processes are used again.
    var began: String
    var token: String
    /// The number of the run's folder in its file system: a lease that was copied with a run holds nothing.
    var folder: Int
  }

  /// How long a lease of another machine counts without being touched, in seconds.
  static let patience = 60.0

  /// The variable by which a worker's processes are found: the folder of its run.
  package static let variable = "OPD_RUN_DIRECTORY"

  /// The variable that tells a worker who started it, and holds the lease on its behalf: the number of a process.
  package static let parentVariable = "OPD_PARENT"

  private let path: String
  private let token: String

  private static func file(_ folder: String) -> String { folder + "/lease.json" }

  /// Takes a run, unless somebody has it.
  ///
  /// - Parameters:
  ///   - folder: The run's folder, which is there.
  ///   - mayStart: Asked while nobody else can take the run.
  /// - Returns: The lease, or `nil` where somebody has it or `mayStart` says no.
  /// - Throws: `StorageError.unwritable`, or what `mayStart` throws.
  package static func take(_ folder: String, if mayStart: () throws -> Bool) throws -> RunLease? {
    // Its lock makes looking and taking one act, on every machine.
    let lock = try FileLock(folder + "/lease.lock")
    defer { lock.unlock() }
    guard !isHeld(folder), try mayStart() else { return nil }
    let process = ProcessInfo.processInfo.processIdentifier
    let content = Content(
      host: ProcessInfo.processInfo.hostName, machine: ProcessTable.machine, process: process,
      began: ProcessTable.began(process) ?? "", token: UUID().uuidString, folder: number(folder))
    if FileManager.default.fileExists(atPath: file(folder)) { ProcessTable.end(workersOf: folder) }
    try AtomicFile.write(try JSONLines.line(content) + "\n", to: file(folder))
    return RunLease(path: file(folder), token: content.token)
  }

  /// Whether somebody alive has a run.
  package static func isHeld(_ folder: String) -> Bool {
    content(folder).map { isAlive($0, folder) } ?? false
  }

  /// Who has a run, in words.
  package static func holder(_ folder: String) -> String {
    content(folder).map { "process \($0.process) on \($0.host)" } ?? "somebody"
  }

  /// Whether the engine of a sweep holds the lease and started this process for the run.
  package static func isDelegated(_ folder: String) -> Bool {
    let variables = ProcessInfo.processInfo.environment
    guard variables[variable] == URL(filePath: folder).standardizedFileURL.path,
      let content = content(folder), isAlive(content, folder)
    else { return false }
    return content.machine == ProcessTable.machine
      && variables[parentVariable] == "\(content.process)"
  }

  /// Asks the process that carries a run out to finish its step, save and end, as Ctrl-C does; it can be gone on with.
  ///
  /// - Returns: Whether it was asked: not where nobody has the run, or somebody on another machine.
  package static func askToEnd(_ folder: String) -> Bool {
    guard let content = content(folder), content.machine == ProcessTable.machine,
      isAlive(content, folder)
    else { return false }
    return ProcessTable.ask(workerOf: folder, startedBy: content.process)
  }

  /// Removes a lease that nobody alive holds, such as one on a run that was finished when its owner was killed.
  package static func removeStale(_ folder: String) {
    guard FileManager.default.fileExists(atPath: file(folder)), !isHeld(folder) else { return }
    try? FileManager.default.removeItem(atPath: file(folder))
  }

  /// Says that the owner is alive.
  package func touch() { AtomicFile.touch(path) }

  /// Whether nobody took the run over.
  package var isMine: Bool {
    (try? JSONLines.readWhole(path, as: Content.self))?.token == token
  }

  /// Gives the run back.
  package func release() {
    guard isMine else { return }
    try? FileManager.default.removeItem(atPath: path)
  }

  private static func content(_ folder: String) -> Content? {
    try? JSONLines.readWhole(file(folder), as: Content.self)
  }

  private static func isAlive(_ content: Content, _ folder: String) -> Bool {
    guard content.folder == number(folder) else { return false }
    if content.machine == ProcessTable.machine {
      return ProcessTable.began(content.process) == content.began
    }
    return AtomicFile.age(of: file(folder)).map { $0 < patience } ?? false
  }

  private static func number(_ folder: String) -> Int {
    let facts = try? FileManager.default.attributesOfItem(atPath: folder)
    return (facts?[.systemFileNumber] as? NSNumber)?.intValue ?? 0
  }
}
