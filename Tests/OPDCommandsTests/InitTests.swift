import Foundation
import Plugins
import Records
import Runs
import Testing

@testable import OPDCommands

@Suite("opd init")
struct InitTests {
  @Test("writes what the program can read", arguments: Starter.allCases)
  func readable(_ starter: Starter) throws {
    let value = try ConfigurationFile.parse(starter.text, file: starter.rawValue)
    _ = try value.decoded(as: RunConfiguration.self)
    // Every plug-in that it names is there.
    _ = try Laboratory.standard().planned(value)
    #expect(starter.text.split(separator: "\n").allSatisfy { $0.count <= 130 })
  }

  @Test("writes what trains", arguments: Starter.allCases)
  func trains(_ starter: Starter) async throws {
    let folder = FileManager.default.temporaryDirectory.appending(path: "init-\(UUID().uuidString)")
    defer { try? FileManager.default.removeItem(at: folder) }
    var small = [
      "stages.0.steps=1", "stages.1.steps=1", "evaluation.every=0", "evaluation.count=4",
    ]
    let path = folder.path + "/start.yaml"
    let outcome = await OPDCommand.perform(["init", starter.rawValue, "--out", path])
    #expect(outcome.status == 0)
    if starter == .ownData {
      // What `opd data import` would have made of videos.
      let (world, data) = (folder.path + "/world.yaml", folder.path + "/data")
      _ = await OPDCommand.perform(["init", "world", "--out", world])
      let exported = await OPDCommand.perform(["data", "export", world, "--out", data])
      #expect(exported.status == 0, "\(exported.errors)")
      small.append("data.qvhighlights.path=\(data)")
    }
    let values = try await RunExecutor(Laboratory.standard()).run(
      try ConfigurationFile.load(path, overrides: small), in: folder.path + "/run", resume: false)
    #expect(!values.isEmpty)
    let again = await OPDCommand.perform(["init", starter.rawValue, "--out", path])
    #expect(again.status != 0 && again.errors.contains("already"))
  }
}
