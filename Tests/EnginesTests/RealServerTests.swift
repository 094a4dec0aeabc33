#if Engines
import Core
import Foundation
import Testing

@testable import Engines

/// Where a server of `scripts/engine.sh` runs, if one does: OPD_ENGINE_URL, and OPD_ENGINE_BASE, its base model.
private let server = ProcessInfo.processInfo.environment["OPD_ENGINE_URL"]
private let base = ProcessInfo.processInfo.environment["OPD_ENGINE_BASE"] ?? ""

@Suite(
  "A real training server", .serialized,
  .enabled(if: server != nil, "needs OPD_ENGINE_URL and OPD_ENGINE_BASE; see scripts/engine.sh"))
struct RealServerTests {
  private var parameters: TinkerParameters {
    var parameters = TinkerParameters(url: server ?? "", base: base)
    parameters.rank = 8
    parameters.attempts = 3
    return parameters
  }

  @Test("is measured")
  func probe() async throws {
    let report = try await StudentProbe.report(on: parameters)
    print(report.text)
    #expect(report.passed)
  }

  /// An on-policy step: samples, scores, slopes, one update.
  private func train(_ student: inout TinkerStudent) async throws {
    var settings = SampleSettings()
    (settings.count, settings.maximumLength) = (2, 3)
    let prompts = [[WireChunk.tokens([20, 75, 11])], [.tokens([9, 35])]]
    let answers = try await student.sample(
      prompts, named: ["a", "b"], settings, seed: Seed(1).derived("step", student.updates))
    let responses = zip(prompts, answers).flatMap { prompt, answer in
      answer.sequences.map { ScoredResponse(prompt: prompt, response: $0.tokens) }
    }
    let size = UpdateSize(of: responses)
    let scores = try await student.score(responses)
    // Tokens below 64 are wanted, others are not.
    let slopes = responses.map { $0.targets.map { $0.map { $0 < 64 ? -0.5 : 0.5 } } }
    try await student.accumulate(responses, logProbabilities: scores, slopes: slopes, of: size)
    _ = try await student.update(AdamStep(learningRate: 0.01), of: size)
  }

  @Test("trains on its own samples and goes on to the bit in a new model")
  func onPolicy() async throws {
    var abilities = StudentAbilities()
    abilities.reduction = LossReduction(tokens: .meanOfSequence, extent: .update)
    (abilities.repeatError, abilities.resumeError) = (0, 0)
    var student = try await TinkerStudent(TinkerClient.connect(parameters), abilities)
    let first = try await student.fingerprint()
    for _ in 0..<2 { try await train(&student) }
    let checkpoint = try await student.save(digest: "\(UInt32.random(in: .min ... .max))")
    #expect(checkpoint.fingerprint != first)
    try await train(&student)
    let expected = try await student.fingerprint()
    try await student.restore(checkpoint)
    try await train(&student)
    #expect(try await student.fingerprint() == expected)
  }
}
#endif
