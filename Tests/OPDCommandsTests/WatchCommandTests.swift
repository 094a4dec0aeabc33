#if Serve
import Foundation
import Testing

/// A sweep of two runs that would take hours, and a page that watches it; both end with this value.
private final class WatchedSweep: Sendable {
  struct DidNotStart: Error {
    var said: String
  }

  static let sweep = """
    name: watched
    seeds: 2
    base:
      data: {world: {videos: 6, devVideos: 2, queriesPerVideo: 2, frames: 10, difficulty: easy}}
      student: {decoder: {layers: 1, width: 16, heads: 2, keyValueHeads: 1, hidden: 32}}
      keyframes: {selector: tad, budget: 4}
      evaluation: {every: 1000}
      checkpoint: {every: 1000}
    cases:
      sft: {stages: [{method: sft, steps: 1000000, prompts: 3}]}
    """

  let folder: String
  let address: String
  private let sweep: Process
  private let watcher: Process

  init() async throws {
    let opd = try #require(BuiltProgram.opd)
    let scratch = FileManager.default.temporaryDirectory.path + "/watch-\(UUID().uuidString)"
    folder = scratch + "/watched"
    try FileManager.default.createDirectory(atPath: scratch, withIntermediateDirectories: true)
    try Self.sweep.write(toFile: scratch + "/sweep.yaml", atomically: true, encoding: .utf8)
    sweep = try opd.start(
      ["sweep", scratch + "/sweep.yaml", "--out", folder, "--jobs", "2", "--quiet"],
      log: scratch + "/sweep.txt")
    let log = scratch + "/watch.txt"
    watcher = try opd.start(["report", folder, "--watch"], log: log)
    var said = ""
    while watcher.isRunning, !said.contains("\n") {
      try await Task.sleep(for: .milliseconds(20))
      said = String(decoding: FileManager.default.contents(atPath: log) ?? Data(), as: UTF8.self)
    }
    address = said.trimmingCharacters(in: .whitespacesAndNewlines)
    guard address.hasPrefix("http://127.0.0.1:") else { throw DidNotStart(said: said) }
    for seed in 0...1 { while steps(seed) < 3 { try await Task.sleep(for: .milliseconds(50)) } }
  }

  deinit {
    kill(watcher.processIdentifier, SIGKILL)
    kill(sweep.processIdentifier, SIGTERM)
    sweep.waitUntilExit()
    try? FileManager.default.removeItem(atPath: folder + "/..")
  }

  var isSweeping: Bool { sweep.isRunning }

  func run(_ seed: Int) -> String { folder + "/sft/seed-\(seed)" }

  func steps(_ seed: Int) -> Int {
    let data = FileManager.default.contents(atPath: run(seed) + "/metrics.jsonl") ?? Data()
    return data.count { $0 == UInt8(ascii: "\n") }
  }

  func state(_ seed: Int) -> String {
    let data = FileManager.default.contents(atPath: run(seed) + "/status.json") ?? Data()
    let object = try? JSONSerialization.jsonObject(with: data) as? [String: Any]
    return object?["state"] as? String ?? ""
  }

  /// Waits until a run is in a state.
  func reach(_ wanted: String, _ seed: Int) async throws {
    while state(seed) != wanted { try await Task.sleep(for: .milliseconds(50)) }
  }

  /// What a program says to somebody who waits for it.
  static func said(_ program: String, _ arguments: [String]) throws -> String {
    let (process, pipe) = (Process(), Pipe())
    process.executableURL = URL(filePath: "/usr/bin/env")
    process.arguments = [program] + arguments
    process.standardOutput = pipe
    process.standardError = FileHandle.nullDevice
    try process.run()
    return String(decoding: pipe.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
  }

  static func has(_ program: String) -> Bool {
    (ProcessInfo.processInfo.environment["PATH"] ?? "").split(separator: ":")
      .contains { FileManager.default.isExecutableFile(atPath: "\($0)/\(program)") }
  }
}

@Suite(
  "A sweep that is watched", .serialized, .enabled(if: BuiltProgram.opd != nil, "needs opd"),
  .timeLimit(.minutes(5)))
struct WatchCommandTests {
  static let client = URL(filePath: #filePath).deletingLastPathComponent()
    .deletingLastPathComponent().appending(path: "Programs/watch_client.py").path

  @Test(
    "stops one run for its own page alone, which saves; the other and the sweep go on",
    .enabled(if: WatchedSweep.has("python3"), "needs python3"))
  func stop() async throws {
    let watched = try await WatchedSweep()
    let stranger = FileManager.default.temporaryDirectory.path
    let said = try WatchedSweep.said(
      "python3", [Self.client, watched.address, watched.run(0), stranger])
    #expect(
      said == """
        page: 200 board
        board: 200 board
        no token: 404 no board
        wrong token: 404 no board
        other name: 403 no board
        stop without origin: 403 no board
        stop from elsewhere: 403 no board
        stop by reading: 404 no board
        stop a stranger: 404 no board
        stop: 200 board

        """)
    try await watched.reach("interrupted", 0)
    let made = watched.steps(1)
    while watched.steps(1) < made + 2 { try await Task.sleep(for: .milliseconds(50)) }
    #expect(watched.state(1) == "running" && watched.isSweeping)
    let saved = try FileManager.default.contentsOfDirectory(
      atPath: watched.run(0) + "/checkpoints")
    #expect(!saved.isEmpty)
  }

  @Test("can stop by the command line, too")
  func command() async throws {
    let watched = try await WatchedSweep()
    let opd = try #require(BuiltProgram.opd)
    let said = try WatchedSweep.said(opd.path, ["runs", watched.run(1), "--stop"])
    #expect(said.contains("Asked 1 of 1 runs to save and end."))
    try await watched.reach("interrupted", 1)
    #expect(watched.state(0) == "running")
    let again = try WatchedSweep.said(opd.path, ["runs", watched.run(1), "--stop"])
    #expect(again.contains("Asked 0 of 1 runs to save and end."))
  }

  @Test(
    "is a page that shows new steps by itself",
    .enabled(if: WatchedSweep.has("chromium"), "needs chromium"))
  func page() async throws {
    let watched = try await WatchedSweep()
    let before = watched.steps(0)
    let profile = watched.folder + "-profile"
    defer { try? FileManager.default.removeItem(atPath: profile) }
    // The page's clock runs ahead of ours: seconds of it are two questions or three.
    let dom = try WatchedSweep.said(
      "chromium",
      [
        "--headless", "--no-sandbox", "--disable-gpu", "--user-data-dir=\(profile)",
        "--virtual-time-budget=7000", "--dump-dom", watched.address,
      ])
    #expect(dom.contains("data-stop=\"\(watched.run(0))\""), "\(dom.prefix(2000))")
    #expect(dom.contains("<b>0</b> of 2 runs done · about"))
    let shown = dom.matches(of: /(\d+) of 1000000/).compactMap { Int($0.1) }
    #expect(shown.count == 2 && shown.allSatisfy { $0 >= 2 } && (shown.max() ?? 0) >= before - 1)
    #expect(!dom.contains("class=\"gone\""))
  }
}
#endif
