import Foundation
import Testing

@testable import OPDCommands

@Suite("opd export")
struct ExportCommandTests {
  private let folder = NSTemporaryDirectory() + "opd-export-" + UUID().uuidString

  @Test("prints no Parquet file, and says what to do")
  func printed() async {
    let outcome = await OPDCommand.perform(["export", folder, "--format", "parquet"])
    #expect(outcome.status == 64)
    let sentence = "error: A Parquet file cannot be printed; name it with --out FILE.\n"
    #expect(outcome.errors.hasPrefix(sentence))
  }

  @Test("writes numbers in the format that was asked for", arguments: ["csv", "parquet"])
  func written(format: String) async throws {
    defer { try? FileManager.default.removeItem(atPath: folder) }
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    try Data(#"{"step":1,"reward":0.5}"#.utf8 + [10]).write(
      to: URL(filePath: folder + "/metrics.jsonl"))
    try Data(#"{"state":"done"}"#.utf8).write(to: URL(filePath: folder + "/status.json"))
    let path = folder + "/numbers"
    let words = ["export", folder, "--format", format, "-o", path]
    let outcome = await OPDCommand.perform(words)
    #expect(outcome.status == 0, "\(outcome.errors)")
    let bytes = try Data(contentsOf: URL(filePath: path))
    #expect(bytes.starts(with: Data((format == "csv" ? "run,arm," : "PAR1").utf8)))
    let wrong = await OPDCommand.perform(words + ["--metric", "rewards"])
    #expect(wrong.errors.contains("Did you mean 'reward'?"))
    #expect(try Data(contentsOf: URL(filePath: path)) == bytes)
  }
}
