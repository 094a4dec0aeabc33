import Foundation
import Storage

/// A running program: lines go in, events come out.
///
/// Reading blocks a thread of its own and writing a queue of its own, so neither a program that never reads nor one that
/// never writes can stop the host; killing it frees both. It leads a process group of its own (Foundation's `Process` makes
/// one), and whatever it started ends with it.
final class ChildProcess: Sendable {
  /// Bytes of a line: rows over 300 words for 32 prompts of 8 answers are about 8 MB.
  static let longestAnswer = 1 << 28

  /// What a program does.
  enum Event: Sendable {
    /// It wrote a line.
    case line(Data)
    /// It closed its output.
    case closed
    /// It closed its error output: all that it wrote there is in the log.
    case hushed
    /// It ended.
    case exited(how: String)
  }

  /// What the program does, in order.
  let events: AsyncStream<Event>

  private let process: Process
  private let input: FileHandle
  private let writer = DispatchQueue(label: "opd.process.writer")

  /// Starts a program.
  ///
  /// - Parameters:
  ///   - parameters: What to run, and where.
  ///   - log: Receives each line of its error output.
  /// - Throws: `ProcessError.cannotStart`.
  init(_ parameters: ProcessParameters, log: @escaping @Sendable (String) -> Void) throws {
    Self.ignoreBrokenPipes
    let process = Process()
    let (standardInput, output, errors) = (Pipe(), Pipe(), Pipe())
    process.executableURL = try parameters.executable()
    process.arguments = Array(parameters.command.dropFirst())
    if let folder = parameters.folder {
      process.currentDirectoryURL = URL(fileURLWithPath: folder)
    }
    process.standardInput = standardInput
    process.standardOutput = output
    process.standardError = errors
    let (events, feed) = AsyncStream<Event>.makeStream()
    process.terminationHandler = { process in
      // Helpers that outlive the program hold its pipes open, and its memory.
      Foundation.kill(-process.processIdentifier, SIGKILL)
      feed.yield(.exited(how: process.how))
    }
    try Self.start(process, parameters.program)
    self.process = process
    self.events = events
    input = standardInput.fileHandleForWriting
    Self.listen(to: output, errors, feed, log)
  }

  private static func start(_ process: Process, _ program: String) throws {
    do {
      try withNoSignalBlocked { try process.run() }
    } catch {
      throw ProcessError.cannotStart(program: program, reason: error.localizedDescription)
    }
  }

  private static func listen(
    to output: Pipe, _ errors: Pipe, _ feed: AsyncStream<Event>.Continuation,
    _ log: @escaping @Sendable (String) -> Void
  ) {
    readLines(output.fileHandleForReading, limit: longestAnswer) {
      feed.yield(.line($0))
    } atEnd: {
      feed.yield(.closed)
    }
    readLines(errors.fileHandleForReading, limit: 1 << 16) {
      log(String(decoding: $0, as: UTF8.self))
    } atEnd: {
      feed.yield(.hushed)
    }
  }

  deinit {
    kill()
    let input = input
    // After the last write: closing a handle that another thread writes to could hit a stranger's file.
    writer.async { try? input.close() }
  }

  /// Sends bytes; a program that cannot receive them is noticed by its silence or its death.
  func write(_ bytes: Data) {
    let input = input
    writer.async { try? input.write(contentsOf: bytes) }
  }

  /// Ends it at once.
  func kill() {
    guard process.isRunning else { return }
    Foundation.kill(-process.processIdentifier, SIGKILL)
    // In case it has joined another group.
    Foundation.kill(process.processIdentifier, SIGKILL)
  }

  /// A program that dies while it is written to must not take the host with it.
  private static let ignoreBrokenPipes: Void = { _ = signal(SIGPIPE, SIG_IGN) }()
}

/// Reads a handle to its end on a thread of its own.
private func readLines(
  _ handle: FileHandle, limit: Int, _ each: @escaping @Sendable (Data) -> Void,
  atEnd: @escaping @Sendable () -> Void = {}
) {
  Thread {
    var lines = LineSplitter(limit: limit)
    while true {
      let bytes = handle.availableData
      guard !bytes.isEmpty else { break }
      for line in lines.append(bytes) { each(line) }
    }
    if !lines.remainder.isEmpty { each(lines.remainder) }
    // Not left to whoever frees the handle last: threads keep what they were started with, one pipe a restart.
    try? handle.close()
    atEnd()
  }.start()
}

extension Process {
  fileprivate var how: String {
    switch terminationReason {
    case .uncaughtSignal: "was ended by signal \(terminationStatus)"
    default: "ended with status \(terminationStatus)"
    }
  }
}

extension ProcessParameters {
  /// The program as errors name it.
  package var program: String { command.joined(separator: " ") }

  /// The file to run.
  fileprivate func executable() throws -> URL {
    let name = command.first ?? ""
    let path = ProcessInfo.processInfo.environment["PATH"] ?? "/usr/bin:/bin"
    let base = URL(fileURLWithPath: folder ?? ".")
    let candidates =
      name.contains("/")
      ? [URL(fileURLWithPath: name, relativeTo: base)]
      : path.split(separator: ":").map {
        URL(fileURLWithPath: String($0)).appendingPathComponent(name)
      }
    let found = candidates.first { FileManager.default.isExecutableFile(atPath: $0.path) }
    guard let found else {
      let reason = name.contains("/") ? "there is no such program" : "PATH has no '\(name)'"
      throw ProcessError.cannotStart(program: program, reason: reason)
    }
    return found
  }
}
