import Foundation
import Testing

@testable import Programs

private let hasPython = ChildProgram.path(of: "python3") != nil

@Suite("A program that is talked with", .enabled(if: hasPython, "python3 is not installed"))
struct LineProgramTests {
  /// Runs Python text as a child until it ends, and returns its lines.
  private func lines(_ text: String) async throws -> [String] {
    try await lines(of: start(["python3", "-c", text]))
  }

  private func start(_ command: [String]) async throws -> LineProgram {
    try await LineProgram.start(
      ChildProgram(command[0], Array(command.dropFirst()))
    ) { _ in }
  }

  private func lines(of child: LineProgram) async throws -> [String] {
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
    #expect(try await lines(of: start(waiting)) == ["heard"])
  }

  @Test("takes what it started with it, be it ended or ending by itself", arguments: [true, false])
  func grandchildren(isKilled: Bool) async throws {
    let end = isKilled ? "time.sleep(60)" : "sys.exit(0)"
    let text =
      "import subprocess,sys,time; p=subprocess.Popen(['sleep','60']); "
      + "print(p.pid,flush=True); \(end)"
    let child = try await start(["python3", "-c", text])
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

  @Test("hears what is said to it, line by line, and its end is told")
  func conversation() async throws {
    let child = try await start(["python3", "-uc", "for l in iter(input, 'end'): print(l * 2)"])
    child.write(Data("ab\n".utf8))
    child.write(Data("c\nend\n".utf8))
    var said: [String] = []
    for await event in child.events {
      switch event {
      case .line(let line): said.append(String(decoding: line, as: UTF8.self))
      case .exited(let how):
        #expect(how == "ended with status 0")
        #expect(said == ["abab", "cc"])
        return
      case .closed, .hushed: break
      }
    }
  }

  @Test("may die in the middle of what it is told, and takes nobody with it")
  func deaf() async throws {
    let child = try await start(["sh", "-c", "exec 0<&-; sleep 0.2; kill -9 $$"])
    child.write(Data(repeating: 65, count: 1 << 20))
    for await event in child.events {
      guard case .exited(let how) = event else { continue }
      #expect(how == "was ended by signal 9")
      return
    }
  }
}
