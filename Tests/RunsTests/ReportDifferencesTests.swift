import Plugins
import Records
import Statistics
import Foundation
import Testing

@testable import Analysis

@Suite("What differs between the arms of a report")
struct ReportDifferencesTests {
  private func rows(_ texts: String...) throws -> [String: [String?]] {
    let values = try texts.map { try ConfigurationFile.parse($0, file: "config.yaml") }
    return Dictionary(
      uniqueKeysWithValues: SettingDifferences(values).rows.map { ($0.key, $0.values) })
  }

  @Test("is one row for an arm without stages, not one a setting")
  func noStages() throws {
    let found = try rows(
      "{seed: 0, stages: []}",
      "{seed: 1, stages: [{name: warm-up, steps: 50, stop: {tokens: null}}, {name: learn, steps: 9}]}"
    )
    #expect(found == ["stages": [nil, "warm-up, learn"]])
  }

  @Test("of stages is found by their names, wherever they stand")
  func stages() throws {
    let found = try rows(
      "{stages: [{name: warm-up, steps: 50}, {name: learn, steps: 9, rate: 1}]}",
      "{stages: [{name: learn, steps: 9, rate: 2}]}")
    #expect(found == ["stages": ["warm-up, learn", "learn"], "stages.learn.rate": ["1", "2"]])
  }

  @Test("of stages that share no name is found by their places")
  func places() throws {
    let found = try rows(
      "{stages: [{name: opd, method: opd, steps: 9}]}",
      "{stages: [{name: grpo, method: grpo, steps: 9}]}")
    #expect(
      found == [
        "stages": ["opd", "grpo"], "stages.0.name": ["opd", "grpo"],
        "stages.0.method": ["opd", "grpo"],
      ])
  }

  @Test("takes null for nothing, and one row for a block that an arm lacks")
  func null() throws {
    let found = try rows(
      "{cache: null, teacher: null}",
      "{teacher: {oracle: {sharpness: 1, noise: 0, seed: null}}}")
    #expect(found == ["teacher": [nil, "oracle"]])
  }

  @Test("of two plug-ins are the settings of both")
  func choices() throws {
    let found = try rows(
      "{keyframes: {uniform: {budget: 8, ratio: null}}}", "{keyframes: {tad: {budget: 4}}}")
    #expect(
      found == [
        "keyframes": ["uniform", "tad"], "keyframes.uniform.budget": ["8", nil],
        "keyframes.tad.budget": [nil, "4"],
      ])
  }
}

@Suite("The scale and the marks of a report's first table")
struct ReportHeadlineTests {
  @Test("calls no arm the best, and prices nothing, where all are equal to 0")
  func equal() async throws {
    let folder = TemporaryFolder()
    var sweep = SyntheticSweep()
    sweep.seeds = 2
    sweep.steps = 10
    sweep.evaluationEvery = 5
    try sweep.write(to: folder.path)
    for arm in sweep.arms.map(\.name) {
      for seed in 0..<2 {
        let path = "\(folder.path)/\(arm)/seed-\(seed)/metrics.jsonl"
        try """
        {"step":0,"eval/mIoU":0,"tokens":0,"flops":0}
        {"step":10,"eval/mIoU":0,"tokens":5,"flops":5}

        """.write(toFile: path, atomically: true, encoding: .utf8)
      }
    }
    let page = try await Report.html(of: [folder.path])
    #expect(!page.contains("<em class=\"best\">") && !page.contains("class=\"target\""))
  }

  @Test("holds intervals that are far wider than the arms lie apart, and marks those it cannot")
  func scale() {
    let arms = [(0.188, -0.086, 0.462), (0.128, -0.047, 0.302)].map {
      Estimate(value: $0.0, lower: $0.1, upper: $0.2)
    }
    #expect(arms.allSatisfy { !IntervalScale(arms).svg($0, color: 0).contains("<polygon") })
    let wide = Estimate(value: 0.15, lower: -40, upper: 40)
    #expect(
      IntervalScale(arms + [wide]).svg(wide, color: 0).ranges(of: "<polygon").count == 2)
  }
}
