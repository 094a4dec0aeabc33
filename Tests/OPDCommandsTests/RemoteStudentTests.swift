#if Engines
import Core
import Foundation
import Plugins
import Records
import Runs
import Testing

/// Programs and files of the repository, and a Python to run them with.
private enum Repository {
  static let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    .deletingLastPathComponent().deletingLastPathComponent()

  static func path(_ name: String) -> String { root.appendingPathComponent(name).path }

  static let hasPython = (ProcessInfo.processInfo.environment["PATH"] ?? "").split(separator: ":")
    .contains { FileManager.default.isExecutableFile(atPath: "\($0)/python3") }
}

/// A training server for one test, see Tests/Programs/training_server.py; it ends with this value.
private final class TrainingServer: Sendable {
  struct DidNotStart: Error {}

  let port: Int
  private let process = Process()
  /// The server ends when the other end closes.
  private let input = Pipe()

  /// A server whose model has the words of the built-in world's codec, which depend on the frames of a video.
  convenience init(frames: Int, _ dialect: String) async throws {
    let value = try ConfigurationFile.parse(
      "data: {world: {videos: 2, devVideos: 2, queriesPerVideo: 2, frames: \(frames)}}\nstages: []",
      file: "size.yaml")
    let laboratory = try Laboratory.standard()
    let context = try await RunContext(
      laboratory.complete(value).decoded(as: RunConfiguration.self), in: laboratory)
    try self.init(tokens: context.codec.tokenizer.count, dialect)
  }

