import Distill
import Foundation
import Testing

/// Where the reference values lie: `OPD_GOLDEN`, or beside the checkout.
func goldenFile(_ name: String) -> [UInt8]? {
  let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent()
  let folder =
    ProcessInfo.processInfo.environment["OPD_GOLDEN"].map { URL(filePath: $0) }
    ?? root.deletingLastPathComponent().appending(path: "shared/golden")
  return (try? Data(contentsOf: folder.appending(path: name))).map { [UInt8]($0) }
}

@Suite("Reference values of objectives")
struct GoldenObjectivesTests {
  @Test(
    "agree with PyTorch's autograd in both precisions, none left out",
    .enabled(if: goldenFile("objectives.json") != nil, "no objectives.json; set OPD_GOLDEN"))
  func agree() throws {
    let outcomes = try GoldenObjectives.check(#require(goldenFile("objectives.json")))
    #expect(outcomes.count >= 2 * 39 + 3)
    for outcome in outcomes { #expect(outcome.status == .pass, "\(outcome)") }
  }

  /// A Python with torch, to make reference values of other sizes with.
  private static let python = ProcessInfo.processInfo.environment["OPD_PYTHON"]

  @Test(
    "agree at other sizes, k, bounds and seeds",
    .enabled(
      if: python != nil && goldenFile("generate.py") != nil,
      "makes reference values with torch; set OPD_PYTHON to a python that has it"))
  func variants() throws {
    let out = FileManager.default.temporaryDirectory.appending(path: "opd-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: out, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: out) }
    let generator = out.appending(path: "generate.py")
    try Data(#require(goldenFile("generate.py"))).write(to: generator)
    let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent()
    let script = Process()
    script.executableURL = URL(filePath: try #require(Self.python))
    script.arguments = [
      root.appending(path: "scripts/golden-variants.py").path, generator.path, out.path,
    ]
    try script.run()
    script.waitUntilExit()
    #expect(script.terminationStatus == 0)
    for number in 0..<5 {
      let file = out.appending(path: "variant-\(number)/objectives.json")
      let outcomes = try GoldenObjectives.check([UInt8](Data(contentsOf: file)))
      #expect(outcomes.count >= 2 * 39 + 3)
      for outcome in outcomes { #expect(outcome.status == .pass, "\(outcome)") }
    }
  }
}
