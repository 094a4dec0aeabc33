import Foundation
import Testing

@testable import Programs

@Suite("A program that is run for what it writes")
struct ChildProgramTests {
  private func shell(
    _ text: String, folder: String? = nil, environment: [String: String] = [:]
  ) throws -> ChildProgram {
    try ChildProgram("sh", ["-c", text], folder: folder, environment: environment)
  }

  @Test("says all it wrote, its last complaint and how it ended")
  func read() async throws {
    let said = try await shell("echo one; echo two; echo no >&2; echo last >&2; exit 3").read()
    #expect(said.text == "one\ntwo\n" && said.lastError == "last" && said.end == .status(3))
    #expect(!said.end.isSuccess && said.end.inWords == "ended with status 3")
    let killed = try await shell("kill -9 $$").read()
    #expect(killed.end == .signal(9) && killed.end.inWords == "was ended by signal 9")
  }

  @Test("reads nothing, begins with no signal blocked, in its folder and with its variables")
  func surroundings() async throws {
    let folder = FileManager.default.temporaryDirectory.resolvingSymlinksInPath().path
    let said = try await shell(
      "cat; pwd; echo $OPD_TEST_TOLD; echo $HOME; grep SigBlk /proc/self/status", folder: folder,
      environment: ["OPD_TEST_TOLD": "yes"]
    ).read()
    let lines = said.text.split(separator: "\n", omittingEmptySubsequences: false)
    #expect(lines.first.map(String.init) == folder && lines[1] == "yes")
    #expect(lines[2] == ProcessInfo.processInfo.environment["HOME"] ?? "")
    #expect(lines[3].hasSuffix("0000000000000000"))
  }

  @Test("fills neither pipe, however much it writes to both")
  func both() async throws {
    let text = "for i in $(seq 20000); do echo $i; echo complaint $i >&2; done"
    let said = try await shell(text).read()
    #expect(said.text.split(separator: "\n").count == 20_000)
    #expect(said.lastError == "complaint 20000")
  }

  @Test("hands out bytes as they are asked for, and none of a piece that is not whole")
  func exactly() async throws {
    var pieces: [[UInt8]] = []
    let end = try await shell("printf abcdefgh").run(
      output: { output in
        while let piece = try await output.exactly(3) { pieces.append(piece) }
      }, errorLine: { _ in })
    #expect(pieces == [Array("abc".utf8), Array("def".utf8)] && end.isSuccess)
  }

  @Test("is killed where whoever reads it gives up", .timeLimit(.minutes(1)))
  func givenUp() async throws {
    struct Enough: Error {}
    let endless = try shell("while true; do echo x; done")
    await #expect(throws: Enough.self) {
      _ = try await endless.run(
        output: { output in
          _ = try await output.next()
          throw Enough()
        }, errorLine: { _ in })
    }
  }

  @Test("is asked to end, and killed where it does not hear", .timeLimit(.minutes(1)))
  func asked() async throws {
    func end(_ trap: String, patience: Duration) async throws -> (ProgramEnd, String) {
      let path = FileManager.default.temporaryDirectory.path + "/asked-\(UUID().uuidString)"
      #expect(FileManager.default.createFile(atPath: path, contents: nil))
      defer { try? FileManager.default.removeItem(atPath: path) }
      var said: Data { FileManager.default.contents(atPath: path) ?? Data() }
      let log = try #require(FileHandle(forWritingAtPath: path))
      defer { try? log.close() }
      let program = try shell("trap '\(trap)' TERM; echo ready; while true; do sleep 0.02; done")
      let end = try await program.run(into: log, patience: patience) {
        !said.starts(with: Data("ready".utf8))
      }
      return (end, String(decoding: said, as: UTF8.self))
    }
    let polite = try await end("echo saved; exit 143", patience: .seconds(60))
    #expect(polite.0 == .status(143) && polite.1.contains("saved"))
    let deaf = try await end("", patience: .milliseconds(100))
    #expect(deaf.0 == .signal(9))
  }

  @Test("that nobody has, or that may not be run, is a sentence")
  func missing() throws {
    let nobody = #expect(throws: ProgramError.self) { try ChildProgram("program-of-nobody") }
    #expect(
      nobody?.happened == "The program 'program-of-nobody' cannot be started: "
        + "PATH has no 'program-of-nobody'.")
    let folder = #expect(throws: ProgramError.self) { try ChildProgram("/etc/passwd") }
    #expect(folder?.reason == "there is no such program")
  }

  @Test("that the system does not start says why")
  func unstartable() async throws {
    let path = FileManager.default.temporaryDirectory.path + "/script-\(UUID().uuidString)"
    defer { try? FileManager.default.removeItem(atPath: path) }
    try "#!/no/such/interpreter\n".write(toFile: path, atomically: true, encoding: .utf8)
    try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: path)
    let error = await #expect(throws: ProgramError.self) { try await ChildProgram(path).read() }
    guard case .unstartable(path, _) = error else { return #expect(Bool(false), "\(error as Any)") }
    await #expect(throws: ProgramError.self) {
      try await LineProgram.start(ChildProgram(path)) { _ in }
    }
  }
}
