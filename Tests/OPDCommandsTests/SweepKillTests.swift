import Foundation
import Testing

/// The `opd` program beside the tests, as a user runs it.
struct BuiltProgram {
  let path: String

  /// `nil` where it was not built.
  static let opd: BuiltProgram? = {
    let folder = URL(filePath: "/proc/self/exe").resolvingSymlinksInPath()
      .deletingLastPathComponent()
    let path = folder.appending(path: "opd").path
    return FileManager.default.isExecutableFile(atPath: path) ? BuiltProgram(path: path) : nil
  }()

  /// Starts it; what it says goes to `log`.
  func start(_ arguments: [String], log: String) throws -> Process {
    let process = Process()
    process.executableURL = URL(filePath: path)
    process.arguments = arguments
    _ = FileManager.default.createFile(atPath: log, contents: nil)
    let handle = try FileHandle(forWritingTo: URL(filePath: log))
    process.standardOutput = handle
    process.standardError = handle
    process.standardInput = FileHandle.nullDevice
    try process.run()
    return process
  }

  /// Kills every process with `text` in its command line, as a power cut would.
  static func killAll(mentioning text: String) {
    let names = (try? FileManager.default.contentsOfDirectory(atPath: "/proc")) ?? []
    for process in names.compactMap({ Int32($0) }) where process != getpid() {
      guard let line = FileManager.default.contents(atPath: "/proc/\(process)/cmdline"),
        String(decoding: line, as: UTF8.self).contains(text)
      else { continue }
      kill(process, SIGKILL)
    }
  }
}

@Suite("A sweep of 60 runs on two workers", .enabled(if: BuiltProgram.opd != nil))
struct SweepKillTests {
  static let sweep = """
    name: killed
    seeds: 15
    base:
      data: {world: {videos: 6, devVideos: 2, queriesPerVideo: 2, frames: 10, difficulty: easy}}
      student: {decoder: {layers: 1, width: 16, heads: 2, keyValueHeads: 1, hidden: 32}}
      keyframes: {selector: tad, budget: 4}
      teacher: oracle
      evaluation: {every: 2}
      checkpoint: {every: 1}
    cases:
      base: {stages: []}
      sft: {stages: [{method: sft, steps: 4, prompts: 3}]}
      grpo: {stages: [{method: grpo, steps: 4, prompts: 2, group: 3}]}
      opd:
        stages:
          - method: opd
            steps: 4
            prompts: 3
            curriculum: {tvdf: {theta: 0.1, k: 1, budget: 4, every: 6}}
    """

  /// What every run leaves that must not depend on how it came about.
  static let results = [
    "config.yaml", "metrics.jsonl", "evaluation.jsonl", "selection.jsonl", "rollouts.jsonl",
    "events.out.tfevents.0.opd",
    "checkpoints/step-000004.h5",
  ]

  @Test("killed five times at any moment ends as if nothing had happened, each run done once")
  func killedAndResumed() async throws {
    let opd = try #require(BuiltProgram.opd)
    let scratch = FileManager.default.temporaryDirectory.path + "/opd-\(UUID().uuidString)"
    try FileManager.default.createDirectory(atPath: scratch, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(atPath: scratch) }
    let file = scratch + "/sweep.yaml"
    try Self.sweep.write(toFile: file, atomically: true, encoding: .utf8)
    func arguments(_ folder: String) -> [String] {
      ["sweep", file, "--out", folder, "--jobs", "2", "--quiet"]
    }

    let whole = scratch + "/whole"
    let began = Date()
    let first = try opd.start(arguments(whole), log: scratch + "/whole.txt")
    first.waitUntilExit()
    #expect(first.terminationStatus == 0)
    let duration = Date().timeIntervalSince(began)

    // Moments spread over the time that the whole took, a little different in every run of this test.
    let killed = scratch + "/killed"
    for kill in 0..<5 {
      let process = try opd.start(arguments(killed), log: scratch + "/killed-\(kill).txt")
      try await Task.sleep(for: .seconds(duration * Double.random(in: 0.05...0.25)))
      BuiltProgram.killAll(mentioning: killed)
      process.waitUntilExit()
    }
    let last = try opd.start(arguments(killed), log: scratch + "/last.txt")
    last.waitUntilExit()
    #expect(last.terminationStatus == 0)

    let runs = ["base", "sft", "grpo", "opd"].flatMap { arm in (0..<15).map { "\(arm)/seed-\($0)" }
    }
    for run in runs {
      for name in Self.results {
        let expected = FileManager.default.contents(atPath: "\(whole)/\(run)/\(name)")
        let found = FileManager.default.contents(atPath: "\(killed)/\(run)/\(name)")
        #expect(found == expected, "\(run)/\(name)")
      }
      let status = try #require(
        FileManager.default.contents(atPath: "\(killed)/\(run)/status.json"))
      #expect(String(decoding: status, as: UTF8.self).contains("\"state\":\"done\""), "\(run)")
    }

    // Nothing is left to do, and doing nothing changes nothing.
    let metrics = "\(killed)/opd/seed-3/metrics.jsonl"
    let before =
      try FileManager.default.attributesOfItem(atPath: metrics)[.modificationDate] as? Date
    let again = try opd.start(arguments(killed), log: scratch + "/again.txt")
    again.waitUntilExit()
    #expect(again.terminationStatus == 0)
    let after =
      try FileManager.default.attributesOfItem(atPath: metrics)[.modificationDate] as? Date
    #expect(before == after)
  }
}
