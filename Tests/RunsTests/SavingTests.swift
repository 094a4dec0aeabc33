import Core
import Foundation
import Plugins
import Records
import Synchronization
import Testing

@testable import Runs

@Suite("The state of a run")
struct SavingTests {
  let folder = TemporaryFolder()
  let stages = """
        - {name: warm-up, method: sft, steps: 4, prompts: 3}
        - {method: opd, steps: 5, prompts: 3}
    """
  static let results = [
    "metrics.jsonl", "selection.jsonl", "rollouts.jsonl", "evaluation.jsonl", "stages.jsonl",
    "checkpoints/step-000009.h5",
  ]

  private func path(_ run: String) -> String { "\(folder.path)/\(run)" }

  /// The run, with changes to how it is saved.
  private func value(_ changes: [String] = []) throws -> ConfigurationValue {
    try changes.reduce(MortalRun(stages: stages).value) { value, change in
      try ConfigurationOverride(change).applied(to: value)
    }
  }

  /// Carries a run out; it is asked to end when its reports have said so many steps.
  private func carryOut(
    _ run: String, _ changes: [String] = [], resume: Bool = false, endAfter steps: Int = .max,
    acceptsOtherBuilds: Bool = false, report: @escaping @Sendable (String) -> Void = { _ in }
  ) async throws {
    let reported = Counter()
    var executor = try RunExecutor(MortalRun(stages: stages).laboratory()) { news in
      if case .step = news { reported.add() }
      report(news.text)
    }
    executor.interruption = Interruption { reported.count >= steps ? 15 : nil }
    executor.acceptsOtherBuilds = acceptsOtherBuilds
    _ = try await executor.run(value(changes), in: path(run), resume: resume)
  }

  private func expectSame(_ run: String, as whole: String) {
    for name in Self.results {
      #expect(!folder.bytes(whole, name).isEmpty, "\(name)")
      #expect(folder.bytes(run, name) == folder.bytes(whole, name), "\(run)/\(name)")
    }
  }

  private func change(_ file: String, _ body: (inout Data) -> Void) throws {
    let url = URL(filePath: path(file))
    var data = try Data(contentsOf: url)
    body(&data)
    try data.write(to: url)
  }

  private func saved(_ run: String) throws -> [String] {
    try FileManager.default.contentsOfDirectory(atPath: path(run) + "/checkpoints").sorted()
  }

