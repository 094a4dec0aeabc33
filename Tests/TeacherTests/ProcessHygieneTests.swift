import Foundation
import Core
import Testing

@testable import Teacher

@Suite(
  "A program that is started and ended", .enabled(if: Programs.python))
struct ProcessHygieneTests {
  /// Runs Python text as a child until it ends, and returns its lines.
  private func lines(_ text: String) async throws -> [String] {
    let child = try ChildProcess(ProcessParameters(command: ["python3", "-c", text])) { _ in }
    return try await lines(of: child)
  }

  private func lines(of child: ChildProcess) async throws -> [String] {
    var found: [String] = []
    var ends = 0
    for await event in child.events {
      switch event {
      case .line(let line): found.append(String(decoding: line, as: UTF8.self))
      case .closed, .exited, .hushed: ends += 1
      }
      if ends == 3 { break }
    }
    return found
  }

  private var descriptors: Int {
    (try? FileManager.default.contentsOfDirectory(atPath: "/proc/self/fd").count) ?? 0
  }

  @Test(
    "leaves no descriptor behind", .enabled(if: FileManager.default.fileExists(atPath: "/proc")))
  func descriptorsAreClosed() async throws {
    _ = try await lines("print(1)")
    let before = descriptors
    for _ in 0..<20 { _ = try await lines("print(1)") }
    try await Task.sleep(for: .milliseconds(300))
    // Other tests run beside this one and open a few of their own; the leak was two a program.
    #expect(descriptors < before + 25, "\(before) before, \(descriptors) after")
  }

  @Test("hears of its own children's ends, and can be asked to end", .timeLimit(.minutes(1)))
  func signals() async throws {
    let blocked = "print([l for l in open('/proc/self/status') if l.startswith('SigBlk')][0])"
    #expect(try await lines(blocked).first?.hasSuffix("0000000000000000") == true)
    let waiting = ["sh", "-c", "true & wait $!; echo heard"]
    let child = try ChildProcess(ProcessParameters(command: waiting)) { _ in }
    #expect(try await lines(of: child) == ["heard"])
  }

  @Test("takes what it started with it, be it ended or ending by itself", arguments: [true, false])
  func grandchildren(isKilled: Bool) async throws {
    let end = isKilled ? "time.sleep(60)" : "sys.exit(0)"
    let text =
      "import subprocess,sys,time; p=subprocess.Popen(['sleep','60']); "
      + "print(p.pid,flush=True); \(end)"
    let child = try ChildProcess(ProcessParameters(command: ["python3", "-c", text])) { _ in }
    var grandchild: Int32?
    for await event in child.events {
      if case .line(let line) = event { grandchild = Int32(String(decoding: line, as: UTF8.self)) }
      break
    }
    if isKilled { child.kill() }
    let pid = try #require(grandchild)
    var lives = true
    for _ in 0..<100 where lives {
      try await Task.sleep(for: .milliseconds(50))
      let state = (try? String(contentsOfFile: "/proc/\(pid)/stat", encoding: .utf8)) ?? ""
      lives = !state.isEmpty && !state.contains(") Z ")
    }
    #expect(!lives)
  }

  @Test("cannot fill the memory with a line that never ends")
  func bounded() {
    var splitter = LineSplitter(limit: 100)
    var pieces: [Data] = []
    for _ in 0..<50 { pieces += splitter.append(Data(repeating: 65, count: 30)) }
    #expect(splitter.remainder.count <= 100)
    #expect(pieces.allSatisfy { $0.count > 100 && $0.count <= 130 })
    #expect(splitter.append(Data("\nab\n".utf8)).last == Data("ab".utf8))
  }

  @Test("is not waited for without end")
  func ranges() {
    let changes: [(inout ProcessParameters) -> Void] = [
      { $0.answerSeconds = .infinity }, { $0.answerSeconds = .nan },
      { $0.startSeconds = .infinity },
      { $0.startSeconds = 1e300 }, { $0.backoffSeconds = 1e300 }, { $0.attempts = .max },
      { $0.inFlight = .max }, { $0.batch = .max },
    ]
    for change in changes {
      var parameters = ProcessParameters(command: ["true"])
      change(&parameters)
      #expect(throws: TeacherError.self) { try parameters.validate() }
    }
  }
}
