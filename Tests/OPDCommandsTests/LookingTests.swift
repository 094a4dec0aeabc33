import Foundation
import Plugins
import Records
import Runs
import Testing

@testable import OPDCommands

@Suite("Commands that look")
struct LookingTests {
  let folder: String

  init() async throws {
    folder = NSTemporaryDirectory() + "opd-look-" + UUID().uuidString
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    try Self.run.write(toFile: folder + "/run.yaml", atomically: false, encoding: .utf8)
  }

  private static let run = """
    data: {world: {videos: 6, devVideos: 2, queriesPerVideo: 2, frames: 10, difficulty: easy}}
    student: {decoder: {layers: 1, width: 16, heads: 2, keyValueHeads: 1, hidden: 32}}
    teacher: oracle
    threads: 1
    stages: [{method: opd, steps: 2, prompts: 2, curriculum: {tvdf: {theta: 0.1, k: 1, budget: 4}}}]
    """

  /// Every file below the folder with its size and the time of its last change.
  private func files() throws -> [String: [FileAttributeKey: NSObject]] {
    var found: [String: [FileAttributeKey: NSObject]] = [:]
    for name in try FileManager.default.subpathsOfDirectory(atPath: folder) {
      let about = try FileManager.default.attributesOfItem(atPath: folder + "/" + name)
      for key in [FileAttributeKey.size, .modificationDate] {
        found[name, default: [:]][key] = about[key] as? NSObject
      }
    }
    return found
  }

  @Test("change nothing in the folder of a run")
  func harmless() async throws {
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let run = folder + "/run"
    let trained = await OPDCommand.perform(["train", folder + "/run.yaml", "--out", run, "--quiet"])
    #expect(trained.status == 0)
    let before = try files()
    for words in [
      ["data", "show", run], ["select", run], ["select", run, "--curriculum", "topK"],
      ["evaluate", run, "--worst", "2"], ["evaluate", run, "--format", "json"],
      ["plugins", "tvdf"],
    ] {
      let outcome = await OPDCommand.perform(words)
      #expect(outcome.status == 0, "\(words): \(outcome.errors)")
    }
    #expect(before.count > 5)
    #expect(try files() == before)
  }

  @Test("read a student's answers twice, and say what they looked at")
  func readings() async throws {
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let (run, looks) = (folder + "/run", folder + "/looks.jsonl")
    let trained = await OPDCommand.perform(["train", folder + "/run.yaml", "--out", run, "--quiet"])
    #expect(trained.status == 0)
    let executor = RunExecutor(try OPDCommand.laboratory())
    let readings = try await executor.readings(of: run)
    let numbers = readings.numbers
    let safest = try #require(numbers["eval/minimum_risk/mIoU"])
    #expect(numbers["eval/mIoU"] != nil && readings.text(worst: 2).contains("By least risk"))
    let exact = try await executor.readings(of: run, overrides: ["evaluation.exact=true"])
    #expect(exact.numbers["eval/mIoU"] == safest && exact.minimumRisk == nil)
    let attention = try await executor.attention(of: run)
    #expect(attention.text.contains("inside : chance") && attention.lines.count == 4)
    for line in attention.lines {
      #expect(line.layers.count == 1 && line.layers[0].count == line.times.count)
      #expect(line.layers[0].allSatisfy { $0 > 0 } && line.layers[0].reduce(0, +) < 1)
    }
    try attention.write(to: looks)
    #expect(try String(contentsOfFile: looks, encoding: .utf8).split(separator: "\n").count == 4)
  }

  @Test("read data from a folder that says by its files what it is")
  func data() async throws {
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let data = folder + "/data"
    let written = await OPDCommand.perform(["data", "export", folder + "/run.yaml", "--out", data])
    #expect(written.status == 0)
    let value = try ConfigurationPlace.load(data, overrides: ["seed=3"])
    #expect(value.value(at: ["data", "qvhighlights", "path"])?.string == data)
    #expect(value["seed"]?.integer == 3)
    let changed = try ConfigurationPlace.load(data, overrides: ["data.qvhighlights.devLimit=2"])
    #expect(changed.value(at: ["data", "qvhighlights", "path"])?.string == data)
    let shown = await OPDCommand.perform(["data", "show", data])
    #expect(shown.status == 0, "\(shown.errors)")
  }

  @Test("refuse a folder of nothing they know, and say what would do")
  func unknown() async {
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let outcome = await OPDCommand.perform(["data", "show", folder])
    #expect(outcome.status == 64)
    #expect(outcome.errors.contains("neither that of a run nor one of data"))
    #expect(outcome.errors.contains("highlight_val_release.jsonl or salads50_svm.h5"))
  }

  @Test("choose by a curriculum without any configuration")
  func curriculum() async throws {
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let lines = (0..<8).map {
      "{\"id\":\"q\($0)\",\"teacherQuality\":[0.\($0)],\"studentQuality\":0.1}\n"
    }
    let pool = folder + "/pool.jsonl"
    try lines.joined().write(toFile: pool, atomically: false, encoding: .utf8)
    let words = ["select", "--pool", pool, "--curriculum", "{tvdf: {theta: 0.5, k: 1, budget: 2}}"]
    let outcome = await OPDCommand.perform(words + ["--out", folder + "/chosen.jsonl"])
    #expect(outcome.status == 0, "\(outcome.errors)")
    let chosen = try String(contentsOfFile: folder + "/chosen.jsonl", encoding: .utf8)
      .split(separator: "\n").filter { $0.contains("\"taken\":true") }
    #expect(chosen.count == 2)
    let nothing = await OPDCommand.perform(["select", "seed=1"])
    #expect(nothing.status == 64 && nothing.errors.contains("--curriculum"))
  }
}
