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
}
