import Foundation
import Testing

@Suite("opd sweep --tune", .enabled(if: BuiltProgram.opd != nil))
struct TuneCommandTests {
  private let folder = FileManager.default.temporaryDirectory.path + "/tuned-\(UUID().uuidString)"

  /// Two cases, the second from the student of the first.
  private let sweep = """
    name: tuned
    seeds: 1
    base:
      data: {world: {videos: 6, devVideos: 2, tuneVideos: 2, queriesPerVideo: 2, frames: 10, difficulty: easy}}
      student: {decoder: {layers: 1, width: 16, heads: 2, keyValueHeads: 1, hidden: 32}}
      teacher: oracle
      stages: [{method: sft, steps: 2, prompts: 4}]
    cases:
      base: {}
      late: {student: {from: {arm: base}}, stages.0.method: opd-full}
    tune: {axes: {stages.0.learningRate: [0.001, 0.01]}, seeds: 1}
    """

  private func run(_ arguments: [String]) throws -> (status: Int32, text: String) {
    let program = try #require(BuiltProgram.opd)
    let log = folder + "/log.txt"
    let process = try program.start(arguments, log: log)
    process.waitUntilExit()
    return (process.terminationStatus, try String(contentsOfFile: log, encoding: .utf8))
  }

  private func text(_ name: String) throws -> String {
    try String(contentsOfFile: folder + "/" + name, encoding: .utf8)
  }

  @Test("chooses on videos of its own, and the sweep takes what was chosen")
  func wholeWay() throws {
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    let file = folder + "/s.yaml"
    try Data(sweep.utf8).write(to: URL(filePath: file))
    let tuned = try run(["sweep", file, "--tune", "--out", folder + "/runs"])
    #expect(tuned.status == 0 && tuned.text.contains("chosen"), "\(tuned.text)")
    let answers = try text("runs/tune/base+learningRate=0.001/seed-1000/evaluation.jsonl")
    #expect(answers.contains("world-tune-0") && !answers.contains("world-dev"))
    let written = try text("s.tuned.yaml")
    #expect(written.contains("stages.0.learningRate") && written.contains("--tune"))
    // Nothing is left to be done; the same is chosen again.
    #expect(try run(["sweep", file, "--tune", "--out", folder + "/runs"]).status == 0)
    #expect(try text("s.tuned.yaml") == written)
    let part = try run(["sweep", file, "--only", "base", "--out", folder + "/runs"])
    #expect(part.status == 0 && part.text.contains("Done: 1 runs"), "\(part.text)")
    #expect(!FileManager.default.fileExists(atPath: folder + "/runs/late/seed-0/status.json"))
    let swept = try run(["sweep", file, "--out", folder + "/runs"])
    #expect(
      swept.status == 0 && swept.text.contains("Settings of base, late from"), "\(swept.text)")
    #expect(try text("runs/base/seed-0/evaluation.jsonl").contains("world-dev-0"))
    let changed = try run(["sweep", file, "stages.*.steps=3", "--out", folder + "/other"])
    #expect(
      changed.status == 64 && changed.text.contains("has changed since its values were chosen"))
    let compared = try run(["compare", folder + "/runs", "--effect", "case"])
    #expect(compared.status == 0 && compared.text.contains("teacher's"), "\(compared.text)")
  }
}
