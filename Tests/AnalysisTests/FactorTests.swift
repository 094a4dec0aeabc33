import Core
import Foundation
import Statistics
import Testing

@testable import Analysis
@testable import Records

@Suite("Arms as points of a space of factors")
struct FactorTests {
  /// Two cases on two kinds of frames, five seeds: `tad` adds .2 to `a` and .1 to `b`.
  private func sweep(baseline: String? = nil) throws -> String {
    let folder = FileManager.default.temporaryDirectory.path + "/factor-\(UUID().uuidString)"
    let gains = [
      "a+keyframes=uniform": 0.3, "a+keyframes=tad": 0.5, "b+keyframes=uniform": 0.4,
      "b+keyframes=tad": 0.5,
    ]
    var levels: [String] = []
    for name in [
      "a+keyframes=uniform", "a+keyframes=tad", "b+keyframes=uniform", "b+keyframes=tad",
    ] {
      let parts = name.components(separatedBy: "+keyframes=")
      levels.append("\"\(name)\":[\"\(parts[0])\",\"\(parts[1])\"]")
      for seed in 0..<5 { try write(name, seed, gains[name] ?? 0, folder) }
    }
    let named = baseline.map { ",\"baseline\":\"\($0)\"" } ?? ""
    try write(
      "{\"factors\":[\"case\",\"keyframes\"],\"levels\":{\(levels.joined(separator: ","))}\(named)}",
      folder + "/plan.json")
    return folder
  }

  private func write(_ arm: String, _ seed: Int, _ level: Double, _ folder: String) throws {
    let run = "\(folder)/\(arm)/seed-\(seed)"
    try FileManager.default.createDirectory(atPath: run, withIntermediateDirectories: true)
    let status =
      #"{"state":"done","labels":"rewards + gate","task":{"name":"g","headline":"eval/mIoU","columns":""}}"#
    try write(status, run + "/status.json")
    let answers = (0..<40).map { level + 0.01 * Double(($0 * 7 + seed * 3) % 5) }
    let mean = answers.reduce(0, +) / 40
    try write("{\"eval/mIoU\":\(mean),\"step\":4}\n", run + "/metrics.jsonl")
    let lines = answers.enumerated().map {
      "{\"cluster\":\"v\($0 / 4)\",\"id\":\"q\($0)\",\"quality\":\($1)}\n"
    }
    try write(lines.joined(), run + "/evaluation.jsonl")
  }

  private func write(_ text: String, _ path: String) throws {
    try Data(text.utf8).write(to: URL(filePath: path))
  }

  @Test("show their levels and their labels in every format")
  func columns() async throws {
    let comparison = try await Comparison.read([sweep()])
    #expect(comparison.factors == ["case", "keyframes"])
    #expect(comparison.formatted(.text).contains(/case +keyframes +labels/))
    #expect(comparison.formatted(.markdown).contains("| a | uniform | rewards + gate |"))
    #expect(comparison.formatted(.csv).hasPrefix("arm,case,keyframes,labels,eval/mIoU,"))
    #expect(comparison.formatted(.csv).contains("\na+keyframes=tad,a,tad,rewards + gate,0."))
    #expect(comparison.formatted(.json).contains("\"keyframes\" : \"tad\""))
    let page = try await Report.html(of: [sweep()])
    #expect(page.contains("rewards + gate") && page.contains("keyframes"))
  }

