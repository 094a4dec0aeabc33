import Foundation
import Testing

@Suite("A sweep on a cluster that is a shell", .enabled(if: BuiltProgram.opd != nil))
struct LauncherCommandTests {
  private static let sweep = """
    name: launched
    seeds: 2
    engine: {command: "exec {worker}", count: 2}
    base:
      data: {world: {videos: 6, devVideos: 2, queriesPerVideo: 2, frames: 10, difficulty: easy}}
      student: {decoder: {layers: 1, width: 16, heads: 2, keyValueHeads: 1, hidden: 32}}
      teacher: oracle
      evaluation: {every: 2}
      checkpoint: {every: 1}
    cases:
      sft: {stages: [{method: sft, steps: 6, prompts: 3}]}
      grpo: {stages: [{method: grpo, steps: 6, prompts: 2, group: 3}]}
    """
  private static let runs = ["sft/seed-0", "sft/seed-1", "grpo/seed-0", "grpo/seed-1"]

  private let scratch = FileManager.default.temporaryDirectory.path + "/opd-\(UUID().uuidString)"
  private var file: String { scratch + "/sweep.yaml" }

  /// Writes the sweep, calls the program, and returns its status with what it said.
  private func sweep(_ arguments: [String]) throws -> (status: Int32, output: String) {
    try FileManager.default.createDirectory(atPath: scratch, withIntermediateDirectories: true)
    try Self.sweep.write(toFile: file, atomically: true, encoding: .utf8)
    let log = scratch + "/log.txt"
    let process = try #require(BuiltProgram.opd).start(["sweep", file] + arguments, log: log)
    process.waitUntilExit()
    return (process.terminationStatus, try String(contentsOfFile: log, encoding: .utf8))
  }

  @Test("leaves the bytes of a sweep without one, killed and resumed")
  func bytes() async throws {
    defer { try? FileManager.default.removeItem(atPath: scratch) }
    let (local, launched) = (scratch + "/local", scratch + "/launched")
    #expect(try sweep(["--out", local, "--engine", "local", "--quiet"]).status == 0)
    let opd = try #require(BuiltProgram.opd)
    let first = try opd.start(["sweep", file, "--out", launched], log: scratch + "/first.txt")
    let begun = launched + "/sft/seed-0/metrics.jsonl"
    while first.isRunning, !FileManager.default.fileExists(atPath: begun) {
      try await Task.sleep(for: .milliseconds(20))
    }
    BuiltProgram.killAll(mentioning: launched)
    first.waitUntilExit()
    let (status, output) = try sweep(["--out", launched])
    #expect(status == 0 && output.hasSuffix("Started: 2 workers\n"), "\(output)")
    for run in Self.runs {
      for name in ["metrics.jsonl", "evaluation.jsonl"] {
        let whole = FileManager.default.contents(atPath: "\(local)/\(run)/\(name)")
        #expect(whole != nil)
        #expect(
          FileManager.default.contents(atPath: "\(launched)/\(run)/\(name)") == whole,
          "\(run)/\(name)")
      }
    }
  }

  @Test("can be written without being started, and says what it lacks")
  func exported() throws {
    defer { try? FileManager.default.removeItem(atPath: scratch) }
    let out = scratch + "/written"
    let (status, output) = try sweep(["--out", out, "--export", "--cores", "3"])
    #expect(status == 0 && output.hasSuffix("Written: \(out)/launch.sh\n"))
    let script = try String(contentsOfFile: out + "/launch.sh", encoding: .utf8)
    #expect(script.contains("sweep \(out) --worker --cores 3"))
    #expect(!FileManager.default.fileExists(atPath: out + "/sft/seed-0/metrics.jsonl"))
    let many = try sweep(["--out", out, "--jobs", "4"])
    #expect(many.status == 64 && many.output.contains("engine.count"))
    let folder = try #require(BuiltProgram.opd)
      .start(["sweep", out, "--engine", "command"], log: scratch + "/folder.txt")
    folder.waitUntilExit()
    #expect(folder.terminationStatus == 64)
  }
}