  /// A server whose model has so many tokens.
  init(tokens size: Int, _ dialect: String) throws {
    let options = #"{"size": \#(size), "dialect": "\#(dialect)"}"#
    let output = Pipe()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    process.arguments = [
      "python3", Repository.path("Tests/Programs/training_server.py"), options,
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

  deinit { kill(process.processIdentifier, SIGKILL) }
}

@Suite(
  "A student elsewhere", .serialized,
  .enabled(if: BuiltProgram.opd != nil && Repository.hasPython, "needs opd and python3"))
struct RemoteStudentTests {
  private let folder = FileManager.default.temporaryDirectory.path + "/opd-\(UUID().uuidString)"

  init() throws {
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
  }

  /// Reads the frames of the built-in world as how similar they are to the question.
  private static let prompts = "prompts: {first: 0, frames: similarity}"

  private func onServer(_ server: TrainingServer) -> String {
    "student={tinker: {url: 'http://127.0.0.1:\(server.port)', base: table, rank: 8, \(Self.prompts)}}"
  }

  private var inProgram: String {
    let program = Repository.path("Examples/python-student/table_student.py")
    return "student={process: {command: [python3, '\(program)'], states: '\(folder)/states', "
      + "\(Self.prompts)}}"
  }

  /// Runs the program to its end.
  private func opd(_ arguments: [String]) throws -> (status: Int32, text: String) {
    let opd = try #require(BuiltProgram.opd)
    let log = folder + "/\(UUID().uuidString).txt"
    let process = try opd.start(arguments, log: log)
    process.waitUntilExit()
    return (process.terminationStatus, text(log))
  }

  private func text(_ path: String) -> String {
    String(decoding: FileManager.default.contents(atPath: path) ?? Data(), as: UTF8.self)
  }

  private func state(_ run: String) -> Bool { text(run + "/status.json").contains("\"done\"") }

  @Test(
    "trains every arm of a sweep that needs no logits, on a server, with its costs in the ledger")
  func server() async throws {
    let server = try await TrainingServer(frames: 24, "protobuf")
    let out = folder + "/server"
    let sweep = Repository.path("experiments/grpo-vs-opd/smoke.yaml")
    let (status, said) = try opd(["sweep", sweep, onServer(server), "--out", out])
    #expect(status != 0, "two arms look at whole distributions")
    for arm in ["base", "sft", "grpo", "opd"] {
      #expect(state("\(out)/\(arm)/seed-0"), "\(arm): \(said)")
      #expect(text("\(out)/\(arm)/seed-0/metrics.jsonl").contains("\"eval/"))
    }
    #expect(said.contains("its logits"), "\(said)")
    let ledger = text("\(out)/grpo/seed-0/ledger.json")
    #expect(ledger.contains("\"trainedTokens\"") && !ledger.contains("\"trainedTokens\":0"))
    let compared = try opd(["compare", out, "--baseline", "grpo"])
    #expect(compared.status == 0, "\(compared.text)")
    let adapter = folder + "/adapter"
    let exported = try opd(["export", "\(out)/grpo/seed-0", "--adapter", adapter])
    #expect(exported.text.contains("\(adapter): PEFT loads gate_proj, q_proj, v_proj"))
    #expect(text(adapter + "/adapter_config.json").contains("\"gate_proj\""))
    let merged = try opd(["export", "\(out)/grpo/seed-0", "--merged", folder + "/merged"])
    #expect(merged.text.contains("of a training server's student write --adapter"))
  }

  @Test("trains every arm in a program, those that look at whole distributions too")
  func program() throws {
    let out = folder + "/program"
    let sweep = Repository.path("experiments/grpo-vs-opd/smoke.yaml")
    let (status, said) = try opd(["sweep", sweep, inProgram, "--out", out])
    #expect(status == 0, "\(said)")
    for arm in ["base", "sft", "grpo", "opd", "opd-full", "opd-full-tvdf"] {
      #expect(state("\(out)/\(arm)/seed-0"), "\(arm)")
    }
  }

  @Test("is taught by the model beside it, by itself, and by nobody who is not there")
  func beside() throws {
    let file = folder + "/beside.yaml"
    try """
    data: {world: {videos: 8, devVideos: 2, queriesPerVideo: 2, frames: 24}}
    codec: timeTokens
    keyframes: {uniform: {budget: 8}}
    teacher: beside
    evaluation: {teacherKL: true}
    checkpoint: {every: 3}
    stages:
      - {name: learn, method: opd-full, steps: 40, prompts: 4, group: 2, learningRate: 0.05}
    """.write(toFile: file, atomically: true, encoding: .utf8)
    let student = inProgram.replacingOccurrences(
      of: "{process: {", with: "{process: {teacher: '7', ")
    let run = folder + "/beside"
    let (status, said) = try opd(["train", file, student, "--out", run])
    #expect(status == 0, "\(said)")
    let lines = text(run + "/metrics.jsonl").split(separator: "\n")
    func values(_ name: String) -> [Double] {
      lines.compactMap { line in
        line.range(of: "\"\(name)\":").flatMap {
          Double(line[$0.upperBound...].prefix { !",}".contains($0) })
        }
      }
    }
    let distances = values("teacher_kl/reverse")
    #expect(distances.count == 40)
    let end = try #require(values("eval/teacher_kl").last)
    #expect(end < 0.5 * (distances.first ?? 0), "\(end), \(distances)")
    let own = try opd([
      "train", file, inProgram, "teacher={self: {evidence: allFrames}}", "stages.0.steps=2",
      "--out", folder + "/self",
    ])
    #expect(own.status == 0, "\(own.text)")
    let alone = try opd(["train", file, inProgram, "--out", folder + "/alone"])
    #expect(alone.status == 64 && alone.text.contains("a teacher beside it"), "\(alone.text)")
    let native = try opd(["train", file, "--out", folder + "/native"])
    #expect(native.status == 64 && native.text.contains("a teacher beside it"), "\(native.text)")
  }

  /// A folder with the tokenizer of a model that reads bytes, and a token that ends.
  private func byteTokenizer() throws -> String {
    let path = folder + "/tokenizer"
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    let printable = Set<UInt8>(33...126).union(161...172).union(174...255)
    var next: UInt32 = 256
    let entries = (0...255 as ClosedRange<UInt8>).map { byte in
      if !printable.contains(byte) { next += 1 }
      let scalar = printable.contains(byte) ? UInt32(byte) : next - 1
      return "\"\\u" + String(format: "%04x", scalar) + "\": \(byte)"
    }
    try """
    {"added_tokens": [{"id": 256, "content": "<end>", "single_word": false, "lstrip": false, "rstrip": false,
      "normalized": false, "special": true}],
     "normalizer": null, "post_processor": null, "decoder": {"type": "ByteLevel"},
     "pre_tokenizer": {"type": "ByteLevel", "add_prefix_space": false, "trim_offsets": true, "use_regex": true},
     "model": {"type": "BPE", "vocab": {\(entries.joined(separator: ", "))}, "merges": []}}
    """.write(toFile: path + "/tokenizer.json", atomically: true, encoding: .utf8)
    try #"{"eos_token_id": 256}"#.write(
      toFile: path + "/generation_config.json", atomically: true, encoding: .utf8)
    return path
  }

  @Test("reads and writes text where the model has a tokenizer", arguments: ["process", "tinker"])
  func language(_ kind: String) throws {
    let server = try TrainingServer(tokens: 257, "json")
    let text = "text: {tokenizer: '\(try byteTokenizer())', prompt: '{query}:'}"
    let program = Repository.path("Examples/python-student/table_student.py")
    let student =
      kind == "tinker"
      ? "{tinker: {url: 'http://127.0.0.1:\(server.port)', base: table, rank: 8, \(text)}}"
      : "{process: {command: [python3, '\(program)'], states: '\(folder)/states', \(text)}}"
    let file = folder + "/\(kind).yaml"
    try """
    data: {countdown: {numbers: 2, largest: 9, train: 16, dev: 4}}
    codec: {countdown: {maximumTokens: 6}}
    student: \(student)
    reward: quality
    stages:
      - {name: start, method: sft, steps: 2, prompts: 2}
      - {name: learn, method: grpo, steps: 2, prompts: 2, group: 2}
    """.write(toFile: file, atomically: true, encoding: .utf8)
    let run = "\(folder)/\(kind)"
    let (status, said) = try opd(["train", file, "--out", run])
    #expect(status == 0 && state(run), "\(said)")
    #expect(self.text(run + "/rollouts.jsonl").contains("\"words\":[\""))
    let plan = try opd(["student", "plan", file])
    #expect(plan.status == 0, "\(plan.text)")
    // Another tokenizer is another run.
    try #"{"eos_token_id": 10}"#.write(
      toFile: folder + "/tokenizer/generation_config.json", atomically: true, encoding: .utf8)
    let other = try opd(["train", file, "--out", run, "--resume"])
    #expect(other.status != 0, "\(other.text)")
  }

