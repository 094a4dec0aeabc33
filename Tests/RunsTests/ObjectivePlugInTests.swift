import Distill
import Records
import Runs
import Foundation
import Plugins
import Core
import Testing

/// Half of what is written is reinforced: a plug-in as a user would write it.
private struct Alternating: AdvantageEstimator {
  func advantages(of batch: SignalBatch) throws -> [[[Double]]] {
    batch.groups.map {
      $0.map { response in (0..<response.length).map { $0.isMultiple(of: 2) ? 1 : -1 } }
    }
  }
}

/// `−A log π`, scaled.
private struct Scaled: PolicyGradientLoss {
  let scale: Double

  func loss(_ inputs: PolicyGradientInputs) -> PolicyGradientOutputs {
    let slopes = zip(inputs.advantages, inputs.weights).map { -scale * $0 * $1 }
    return PolicyGradientOutputs(
      value: zip(slopes, inputs.current).reduce(0) { $0 + $1.0 * $1.1 }, slopes: slopes)
  }
}

@Suite("An objective of one's own")
struct ObjectivePlugInTests {
  func laboratory() throws -> Laboratory {
    var laboratory = try Laboratory.standard()
    try laboratory.advantages.register("alternating", summary: "plus and minus") { _ in
      Alternating()
    }
    try laboratory.losses.register("scaled", summary: "twice the plain loss") { _ in
      Scaled(scale: 2)
    }
    return laboratory
  }

  func gradient(_ component: String) async throws -> Double {
    let folder = TemporaryFolder()
    let value = try ConfigurationFile.parse(
      """
      data: {world: {videos: 6, devVideos: 2, queriesPerVideo: 2, frames: 12, patches: 1, difficulty: easy}}
      student: {decoder: {layers: 1, width: 16, heads: 2, keyValueHeads: 1, hidden: 32, timeOctaves: 3}}
      stages:
        - {method: {components: [\(component)]}, steps: 1, prompts: 4, group: 2, optimizer: {clipNorm: 1e9}}
      threads: 1
      """, file: "objective.yaml")
    _ = try await RunExecutor(laboratory()).run(value, in: folder.path + "/run", resume: false)
    let lines = try String(contentsOfFile: folder.path + "/run/metrics.jsonl", encoding: .utf8)
    let last = try #require(lines.split(separator: "\n").last)
    let object = try JSONSerialization.jsonObject(with: Data(last.utf8)) as? [String: Any]
    return try #require((object?["grad_norm"] as? NSNumber)?.doubleValue)
  }

  @Test("is named in a configuration once it is registered, and is what trains the student")
  func runs() async throws {
    let plain = try await gradient("{signals: [plugIn(alternating)], correction: none}")
    let twice = try await gradient("{signals: [plugIn(alternating)], correction: plugIn(scaled)}")
    #expect(plain > 0)
    #expect(abs(twice / plain - 2) < 1e-3, "\(plain) \(twice)")
  }

  @Test(
    "is listed, and an unknown one is an error with the nearest name before anything is trained")
  func unknown() async throws {
    let described = try laboratory().describe().map { "\($0.kind) \($0.name)" }
    #expect(described.contains("advantage alternating") && described.contains("loss scaled"))
    let error = await #expect(throws: ConfigurationError.self) {
      _ = try await gradient("{signals: [plugIn(alternatin)], correction: none}")
    }
    #expect(error?.remedy == "Did you mean 'alternating'?")
  }
}
