import Foundation
import Testing

@Suite("What a run says while it trains", .enabled(if: BuiltProgram.opd != nil))
struct TrainDisplayTests {
  @Test("tells no speed before there is one to tell")
  func firstLine() throws {
    let folder = FileManager.default.temporaryDirectory.appending(path: "opd-\(UUID())")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    let configuration = folder.appending(path: "run.yaml").path
    try """
    data: {world: {videos: 6, devVideos: 2, queriesPerVideo: 2, frames: 10, difficulty: easy}}
    student: {decoder: {layers: 1, width: 16, heads: 2, keyValueHeads: 1, hidden: 32}}
    keyframes: {uniform: {budget: 4}}
    teacher: oracle
    stages: [{method: opd, steps: 3, prompts: 2}]
    """.write(toFile: configuration, atomically: true, encoding: .utf8)
    let log = folder.appending(path: "log.txt").path
    let run = try #require(BuiltProgram.opd).start(
      ["train", configuration, "--out", folder.appending(path: "run").path], log: log)
    run.waitUntilExit()
    let said = try String(contentsOfFile: log, encoding: .utf8).split(separator: "\n")
    #expect(run.terminationStatus == 0, "\(said)")
    let first = try #require(said.first { $0.hasPrefix("train 1/3 steps") }, "\(said)")
    #expect(!first.contains("steps/s"))
  }
}