  @Test("differ by one factor within the levels of the others, and on average over them")
  func effects() async throws {
    let comparison = try await Comparison.read([sweep()], effects: ["keyframes"])
    let rows = try #require(comparison.asked.first).contrasts
    #expect(
      rows.map(\.arm) == ["keyframes=tad (mean of 2)", "a+keyframes=tad", "b+keyframes=tad"])
    #expect(rows.map(\.baseline)[1...] == ["a+keyframes=uniform", "b+keyframes=uniform"])
    let values = rows.compactMap(\.difference?.value)
    #expect(zip(values, [0.15, 0.2, 0.1]).allSatisfy { abs($0 - $1) < 1e-9 })
    // Holm over all three.
    let least = rows.compactMap(\.pValue).min() ?? 1
    #expect(rows.compactMap(\.correctedPValue).min() == min(1, 3 * least))
    #expect(comparison.formatted(.text).contains("effect of keyframes"))
  }

  @Test("are averaged question by question, so that videos count as often as they should")
  func questions() async throws {
    let comparison = try await Comparison.read([sweep()], effects: ["case"])
    let rows = try #require(comparison.asked.first).contrasts
    #expect(rows.count == 3 && rows.allSatisfy { $0.pairs == 5 && $0.permutationPValue != nil })
    // Ten videos give signs of 2⁻⁹; five seeds could not go below 2⁻⁴.
    #expect((rows[0].permutationPValue ?? 1) < 0.01)
  }

  @Test("are compared pair by pair where that is asked for, and to the sweep's own baseline")
  func pairs() async throws {
    let pair = "b+keyframes=tad:a+keyframes=uniform"
    let comparison = try await Comparison.read([sweep(baseline: "b+keyframes=tad")], pairs: [pair])
    #expect(comparison.baseline == "b+keyframes=tad")
    let contrast = try #require(comparison.asked.first?.contrasts.first)
    #expect(abs((contrast.difference?.value ?? 0) - 0.2) < 1e-9)
    let other = try await Comparison.read(
      [sweep(baseline: "b+keyframes=tad")], baseline: "a+keyframes=tad")
    #expect(other.baseline == "a+keyframes=tad")
  }

  @Test("are refused where there is no such factor or arm, with the nearest")
  func refused() async throws {
    let folder = try sweep()
    await #expect(
      throws: ComparisonError.unknownFactor(
        name: "keyframe", nearest: "keyframes", known: ["case", "keyframes"])
    ) { try await Comparison.read([folder], effects: ["keyframe"]) }
    await #expect(throws: ComparisonError.self) {
      try await Comparison.read([folder], pairs: ["a+keyframes=tad:nobody"])
    }
    await #expect(throws: ComparisonError.oneLevel(factor: "keyframes", level: "tad")) {
      let arms = ["a", "b"].map { folder + "/\($0)+keyframes=tad" }
      return try await Comparison.read(arms, effects: ["keyframes"])
    }
  }

  @Test("have a report with what each factor is worth, and every combination of two")
  func report() async throws {
    let page = try await Report.html(of: [sweep()])
    #expect(page.contains("<section id=\"effects\">"))
    #expect(page.contains("effect of case") && page.contains("effect of keyframes"))
    #expect(page.contains("case ↓ keyframes →") || page.contains("keyframes ↓ case →"))
  }

  @Test("that begin where others end are not praised for what they did not pay")
  func started() async throws {
    let folder = FileManager.default.temporaryDirectory.path + "/started-\(UUID().uuidString)"
    for (arm, first, last) in [("base", 0.1, 0.3), ("further", 0.3, 0.6)] {
      for seed in 0..<5 { try write(arm, seed, last, folder) }
      for seed in 0..<5 {
        let lines = [(0, first), (2, (first + last) / 2), (4, last)].map { step, value in
          "{\"eval/mIoU\":\(value),\"step\":\(step),\"flops\":\(1 + 1000 * step)}\n"
        }
        try write(lines.joined(), "\(folder)/\(arm)/seed-\(seed)/metrics.jsonl")
      }
    }
    let page = try await Report.html(of: [folder], baseline: "base")
    #expect(!page.contains("To get as far as"))
    #expect(page.contains("from the start"))
  }

  @Test("are said to cost less only where five seeds show that they are better")
  func price() async throws {
    for (seeds, isPraised) in [(5, true), (2, false)] {
      let folder = FileManager.default.temporaryDirectory.path + "/price-\(UUID().uuidString)"
      for (arm, gain) in [("plain", 0.05), ("quick", 0.15)] {
        for seed in 0..<seeds {
          let noise = (arm == "quick" ? 0.002 : 0.001) * Double(seed)
          // Its answers are worth .02 more than their level on average.
          try write(arm, seed, 0.08 + 4 * gain + noise, folder)
          let lines = [0, 1, 2, 3, 4].map { step in
            "{\"eval/mIoU\":\(0.1 + gain * Double(step) + noise),\"step\":\(step),\"flops\":\(1 + 1000 * step)}\n"
          }
          try write(lines.joined(), "\(folder)/\(arm)/seed-\(seed)/metrics.jsonl")
        }
      }
      let page = try await Report.html(of: [folder], baseline: "plain")
      #expect(page.contains("To get as far as") == isPraised)
      #expect(!page.contains("<section id=\"effects\">"))
    }
  }
}
