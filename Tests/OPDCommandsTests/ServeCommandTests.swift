#if Serve && LiveTeachers
import Core
import Foundation
import Records
import Runs
import Testing

/// `opd serve` with a small student of Countdown, which was trained for the test; it ends with this value.
private final class ServedStudent: Sendable {
  struct DidNotStart: Error {
    var said: String
  }

  static let client = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    .deletingLastPathComponent().appending(path: "Programs/serve_client.py").path

  static let hasPython = (ProcessInfo.processInfo.environment["PATH"] ?? "").split(separator: ":")
    .contains { FileManager.default.isExecutableFile(atPath: "\($0)/python3") }

  static let data = """
    data: {countdown: {numbers: 2, largest: 9, train: 40, dev: 8}}
    codec: {countdown: {maximumTokens: 64}}
    student: {decoder: {layers: 2, width: 32, heads: 2, keyValueHeads: 1, hidden: 64}}
    reward: quality
    threads: 1

    """

  let folder: String
  let port: Int
  /// What it costs, as it says: keys of a teacher's configuration.
  let costs: String
  private let process: Process

  init(_ options: [String] = []) async throws {
    folder = FileManager.default.temporaryDirectory.path + "/serve-\(UUID().uuidString)"
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    try await Self.train(
      Self.data + "stages: [{method: sft, steps: 6, prompts: 8, learningRate: 0.003}]",
      folder + "/tiny")
    let log = folder + "/serve.txt"
    process = try #require(BuiltProgram.opd).start(
      ["serve", folder + "/tiny", "--port", "0", "--quiet"] + options, log: log)
    var said = ""
    while process.isRunning, !said.contains("\n") {
      try await Task.sleep(for: .milliseconds(20))
      said = String(decoding: FileManager.default.contents(atPath: log) ?? Data(), as: UTF8.self)
    }
    let digits = said.split(separator: "/").first { $0.contains(":") && $0.last?.isNumber == true }
    guard let port = digits?.split(separator: ":").last.flatMap({ Int($0) }) else {
      throw DidNotStart(said: said)
    }
    self.port = port
    costs = said.split(separator: "\t").last.map(String.init)?.trimmed ?? ""
  }

  deinit { kill(process.processIdentifier, SIGKILL) }

  static func train(_ yaml: String, _ out: String) async throws {
    _ = try await RunExecutor(Laboratory.standard()).run(
      ConfigurationFile.parse(yaml, file: "run.yaml"), in: out, resume: false)
  }

  /// Starts a client; what it says goes to the pipe.
  func client(_ mode: String, _ more: [String] = []) throws -> (Process, Pipe) {
    let (client, output) = (Process(), Pipe())
    client.executableURL = URL(filePath: "/usr/bin/env")
    client.arguments = ["python3", Self.client, mode, "\(port)", "tiny", "make 4 from 2, 2"] + more
    client.standardOutput = output
    try client.run()
    return (client, output)
  }

  func said(_ mode: String, _ more: [String] = []) throws -> String {
    let (_, output) = try client(mode, more)
    return String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
  }

  /// Asks it to end, and gives the status with which it does.
  func end() -> Int32 {
    kill(process.processIdentifier, SIGTERM)
    process.waitUntilExit()
    return process.terminationStatus
  }
}

extension String {
  fileprivate var trimmed: String { trimmingCharacters(in: .whitespacesAndNewlines) }
}

@Suite(
  "A served student", .serialized,
  .enabled(if: BuiltProgram.opd != nil && ServedStudent.hasPython, "needs opd and python3"))
struct ServeCommandTests {
  @Test("answers everybody at once, with one answer a seed, though some leave before it comes")
  func many() async throws {
    let server = try await ServedStudent()
    let said = try server.said("many", ["200"])
    #expect(said.contains("\"asked\": 180, \"answered\": 180, \"different\": 9,"), "\(said)")
    #expect(server.end() == 0)
  }

  @Test("refuses what is hostile, and goes on")
  func hostile() async throws {
    let server = try await ServedStudent()
    let said = try server.said("hostile")
    let lines = Set(said.split(separator: "\n").map(String.init))
    for name in [
      "no JSON", "NaN", "wrong type", "too long a number", "deep", "half a text", "not UTF-8",
    ] {
      #expect(lines.contains("\(name): 400"), "\(said)")
    }
    let others = [
      "too large: 413", "said to be too large: 413", "chunks: 411", "two lengths: 400",
      "endless head: 431", "no HTTP: 400", "another place: 404", "good: 200",
    ]
    for line in others { #expect(lines.contains(line), "\(line) in \(said)") }
    #expect(server.end() == 0)
  }

  @Test("sends an answer in pieces, and computes nothing for clients that leave within one")
  func stream() async throws {
    let server = try await ServedStudent()
    let said = try server.said("stream", ["40"])
    #expect(
      said.contains("\"same\": true, \"last\": \"data: [DONE]\", \"left\": 40, \"computing\": 0"),
      "\(said)")
    #expect(server.end() == 0)
  }

  @Test("answers what is on its way when it is asked to end")
  func ending() async throws {
    let server = try await ServedStudent()
    let (_, output) = try server.client("hold")
    var said = Data()
    while !String(decoding: said, as: UTF8.self).contains("asked") {
      said += output.fileHandleForReading.availableData
    }
    #expect(server.end() == 0)
    said += output.fileHandleForReading.readDataToEndOfFile()
    #expect(String(decoding: said, as: UTF8.self).contains("200"))
  }

  private static func next(_ teacher: String, method: String) -> String {
    ServedStudent.data + """
      seed: 3
      teacher: \(teacher)
      stages: [{method: \(method), steps: 4, prompts: 4, group: 2, learningRate: 0.003}]
      """
  }

  @Test("as a live teacher leaves the bytes that it leaves in process, and passes the probe")
  func teacher() async throws {
    let server = try await ServedStudent()
    let url = "http://127.0.0.1:\(server.port)/v1"
    let folder = server.folder
    try await ServedStudent.train(
      Self.next("{model: {run: \(folder)/tiny}}", method: "opd"), folder + "/inside")
    let live = Self.next(
      "{openai: {url: '\(url)', model: tiny, \(server.costs)}}",
      method: "opd")
    try await ServedStudent.train(live, folder + "/live")
    for name in ["metrics.jsonl", "rollouts.jsonl", "evaluation.jsonl"] {
      let inside = FileManager.default.contents(atPath: folder + "/inside/" + name)
      let found = FileManager.default.contents(atPath: folder + "/live/" + name)
      #expect(inside != nil && inside == found, "\(name)")
    }
    try live.write(toFile: folder + "/live.yaml", atomically: true, encoding: .utf8)
    let log = folder + "/probe.txt"
    let probe = try #require(BuiltProgram.opd).start(
      ["teacher", "probe", folder + "/live.yaml"], log: log)
    probe.waitUntilExit()
    let said = String(decoding: FileManager.default.contents(atPath: log) ?? Data(), as: UTF8.self)
    #expect(probe.terminationStatus == 0 && !said.contains("FAIL"), "\(said)")
  }

  @Test("is not shown to other machines without a key")
  func doors() async throws {
    let opd = try #require(BuiltProgram.opd)
    let log = FileManager.default.temporaryDirectory.path + "/serve-\(UUID().uuidString).txt"
    let process = try opd.start(["serve", "nothing", "--host", "0.0.0.0"], log: log)
    process.waitUntilExit()
    let said = String(decoding: FileManager.default.contents(atPath: log) ?? Data(), as: UTF8.self)
    #expect(process.terminationStatus == 64 && said.contains("--key-variable"), "\(said)")
  }
}
#endif
