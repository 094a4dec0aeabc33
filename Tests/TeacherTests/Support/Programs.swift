import Foundation
import Core
import Tasks
import Synchronization
import Teacher

/// Where the programs of tests and examples are.
enum Programs {
  private static let root = URL(fileURLWithPath: #filePath)
    .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent()

  static func path(_ name: String) -> String { root.appendingPathComponent(name).path }

  /// Whether there is a Python to run them with.
  static let python = (ProcessInfo.processInfo.environment["PATH"] ?? "").split(separator: ":")
    .contains { FileManager.default.isExecutableFile(atPath: "\($0)/python3") }

  /// A teacher that misbehaves in one way, see Tests/Programs/broken_teacher.py.
  static func broken(_ mode: String, state: URL) -> ProcessParameters {
    var parameters = ProcessParameters(
      command: ["python3", path("Tests/Programs/broken_teacher.py"), mode, state.path])
    parameters.backoffSeconds = 0.01
    parameters.attempts = 2
    parameters.batch = 1
    return parameters
  }
}

/// Lines that were logged.
final class Log: Sendable {
  private let kept = Mutex<[String]>([])
  var lines: [String] { kept.withLock { $0 } }
  func add(_ line: String) { kept.withLock { $0.append(line) } }
}

/// A table of windows written for Examples/python-teacher/window_teacher.py, with its twin.
struct WindowProgram {
  let codec: any WindowCodec
  var windows: [String: [ScoredInterval]]
  var smoothing = WindowSmoothing()
  var durations: [Double]

  private struct Table: Encodable {
    struct Answer: Encodable {
      var start: Double
      var end: Double
      var tokens: [Token]
      func encode(to encoder: any Encoder) throws {
        var list = encoder.unkeyedContainer()
        try list.encode(start)
        try list.encode(end)
        try list.encode(tokens)
      }
    }
    var smoothing: WindowSmoothing
    var windows: [String: [[Double]]]
    var answers: [String: [Answer]]
  }

  /// The built-in teacher.
  func teacher() throws -> WindowDistributionTeacher {
    try WindowDistributionTeacher(
      source: try TableWindows(windows), codec: codec.answers, smoothing: smoothing)
  }

  /// The program; the table is written to `file`.
  func parameters(writing file: URL) throws -> ProcessParameters {
    let table = Table(
      smoothing: smoothing,
      windows: windows.mapValues {
        $0.map { [$0.interval.start, $0.interval.end, $0.confidence] }
      },
      answers: Dictionary(
        uniqueKeysWithValues: durations.map { duration in
          let answers = codec.grid(duration: duration).map {
            Table.Answer(
              start: $0.start, end: $0.end, tokens: codec.encode($0, duration: duration))
          }
          return ("\(duration)", answers)
        }))
    try JSONEncoder().encode(table).write(to: file)
    return ProcessParameters(
      command: ["python3", Programs.path("Examples/python-teacher/window_teacher.py"), file.path])
  }
}
