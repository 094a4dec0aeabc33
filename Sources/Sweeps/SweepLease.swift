internal import Foundation
internal import Storage

/// The right to work on a run: a file that its owner keeps touching.
///
/// On one machine a lease is stale when its owner's process is gone; from another machine, when nobody touched it for a
/// minute. Who takes a stale lease over first ends what its dead owner left running.
struct SweepLease: Sendable {
  private struct Content: Codable {
    var host: String
    var process: Int32
    /// When the process began, in clock ticks since the machine did: numbers of processes are used again.
    var began: String
    var token: String
  }

  /// How long a lease of another machine counts without being touched, in seconds.
  static let patience = 60.0

  /// The variable by which a worker's processes are found.
  static let variable = "OPD_RUN_DIRECTORY"

  private let path: String
  private let token: String

  private static func file(_ folder: String) -> String { folder + "/lease.json" }

  /// Takes a run, unless somebody has it.
  ///
  /// - Parameters:
  ///   - folder: The run's folder.
  ///   - lock: A file of the sweep; its lock makes looking and taking one act, on every machine.
  ///   - mayStart: Asked while nobody else can take a run.
  /// - Returns: The lease, or `nil` where somebody has it or `mayStart` says no.
  /// - Throws: What the file system throws.
  static func take(
    _ folder: String, lock: String, if mayStart: () -> Bool
  ) throws -> SweepLease? {
    let handle = try FileLock(lock)
    defer { handle.unlock() }
    guard !isHeld(folder), mayStart() else { return nil }
    let process = ProcessInfo.processInfo.processIdentifier
    let content = Content(
      host: ProcessInfo.processInfo.hostName, process: process,
      began: ProcessTable.began(process) ?? "", token: UUID().uuidString)
    if FileManager.default.fileExists(atPath: file(folder)) { ProcessTable.end(workersOf: folder) }
    try AtomicFile.write(try JSONLines.line(content) + "\n", to: file(folder))
    return SweepLease(path: file(folder), token: content.token)
  }

  /// Whether somebody alive has a run.
  static func isHeld(_ folder: String) -> Bool {
    guard let content = try? JSONLines.readWhole(file(folder), as: Content.self) else {
      return false
    }
    if content.host == ProcessInfo.processInfo.hostName {
      return ProcessTable.began(content.process) == content.began
    }
    let attributes = try? FileManager.default.attributesOfItem(atPath: file(folder))
    guard let touched = attributes?[.modificationDate] as? Date else { return false }
    return Date().timeIntervalSince(touched) < patience
  }

  /// Says that the owner is alive.
  func touch() {
    try? FileManager.default.setAttributes([.modificationDate: Date()], ofItemAtPath: path)
  }

  /// Whether nobody took the run over.
  var isMine: Bool {
    (try? JSONLines.readWhole(path, as: Content.self))?.token == token
  }

  /// Gives the run back.
  func release() {
    guard isMine else { return }
    try? FileManager.default.removeItem(atPath: path)
  }
}

/// The processes of this machine.
enum ProcessTable {
  /// When a process began, in clock ticks since the machine did; `nil` where there is none, or only what is left of one.
  static func began(_ process: Int32) -> String? {
    guard let data = FileManager.default.contents(atPath: "/proc/\(process)/stat") else {
      return nil
    }
    // The name, in brackets, may hold spaces; state is the first field behind it, the start the twentieth.
    let text = String(decoding: data, as: UTF8.self)
    guard let bracket = text.lastIndex(of: ")") else { return nil }
    let fields = text[text.index(after: bracket)...].split(separator: " ")
    guard fields.count > 19, fields[0] != "Z", fields[0] != "X" else { return nil }
    return String(fields[19])
  }

  /// Ends every process that was started for a run, and waits until it is gone.
  static func end(workersOf folder: String) {
    let mark = Data(
      "\(SweepLease.variable)=\(URL(filePath: folder).standardizedFileURL.path)\0".utf8)
    let own = ProcessInfo.processInfo.processIdentifier
    let numbers = ((try? FileManager.default.contentsOfDirectory(atPath: "/proc")) ?? [])
      .compactMap { Int32($0) }
    for number in numbers where number != own {
      guard let variables = FileManager.default.contents(atPath: "/proc/\(number)/environ"),
        variables.range(of: mark) != nil
      else { continue }
      kill(number, SIGKILL)
      for _ in 0..<500 where began(number) != nil { usleep(10_000) }
    }
  }
}

/// A lock on a file that ends with its owner, however it ends.
struct FileLock {
  private let handle: FileHandle

  /// Waits for the lock.
  init(_ path: String) throws {
    if !FileManager.default.fileExists(atPath: path) {
      try Data().write(to: URL(filePath: path))
    }
    handle = try FileHandle(forUpdating: URL(filePath: path))
    while flock(handle.fileDescriptor, LOCK_EX) != 0, errno == EINTR {}
  }

  /// Gives the lock back.
  func unlock() { try? handle.close() }
}
