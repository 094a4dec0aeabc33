#if Engines
import Foundation

@testable import Engines

/// A training server for one test, see Tests/Programs/training_server.py; it ends with this value.
final class StubEngine: Sendable {
  struct Options: Encodable, Sendable {
    var dialect = TinkerDialect.json
    var mode = ""
    var reduction: String?
    var extent: String?
    var size: Int?
    var key: String?
  }

  struct DidNotStart: Error {}

  let port: Int
  private let process: Process
  /// The server ends when the other end closes.
  private let input = Pipe()

  init(_ options: Options = Options()) throws {
    process = Process()
    let output = Pipe()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    process.arguments = [
      "python3", Self.program, String(decoding: try JSONEncoder().encode(options), as: UTF8.self),
    ]
    process.standardOutput = output
    process.standardInput = input
    try process.run()
    var line = Data()
    while let byte = try output.fileHandleForReading.read(upToCount: 1), byte != Data([0x0a]) {
      line += byte
      guard !byte.isEmpty else { break }
    }
    guard let port = Int(String(decoding: line, as: UTF8.self)) else { throw DidNotStart() }
    self.port = port
  }

  // Not `terminate`: children of test threads inherit a mask that holds SIGTERM back.
  deinit { kill(process.processIdentifier, SIGKILL) }

  var parameters: TinkerParameters {
    var parameters = TinkerParameters(url: "http://127.0.0.1:\(port)", base: "table")
    parameters.backoffSeconds = 0.001
    parameters.attempts = 4
    parameters.rank = 8
    return parameters
  }

  private static let program = URL(fileURLWithPath: #filePath)
    .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
    .appendingPathComponent("Programs/training_server.py").path

  /// Whether there is a Python to run it with.
  static let isPossible = (ProcessInfo.processInfo.environment["PATH"] ?? "").split(separator: ":")
    .contains { FileManager.default.isExecutableFile(atPath: "\($0)/python3") }
}
#endif
