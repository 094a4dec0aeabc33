package import Foundation
internal import Subprocess
internal import Synchronization
internal import SystemPackage

extension ChildProgram {
  /// Runs it, handing on both outputs as they come.
  ///
  /// The errors are read beside the output, so that neither pipe can fill up and stall the program. If `output` throws, the
  /// program is killed.
  ///
  /// - Parameters:
  ///   - output: Reads what it needs; the rest is read and dropped.
  ///   - errorLine: Gets each line of the error output that is not empty, perhaps while `output` runs.
  ///   - errorEnd: Is called after the last line.
  /// - Returns: How it ended.
  /// - Throws: What `output` throws, or `ProgramError.unstartable`.
  package func run(
    output: (inout ProgramBytes) async throws -> Void,
    errorLine: @escaping @Sendable (String) -> Void,
    errorEnd: @escaping @Sendable () -> Void = {}
  ) async throws -> ProgramEnd {
    let result = try await starting {
      try await Subprocess.run(
        configuration(), input: .none, output: .sequence, error: .sequence
      ) { running in
        let complaints = running.standardError
        async let heard: Void = listen(to: complaints, errorLine, errorEnd)
        var bytes = ProgramBytes(running.standardOutput)
        try await output(&bytes)
        while try await bytes.next() != nil {}
        try await heard
      }
    }
    return ProgramEnd(result.terminationStatus)
  }

  /// Runs it to its end.
  ///
  /// - Parameter errorLine: Gets each line of its error output that is not empty.
  /// - Returns: All it wrote.
  /// - Throws: `ProgramError.unstartable`.
  package func read(
    errorLine: @escaping @Sendable (String) -> Void = { _ in }
  ) async throws -> ProgramOutput {
    let last = Told("")
    var bytes = Data()
    let end = try await run(
      output: { output in
        while let data = try await output.next() { bytes.append(data) }
      },
      errorLine: { line in
        last.value = line
        errorLine(line)
      })
    return ProgramOutput(end: end, bytes: bytes, lastError: last.value)
  }

  /// Runs it with both outputs going into a file, as long as somebody wants it to.
  ///
  /// - Parameters:
  ///   - log: Where both outputs go.
  ///   - patience: How long it may take to end once it is asked to (SIGTERM), before it is killed.
  ///   - goesOn: Asked every twentieth of a second; when it says no, the program is asked to end.
  /// - Returns: How it ended.
  /// - Throws: `ProgramError.unstartable`.
  package func run(
    into log: FileHandle, patience: Duration, while goesOn: () -> Bool
  ) async throws -> ProgramEnd {
    let descriptor = FileDescriptor(rawValue: log.fileDescriptor)
    let hasEnded = Told(false)
    return try await withThrowingTaskGroup(of: ProgramEnd.self) { group in
      group.addTask {
        defer { hasEnded.value = true }
        return try await run(into: descriptor, patience)
      }
      while !hasEnded.value, !Task.isCancelled {
        guard goesOn() else {
          group.cancelAll()
          break
        }
        try? await Task.sleep(for: .milliseconds(50))
      }
      guard let end = try await group.next() else { throw CancellationError() }
      return end
    }
  }

  private func run(into log: FileDescriptor, _ patience: Duration) async throws -> ProgramEnd {
    let asked = TeardownStep.send(signal: .terminate, allowedDurationToNextStep: patience)
    let result = try await starting {
      try await Subprocess.run(
        configuration(teardown: [asked]), input: .none,
        output: .fileDescriptor(log, closeAfterSpawningProcess: false),
        error: .fileDescriptor(log, closeAfterSpawningProcess: false))
    }
    return ProgramEnd(result.terminationStatus)
  }
}

/// What one task tells another.
private final class Told<Value: Sendable>: Sendable {
  private let state: Mutex<Value>

  init(_ value: Value) { state = Mutex(value) }

  var value: Value {
    get { state.withLock { $0 } }
    set { state.withLock { $0 = newValue } }
  }
}

/// Hands on each line of an error output.
private func listen(
  to complaints: SubprocessOutputSequence, _ line: @Sendable (String) -> Void,
  _ end: @Sendable () -> Void
) async throws {
  defer { end() }
  var lines = LineSplitter(limit: 1 << 16)
  func say(_ found: Data) {
    // ffmpeg rewrites a line by returning to its beginning.
    for part in found.split(separator: 13) { line(String(decoding: part, as: UTF8.self)) }
  }
  for try await buffer in complaints { lines.append(Data(buffer: buffer)).forEach(say) }
  say(lines.remainder)
}

extension ProgramEnd {
  init(_ status: TerminationStatus) {
    switch status {
    case .exited(let code): self = .status(code)
    case .signaled(let signal): self = .signal(signal)
    }
  }
}