  private static let run = """
    name: killed
    data: {world: {videos: 8, devVideos: 2, queriesPerVideo: 2, frames: 24}}
    codec: timeTokens
    keyframes: {uniform: {budget: 8}}
    teacher: {oracle: {sharpness: 1}}
    evaluation: {every: 2}
    checkpoint: {every: 2}
    stages:
      - {name: warm-up, method: sft, steps: 3, prompts: 4}
      - {name: learn, method: opd, steps: 9, prompts: 4, group: 2, learningRate: 0.01}
    """

  /// Kills a run at moments given in lines of its metrics, goes on each time, and gives both ends.
  private func killed(_ student: String, at moments: [Int]) async throws -> (Data?, Data?) {
    let file = folder + "/run.yaml"
    try Self.run.write(toFile: file, atomically: true, encoding: .utf8)
    let (whole, broken) = (folder + "/whole", folder + "/broken")
    let first = try opd(["train", file, student, "--out", whole])
    #expect(first.status == 0, "\(first.text)")
    for lines in moments {
      let opd = try #require(BuiltProgram.opd)
      let process = try opd.start(
        ["train", file, student, "--out", broken, "--resume"], log: folder + "/killed.txt")
      while process.isRunning,
        text(broken + "/metrics.jsonl").split(separator: "\n").count < lines
      { try await Task.sleep(for: .milliseconds(2)) }
      kill(process.processIdentifier, SIGKILL)
      process.waitUntilExit()
    }
    let last = try opd(["train", file, student, "--out", broken, "--resume"])
    #expect(last.status == 0, "\(last.text)")
    return (
      FileManager.default.contents(atPath: whole + "/metrics.jsonl"),
      FileManager.default.contents(atPath: broken + "/metrics.jsonl")
    )
  }

  @Test("on a server ends with the same bytes when the controller is killed five times")
  func killedOnServer() async throws {
    let server = try await TrainingServer(frames: 24, "json")
    let (whole, broken) = try await killed(onServer(server), at: [1, 3, 6, 8, 11])
    #expect(whole != nil && whole == broken)
  }

  @Test("in a program ends with the same bytes when the controller is killed five times")
  func killedWithProgram() async throws {
    let (whole, broken) = try await killed(inProgram, at: [1, 3, 6, 8, 11])
    #expect(whole != nil && whole == broken)
  }

  @Test("is planned without being connected to")
  func plan() throws {
    let file = folder + "/run.yaml"
    try Self.run.write(toFile: file, atomically: true, encoding: .utf8)
    let student =
      "student={tinker: {url: 'http://127.0.0.1:9', base: table, weights: 1000, \(Self.prompts), "
      + "prices: {read: 1, sampled: 2, trained: 3}}}"
    let (status, said) = try opd(["student", "plan", file, student])
    #expect(status == 0, "\(said)")
    // 9 steps of 4 prompts with 2 answers, each prompt 9 tokens: the one that begins it and 8 frames.
    let row = said.split(separator: "\n").first { $0.hasPrefix("learn") }
    let cells = row?.split(separator: " ") ?? []
    try #require(cells.count == 9, "\(said)")
    #expect(cells[1] == "63" && cells[2] == "324", "\(said)")
    let refused = try opd(["student", "plan", file])
    #expect(refused.status == 64, "\(refused.text)")
  }

  @Test("that has no PyTorch says so in a sentence")
  func withoutTorch() throws {
    let file = folder + "/run.yaml"
    try Self.run.write(toFile: file, atomically: true, encoding: .utf8)
    // -S leaves out installed packages.
    let program = Repository.path("Examples/python-student/opd_student.py")
    let student = "student={process: {command: [python3, -S, -E, '\(program)'], base: tiny}}"
    let (status, said) = try opd(["train", file, student, "--out", folder + "/none"])
    #expect(status != 0)
    #expect(said.contains("is missing. Run this with a Python that has torch"), "\(said)")
  }
}
#endif
