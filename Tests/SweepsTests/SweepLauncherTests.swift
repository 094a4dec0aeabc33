import Core
import Foundation
import Plugins
import Programs
import Testing

@testable import Sweeps

@Suite("The launcher of a sweep")
struct SweepLauncherTests {
  private func launcher(_ yaml: String, _ arguments: [String] = []) throws -> SweepLauncher? {
    let file = FileManager.default.temporaryDirectory.path + "/launcher-\(UUID().uuidString).yaml"
    defer { try? FileManager.default.removeItem(atPath: file) }
    try "base: {a: 1}\n\(yaml)\n".write(toFile: file, atomically: true, encoding: .utf8)
    return try SweepFile(file, arguments: arguments).launcher
  }

  /// What a script says and ends with.
  private func run(_ script: String) async throws -> (output: String, end: ProgramEnd) {
    let said = try await ChildProgram("/bin/sh", ["-c", "{ \(script)\n} 2>&1"]).read()
    return (said.text, said.end)
  }

  @Test("is read from the sweep's file, and changed by arguments")
  func reads() throws {
    #expect(try launcher("") == nil)
    let one = try #require(try launcher("engine: {command: 'sh -c \"{worker}\"'}"))
    #expect(one.count == 1)
    let more = try launcher("engine: {command: '{worker}', count: 2}", ["engine.count=7"])
    #expect(more?.count == 7 && more?.command == "{worker}")
  }

  @Test("starts every worker once, whatever is in its path, with its number")
  func starts() async throws {
    let launcher = try #require(
      try launcher("engine: {command: 'echo \"<{number}>\" {worker}', count: 3}"))
    let worker = ["echo", "/it's $HOME/50% \"x\"", "--worker"]
    let (output, end) = try await run(launcher.script(for: worker))
    let lines = output.split(separator: "\n").map(String.init)
    #expect(
      lines.dropLast().sorted()
        == (0..<3).map { "<\($0)> echo /it's $HOME/50% \"x\" --worker" })
    #expect(lines.last == "Started: 3 workers")
    #expect(end == .status(0))
  }

  @Test("says how many commands failed, and fails")
  func failure() async throws {
    let launcher = try #require(
      try launcher("engine: {command: 'test {number} -eq 1 # {worker}', count: 3}"))
    let (output, end) = try await run(launcher.script(for: ["opd"]))
    #expect(
      output
        == "2 of 3 commands failed. Run the same command again to start workers for what is left.\n"
    )
    #expect(end == .status(1))
  }

  @Test("refuses a command that starts no worker, and a number of them that makes no sense")
  func refusals() {
    let error = #expect(throws: SweepError.self) {
      try launcher("engine: {command: 'ray job submit', count: 2}")
    }
    #expect(error?.happened.hasSuffix("the engine's command does not say {worker}.") == true)
    #expect(error?.exitStatus == .usage)
    for count in ["0", "-1", "1025", "many"] {
      #expect(throws: ConfigurationError.self) {
        try launcher("engine: {command: '{worker}', count: \(count)}")
      }
    }
  }
}
