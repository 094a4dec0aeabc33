import Records
import Runs
import Foundation
import Tasks
import Plugins
import Core
import Testing

/// The explained error that something ends with; anything else is an issue.
func refusal(_ body: () async throws -> Void) async -> (any ExplainedError)? {
  do {
    try await body()
    Issue.record("It was accepted.")
  } catch let error as any ExplainedError {
    return error
  } catch {
    Issue.record(error)
  }
  return nil
}

/// Runs of seconds on the built-in world with live teachers.
struct LiveRun {
  let folder: ScratchFolder

  init() throws { folder = try ScratchFolder() }

  func path(_ name: String) -> String { folder.path + "/" + name }

  func configuration(_ changes: [String]) throws -> ConfigurationValue {
    try ConfigurationFile.load(
      Programs.path("Examples/python-teacher/small.yaml"), overrides: changes)
  }

  /// Carries a run out and gives its metrics, byte by byte.
  @discardableResult
  func metrics(_ name: String, _ changes: [String]) async throws -> Data {
    let value = try configuration(changes)
    _ = try await RunExecutor(Laboratory.standard()).run(value, in: path(name), resume: false)
    return try Data(contentsOf: URL(fileURLWithPath: path(name) + "/metrics.jsonl"))
  }

  /// The right windows of the data, where both teachers read them.
  func writeWindows(_ changes: [String] = []) async throws -> String {
    let context = try await context(changes)
    let lines = (context.dataset.train + context.dataset.dev).map { prompt in
      let windows = prompt.stretches.map { "[\($0.start), \($0.end), 1]" }.joined(separator: ", ")
      return #"{"qid": "\#(prompt.id)", "pred_relevant_windows": [\#(windows)]}"#
    }
    try lines.joined(separator: "\n").write(
      toFile: path("windows.jsonl"), atomically: true, encoding: .utf8)
    return path("windows.jsonl")
  }

  func context(_ changes: [String] = []) async throws -> RunContext {
    let laboratory = try Laboratory.standard()
    let complete = try laboratory.complete(configuration(changes))
    return try await RunContext(complete.decoded(as: RunConfiguration.self), in: laboratory)
  }

  /// The number at a key of `ledger.json`'s service.
  func cost(_ key: String, of name: String) throws -> Double {
    let data = try Data(contentsOf: URL(fileURLWithPath: path(name) + "/ledger.json"))
    let ledger = try JSONSerialization.jsonObject(with: data) as? [String: Any]
    return ((ledger?["service"] as? [String: Any])?[key] as? NSNumber)?.doubleValue ?? -1
  }

  /// Every text a run has left behind.
  func files(of name: String) throws -> [String: String] {
    let root = URL(fileURLWithPath: path(name))
    var texts: [String: String] = [:]
    for case let url as URL in FileManager.default.enumerator(
      at: root, includingPropertiesForKeys: nil) ?? .init()
    {
      guard let data = try? Data(contentsOf: url) else { continue }
      texts[url.lastPathComponent] = String(decoding: data, as: UTF8.self)
    }
    return texts
  }
}