  @Test("is saved when it is asked to end, says so, and goes on from that step to the same bytes")
  func interruption() async throws {
    let never = ["checkpoint.every=0", "checkpoint.minutes=0"]
    try await carryOut("whole", never)
    for steps in [1, 3, 6, 8] {
      let run = "ended-\(steps)"
      await #expect(throws: RunInterruption(path: path(run), signal: 15, step: steps)) {
        try await carryOut(run, never, endAfter: steps)
      }
      #expect(RunDirectory(path(run)).status?.state == .interrupted)
      let lines = Mutex<[String]>([])
      try await carryOut(run, never, resume: true) { line in lines.withLock { $0.append(line) } }
      #expect(lines.withLock { $0.first } == "going on after step \(steps)")
      expectSame(run, as: "whole")
    }
    let error = RunInterruption(path: "runs/x", signal: 2, step: 7)
    #expect(error.exitStatus.rawValue == 130)
    #expect(
      "\(error)" == "The run in 'runs/x' was interrupted and saved after step 7. "
        + "Go on with `opd train runs/x/config.yaml --out runs/x --resume`.")
  }

  @Test("is saved by time, keeps two states on the way and the last at the end, to the same bytes")
  func minutes() async throws {
    try await carryOut("whole", ["checkpoint.every=0", "checkpoint.minutes=0"])
    await #expect(throws: RunInterruption.self) {
      try await carryOut("timed", ["checkpoint.every=0", "checkpoint.minutes=1e-9"], endAfter: 3)
    }
    #expect(
      try saved("timed") == [
        "step-000002.h5", "step-000002.timing.json", "step-000003.h5", "step-000003.timing.json",
      ])
    // How often is saved and looked at is no part of what the run is.
    try await carryOut("timed", ["checkpoint.minutes=7"], resume: true)
    expectSame("timed", as: "whole")
    #expect(try saved("timed") == ["step-000009.h5", "step-000009.timing.json"])
    #expect(RunConfiguration().checkpoint.minutes == 5)
  }

  @Test(
    "that is damaged in one byte, or counts on lines that are lost, is passed over for the one before"
  )
  func fallsBack() async throws {
    try await carryOut("whole", ["checkpoint.every=1"])
    let damages: [(String, String, (inout Data) -> Void)] = [
      ("checkpoints/step-000007.h5", "not those that were written", { $0[$0.count / 2] ^= 1 }),
      ("metrics.jsonl", "bytes of metrics.jsonl", { $0.removeLast(40) }),
      ("checkpoints/step-000007.timing.json", "cannot be used", { $0 = $0.prefix(20) }),
    ]
    for (number, damage) in damages.enumerated() {
      let run = "damaged-\(number)"
      try? await carryOut(run, ["checkpoint.every=1"], endAfter: 7)
      try change("\(run)/\(damage.0)", damage.2)
      try await carryOut(run, ["checkpoint.every=1"], resume: true)
      let log = String(decoding: folder.bytes(run, "log.txt"), as: UTF8.self)
      #expect(log.contains("step-000007.h5"), "\(log)")
      #expect(log.contains(damage.1), "\(log)")
      expectSame(run, as: "whole")
    }
  }

  @Test("says whose run it is where the status is lost, so that no other is written over it")
  func lostStatus() async throws {
    try await carryOut("whole")
    try? await carryOut("lost", endAfter: 7)
    try FileManager.default.removeItem(atPath: path("lost/status.json"))
    await #expect(throws: RunError.alreadyThere(path: path("lost"), isDone: false)) {
      try await carryOut("lost")
    }
    await #expect(throws: RunError.otherRun(path: path("lost"))) {
      try await carryOut("lost", ["seed=1"], resume: true)
    }
    try await carryOut("lost", resume: true)
    expectSame("lost", as: "whole")
    try Data().write(to: URL(filePath: path("lost/status.json")))
    try FileManager.default.removeItem(atPath: path("lost/checkpoints"))
    await #expect(throws: RunError.lostStatus(path: path("lost"))) {
      try await carryOut("lost", resume: true)
    }
    expectLogs("lost", as: "whole")
  }

  private func expectLogs(_ run: String, as whole: String) {
    #expect(folder.bytes(run, "metrics.jsonl") == folder.bytes(whole, "metrics.jsonl"))
  }

  @Test("of another build of the program is left alone, finished or not, unless it is accepted")
  func builds() async throws {
    try await carryOut("run")
    let own = try #require(RunDirectory(path("run")).status?.builds?.first)
    #expect(own == Program.build && own.hasPrefix("0.1.0+"))
    try change("run/status.json") { data in
      let text = String(decoding: data, as: UTF8.self).replacing(own, with: "0.1.0+abc")
      data = Data(text.utf8)
    }
    let error = RunError.otherBuild(path: path("run"), was: "0.1.0+abc", now: own)
    await #expect(throws: error) { try await carryOut("run", resume: true) }
    #expect(error.description.contains("--accept-build") && error.exitStatus == .usage)
    try await carryOut("run", resume: true, acceptsOtherBuilds: true)
    for name in Self.results {
      #expect(!String(decoding: folder.bytes("run", name), as: UTF8.self).contains(own), "\(name)")
    }
  }

  @Test("is held by one at a time, and what killed writers left is removed")
  func held() async throws {
    try? await carryOut("run", endAfter: 2)
    let lease = try #require(try RunLease.take(path("run")) { true })
    await #expect(throws: RunError.self) { try await carryOut("run", resume: true) }
    lease.release()
    let left = ["/.status.json.77.abc.tmp", "/checkpoints/.step-000001.h5.77.abc.tmp"]
    for name in left { try Data("x".utf8).write(to: URL(filePath: path("run") + name)) }
    try await carryOut("run", resume: true)
    for name in left + ["/lease.json", "/lease.lock"] {
      #expect(!FileManager.default.fileExists(atPath: path("run") + name), "\(name)")
    }
  }
}

/// A number that grows.
private final class Counter: Sendable {
  private let number = Mutex(0)

  var count: Int { number.withLock { $0 } }

  func add() { number.withLock { $0 += 1 } }
}
