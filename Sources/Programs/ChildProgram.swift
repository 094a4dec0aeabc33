internal import Foundation
internal import Subprocess
internal import SystemPackage

/// A program to start, for what it writes or for a conversation.
///
/// No other room starts programs. Whatever the thread blocks that starts one, it begins with no signal blocked: threads of
/// Dispatch block all of them, and a shell that hears of no child's end waits for ever. Each leads a process group of its own,
/// and ends with the task that waits for it.
package struct ChildProgram: Sendable {
  let path: String
  let arguments: [String]
  let folder: String?
  let environment: [String: String]

  /// A program that is there and may be run.
  ///
  /// - Parameters:
  ///   - name: Its name, looked up in `PATH`, or its path, which may be relative to `folder`.
  ///   - arguments: What it is told, without its own name.
  ///   - folder: In which folder it runs; the current one where none is given.
  ///   - environment: Variables beside those that this program has.
  /// - Throws: `ProgramError.missing`.
  package init(
    _ name: String, _ arguments: [String] = [], folder: String? = nil,
    environment: [String: String] = [:]
  ) throws(ProgramError) {
    guard let found = Self.path(of: name, in: folder) else { throw .missing(name) }
    path = found
    self.arguments = arguments
    self.folder = folder
    self.environment = environment
  }

  /// Where a program lies that may be run.
  ///
  /// - Parameters:
  ///   - name: Its name, looked up in `PATH`, or its path.
  ///   - folder: What its path is relative to; the current folder where none is given.
  /// - Returns: Its path; `nil` where there is none.
  package static func path(of name: String, in folder: String? = nil) -> String? {
    let base = URL(filePath: folder ?? ".")
    let path = ProcessInfo.processInfo.environment["PATH"] ?? "/usr/bin:/bin"
    let candidates =
      name.contains("/")
      ? [URL(filePath: name, relativeTo: base)]
      : path.split(separator: ":").map { URL(filePath: String($0)).appending(path: name) }
    return candidates.map(\.path).first { FileManager.default.isExecutableFile(atPath: $0) }
  }

  /// How it is started, and what is done when the task that waits for it is cancelled; killed at once if that is nothing.
  func configuration(teardown: [TeardownStep] = []) -> Subprocess.Configuration {
    var options = PlatformOptions()
    options.processGroupID = 0
    options.teardownSequence = teardown
    var changes: [Environment.Key: String?] = [:]
    for (name, value) in environment { changes[Environment.Key(rawValue: name) ?? ""] = value }
    return Subprocess.Configuration(
      executable: .path(FilePath(path)), arguments: Arguments(arguments),
      environment: .inherit.updating(changes), workingDirectory: folder.map { FilePath($0) },
      platformOptions: options)
  }

  /// Runs the body, telling the system's refusal to start the program from errors of the body's own.
  func starting<Result>(_ body: () async throws -> Result) async throws -> Result {
    do {
      return try await body()
    } catch let error as SubprocessError {
      throw ProgramError.unstartable(path, reason: "\(error)")
    }
  }
}
