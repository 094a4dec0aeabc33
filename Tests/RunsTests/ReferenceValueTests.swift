import Foundation
import Testing

@testable import Selfcheck

/// The project's own reference values.
private let folder = URL(filePath: #filePath).deletingLastPathComponent()
  .deletingLastPathComponent().appending(path: "Golden")

@Suite("Reference values")
struct ReferenceValueTests {
  /// How the checks of a copy of one part come out after a change of its JSON.
  private func failures(
    _ part: String, _ file: String, _ change: (inout [String: Any]) -> Void
  ) throws -> Int {
    let scratch = FileManager.default.temporaryDirectory.appending(path: "golden-\(UUID())")
    defer { try? FileManager.default.removeItem(at: scratch) }
    try FileManager.default.createDirectory(at: scratch, withIntermediateDirectories: true)
    try FileManager.default.copyItem(
      at: folder.appending(path: part), to: scratch.appending(path: part))
    let path = scratch.appending(path: file)
    var values = try #require(
      JSONSerialization.jsonObject(with: Data(contentsOf: path)) as? [String: Any])
    change(&values)
    try JSONSerialization.data(withJSONObject: values).write(to: path)
    return try GoldenChecks.run(folder: scratch.path).count { $0.status != .pass }
  }

  @Test("pass as they are")
  func unchanged() throws {
    #expect(try failures("llama", "llama/golden.json") { _ in } == 0)
    #expect(try failures("models", "models/qwen3/golden.json") { _ in } == 0)
  }

  @Test(
    "of a model fail where something to compare is missing",
    arguments: ["gradients", "logits", "log_probabilities", "branches"])
  func emptiedModel(key: String) throws {
    let changed = try failures("models", "models/qwen3/golden.json") { values in
      values[key] = values[key] is [String: Any] ? [String: Any]() as Any : [Any]() as Any
    }
    #expect(changed > 0)
  }

  @Test(
    "of a Llama fail where something to compare is missing", arguments: ["gradients", "logits"])
  func emptiedLlama(key: String) throws {
    let changed = try failures("llama", "llama/golden.json") { values in
      values[key] = values[key] is [String: Any] ? [String: Any]() as Any : [Any]() as Any
    }
    #expect(changed > 0)
  }

  @Test("of losses are refused where a gradient is missing")
  func emptiedLosses() throws {
    #expect(throws: (any Error).self) {
      try failures("objectives.json", "objectives.json") { values in
        let cases = (values["cases"] as? [String: [String: Any]]) ?? [:]
        values["cases"] = cases.mapValues { entry in
          var entry = entry
          entry["gradient"] = [Any]()
          return entry
        }
      }
    }
    #expect(throws: (any Error).self) {
      try failures("objectives.json", "objectives.json") { $0["cases"] = [String: Any]() }
    }
  }
}
