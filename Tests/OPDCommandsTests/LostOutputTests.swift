import Foundation
import Testing

@Suite("A command whose output cannot be written")
struct LostOutputTests {
  static let program = URL(filePath: "/proc/self/exe").resolvingSymlinksInPath()
    .deletingLastPathComponent().appending(path: "opd")

  @Test(
    "does not end with status 0",
    .enabled(
      if: FileManager.default.isExecutableFile(atPath: program.path)
        && FileManager.default.fileExists(atPath: "/dev/full")),
    arguments: [["plugins"], ["--help"]])
  func full(_ arguments: [String]) throws {
    let process = Process()
    let errors = Pipe()
    process.executableURL = Self.program
    process.arguments = arguments
    process.standardOutput = FileHandle(forWritingAtPath: "/dev/full")
    process.standardError = errors
    try process.run()
    let said = String(
      decoding: try errors.fileHandleForReading.readToEnd() ?? Data(), as: UTF8.self)
    process.waitUntilExit()
    #expect(process.terminationStatus == 1)
    #expect(said.contains("could not be written: No space left on device."), "\(said)")
  }
}
