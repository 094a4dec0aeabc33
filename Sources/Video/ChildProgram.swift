internal import Dispatch
internal import Foundation
internal import Storage
internal import Synchronization

/// A program that is run for its output.
struct ChildProgram {
  let url: URL
  let arguments: [String]

  /// A program found on the PATH.
  ///
  /// - Throws: `VideoError.missingProgram`.
  init(_ name: String, _ arguments: [String]) throws {
    let path = ProcessInfo.processInfo.environment["PATH"] ?? ""
    let candidates = path.split(separator: ":").map { "\($0)/\(name)" }
    guard let found = candidates.first(where: FileManager.default.isExecutableFile) else {
      throw VideoError.missingProgram(name)
    }
    url = URL(filePath: found)
    self.arguments = arguments
  }

  /// Runs the program, handing on both outputs as they come.
  ///
  /// The errors are read on a thread of their own, so that neither pipe can fill up and stall the program. If `output`
  /// throws, the program is ended.
  ///
  /// - Parameters:
  ///   - output: Reads from the standard output until it has enough.
  ///   - errorLine: Gets each line of the standard error, on another thread.
  ///   - errorEnd: Is called after the last line.
  /// - Returns: The program's exit status.
  /// - Throws: What `output` throws, or the system where the program cannot be started.
  func run(
    output: (FileHandle) throws -> Void, errorLine: @escaping @Sendable (String) -> Void,
    errorEnd: @escaping @Sendable () -> Void = {}
  ) throws -> Int32 {
    let process = Process()
    let out = Pipe()
    let err = Pipe()
    process.executableURL = url
    process.arguments = arguments
    process.standardInput = FileHandle.nullDevice
    process.standardOutput = out
    process.standardError = err
    let ended = DispatchSemaphore(value: 0)
    process.terminationHandler = { _ in ended.signal() }
    try withNoSignalBlocked { try process.run() }
    let errorsRead = DispatchSemaphore(value: 0)
    let errors = err.fileHandleForReading.fileDescriptor
    Thread.detachNewThread {
      let handle = FileHandle(fileDescriptor: errors, closeOnDealloc: false)
      readLines(handle, errorLine)
      errorEnd()
      errorsRead.signal()
    }
    let result = Result { try output(out.fileHandleForReading) }
    if case .failure = result { process.terminate() }
    try? out.fileHandleForReading.close()
    errorsRead.wait()
    ended.wait()
    try? err.fileHandleForReading.close()
    try result.get()
    return process.terminationStatus
  }

  /// Runs the program and returns all it says: its status, its output and its last line of errors.
  func read() throws -> (status: Int32, output: Data, lastError: String) {
    let errors = LastLine()
    var collected = Data()
    let status = try run(
      output: { handle in
        while let data = try handle.read(upToCount: 1 << 16), !data.isEmpty {
          collected.append(data)
        }
      }, errorLine: errors.set)
    return (status, collected, errors.text)
  }
}

/// The last line that somebody said, for whoever asks from another thread.
final class LastLine: Sendable {
  private let line = Mutex("")

  var text: String { line.withLock { $0 } }

  func set(_ text: String) { line.withLock { $0 = text } }
}

/// Hands on each line of a file that is not empty, without its end, holding no more than one at a time.
private func readLines(_ handle: FileHandle, _ body: (String) -> Void) {
  var pending: [UInt8] = []
  // What is there, not a full block: whoever waits for a line must get it as soon as it is written.
  while case let data = handle.availableData, !data.isEmpty {
    for byte in data {
      if byte != 10, byte != 13 {
        pending.append(byte)
      } else if !pending.isEmpty {
        body(String(decoding: pending, as: UTF8.self))
        pending.removeAll(keepingCapacity: true)
      }
    }
  }
  if !pending.isEmpty { body(String(decoding: pending, as: UTF8.self)) }
}
