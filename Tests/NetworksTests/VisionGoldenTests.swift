import Foundation
import Testing

@testable import Networks

/// Where reference values of models with pictures lie: `OPD_GOLDEN`, or beside the checkout.
private let folder =
  (ProcessInfo.processInfo.environment["OPD_GOLDEN"] ?? "../shared/golden") + "/pretrained/vision"

@Suite("Reference values of models with pictures")
struct VisionGoldenTests {
  @Test(
    "are met by every picture, tower and model, but for tokens: this room has no tokenizer",
    .enabled(
      if: FileManager.default.fileExists(atPath: folder), "no reference values; set OPD_GOLDEN"))
  func values() throws {
    let results = try VisionGolden.check(folder) { _, _ in [] }
    for result in results where !result.passed && !result.name.hasSuffix("/tokens") {
      Issue.record("\(result.name): \(result.error) > \(result.tolerance) \(result.note ?? "")")
    }
    #expect(!results.isEmpty)
  }
}
