import Core
import Distill
import Foundation
import Plugins
import Testing

@testable import Records
@testable import Runs

@Suite("Every part of an objective")
struct MethodKeyTests {
  private static let run = """
    data: {world: {videos: 4, devVideos: 2, queriesPerVideo: 1, frames: 9, difficulty: easy}}
    student: {decoder: {layers: 1, width: 16, heads: 2, keyValueHeads: 1, hidden: 32}}
    keyframes: {tad: {ratio: 0.5}}
    teacher: oracle
    stages: [{steps: 2, prompts: 2, group: 8, method: 
    """

  /// A run with an objective, made as far as its first step; whether it can be.
  private func isMade(_ objective: String) async throws -> Bool {
    let laboratory = try Laboratory.standard()
    do {
      let run = try ConfigurationFile.parse(Self.run + objective + "}]", file: "run.yaml")
      let complete = try laboratory.complete(run)
      let parts = try await RunParts(
        complete.decoded(as: RunConfiguration.self), in: laboratory)
      try await parts.checkStages()
      return true
    } catch let error as any ExplainedError {
      #expect(error.exitStatus == .usage, "\(objective): \(error)")
      return false
    }
  }

  @Test("takes what the methods write, and any number in its place or none", arguments: methods)
  func numbers(method: String) async throws {
    let preset = try MethodPreset.named(method)
    let text = try ConfigurationValue(encoding: preset.objective).text
    _ = try await isMade(text)
    for place in text.matches(of: #/[0-9]+(\.[0-9]+)?(e-?[0-9]+)?/#).map(\.range) {
      for number in ["0", "-1", "0.5", "1e300", "nan", "inf", "100000000000", "x", ""] {
        _ = try await isMade(text.replacingCharacters(in: place, with: number))
      }
    }
  }

  private static let methods = MethodPreset.all.map(\.name)

  @Test("is accepted or refused with status 64, whatever stands at its key")
  func keys() async throws {
    for key in ["components", "rolloutSource", "studentShare", "groups", "shaping"] {
      for value in nastyValues {
        let isWhole = key == "components"
        _ = try await isMade(
          isWhole
            ? "{components: \(value)}" : "{components: [{signals: [teacher]}], \(key): \(value)}")
      }
    }
    let parts = [
      "name", "signals", "support", "estimator", "weighting", "correction", "reduction", "weight",
    ]
    for key in parts {
      for value in nastyValues {
        let signals = key == "signals" ? "" : "signals: [teacher], "
        _ = try await isMade("{components: [{\(signals)\(key): \(value)}]}")
      }
    }
    #expect(try await !isMade("{components: [{signals: [teacher], weight: .inf}]}"))
  }
}
