import Foundation
import Synchronization

/// Where the programs of tests and examples are.
enum Programs {
  private static let root = URL(fileURLWithPath: #filePath)
    .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent()

  static func path(_ name: String) -> String { root.appendingPathComponent(name).path }

  /// Whether there is a Python to run them with.
  static let python = (ProcessInfo.processInfo.environment["PATH"] ?? "").split(separator: ":")
    .contains { FileManager.default.isExecutableFile(atPath: "\($0)/python3") }
}

/// A completions service that ends in the middle of a request as often as it has lives, and is started again each time at
/// the same address.
final class MortalServer: Sendable {
  struct DidNotStart: Error {}

  let port: Int
  private let current: Mutex<Process>
  private let isOver = Mutex(false)
  private let livesFile: String
  private let arguments: [String]

  /// Lives that are left.
  var lives: Int { Int((try? String(contentsOfFile: livesFile, encoding: .utf8)) ?? "") ?? -1 }

  /// A server of some words.
  ///
  /// - Parameters:
  ///   - options: Options of Tests/Programs/completions_server.py as JSON.
  ///   - lives: How often it dies.
  ///   - life: Requests between deaths.
  ///   - folder: Where it counts its lives.
  /// - Throws: What starting it throws.
  init(_ options: String, lives: Int, life: Int, in folder: String) throws {
    livesFile = folder + "/lives"
    try "\(lives)".write(toFile: livesFile, atomically: true, encoding: .utf8)
    arguments = [options, #"{"lives": "\#(livesFile)", "life": \#(life)}"#]
    let (process, port) = try Self.start(arguments)
    self.port = port
    current = Mutex(process)
    watch(process)
  }

  func stop() {
    isOver.withLock { $0 = true }
    current.withLock { $0.terminate() }
  }

  private func watch(_ process: Process) {
    Thread { [weak self] in
      process.waitUntilExit()
      guard let self, !isOver.withLock({ $0 }) else { return }
      guard let next = try? Self.start(arguments + [#"{"port": \#(port)}"#]).process else { return }
      current.withLock { $0 = next }
      watch(next)
    }.start()
  }

  private static func start(_ arguments: [String]) throws -> (process: Process, port: Int) {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    process.arguments =
      ["python3", Programs.path("Tests/Programs/completions_server.py")] + arguments
    let output = Pipe()
    process.standardOutput = output
    process.standardInput = Pipe()
    try process.run()
    let line = String(decoding: output.fileHandleForReading.availableData, as: UTF8.self)
    guard let port = Int(line.trimmingCharacters(in: .whitespacesAndNewlines)) else {
      throw DidNotStart()
    }
    return (process, port)
  }
}
