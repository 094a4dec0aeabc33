import Distill
import Foundation
import Testing

@Suite("docs/objectives.md")
struct DocumentationTests {
  static let file = URL(filePath: #filePath).deletingLastPathComponent()
    .deletingLastPathComponent().deletingLastPathComponent().resolvingSymlinksInPath()
    .appending(path: "docs/objectives.md")

  @Test("shows the presets as they are; OPD_WRITE_DOCS=1 writes them anew")
  func table() throws {
    let begin = "<!-- methods -->\n"
    let end = "\n<!-- end of methods -->"
    let text = try String(contentsOf: Self.file, encoding: .utf8)
    let start = try #require(text.range(of: begin))
    let stop = try #require(text.range(of: "<!-- end of methods -->"))
    let wanted = text[..<start.upperBound] + MethodPreset.table + end + text[stop.upperBound...]
    if ProcessInfo.processInfo.environment["OPD_WRITE_DOCS"] == "1" {
      try String(wanted).write(to: Self.file, atomically: true, encoding: .utf8)
    } else {
      #expect(text == String(wanted))
    }
  }

  @Test("names every word of every axis")
  func words() throws {
    let text = try String(contentsOf: Self.file, encoding: .utf8)
    let names = [
      "teacher(", "reward(", "reference", "demonstrations", "constant(", "plugIn(", "sampled",
      "top(k", "full", "policyGradient", "reverseKL", "forwardKL", "jsd(", "vocabularyAdvantage",
      "clip(", "floor(", "importanceDecay(", "entropyGate(", "changePoint(", "klWeighting(",
      "window(", "trustRegion(", "orderConsistency(", "whiten", "shuffled", "importanceRatio",
      "ppoClip(", "sequenceRatio(", "cispo(", "overlong(", "saliency(", "temporalContrast(",
    ]
    for name in names { #expect(text.contains(name), "\(name)") }
  }
}
