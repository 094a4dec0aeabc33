#if Engines
import Core
import Foundation

extension StudentProbe {
  /// A write sent twice under one number, and another under that number.
  mutating func repeatsWrites() async throws -> Finding {
    let client = bench.client
    let part = bench.target()
    let datum = try await bench.datum(part)
    let number = client.nextSequence(of: bench.model.id)
    var request = PassRequest(
      modelID: bench.model.id, sequence: number, data: [datum], loss: part.loss,
      direction: .forwardBackward)
    let first = try await client.promise(of: request)
    let second = try await client.promise(of: request)
    for promise in [first, second] { _ = try await client.passAnswer(promise, count: 1) }
    let isOne = first["request_id"] != nil && first["request_id"] == second["request_id"]
    // The other payload last: a server that takes it has one more bystander, which a step then removes.
    request.data = [try await bench.datum(bench.others)]
    let refusesOther = try await isConflict(request)
    _ = try await bench.step()
    report.abilities.repeatsAreOneWrite = isOne && refusesOther
    client.repeatsAreOneWrite = isOne && refusesOther
    if isOne, refusesOther { return (.ok, "one number is one write, another payload is refused") }
    let words = isOne ? "another payload under a number is taken" : "a repeated write is a second"
    return (.limit, "\(words): a write that breaks off ends the model")
  }

  private func isConflict(_ request: PassRequest) async throws -> Bool {
    do {
      let promise = try await bench.client.promise(of: request)
      _ = try await bench.client.passAnswer(promise, count: 1)
      return false
    } catch EngineError.conflict {
      return true
    }
  }

  /// A checkpoint in a new model and one more update are what they were without it.
  ///
  /// Before it the advantage is 5, after it −1: with Adam's memory the weights still go on, without it they turn back.
  mutating func resumes() async throws -> Finding {
    try await bench.move(5)
    let path = try await bench.client.save(bench.model, as: "opd-probe")
    let saved = try await bench.score()
    try await bench.move(-1)
    let expected = try await bench.score()
    let fresh = try await bench.client.createModel(
      base: bench.model.base, rank: bench.model.rank, seed: 2)
    try await bench.client.load(path, into: fresh, optimizer: true)
    let old = bench.model
    bench.model = fresh
    bench.forget()
    try? await bench.client.unload(old)
    let restored = try await bench.score()
    try await bench.move(-1)
    let found = try await bench.score()
    let weights = zip(restored, saved).map { abs($0 - $1) }.max() ?? .infinity
    let step = zip(found, expected).map { abs($0 - $1) }.max() ?? .infinity
    report.abilities.resumeError = max(weights, step)
    if weights == 0, step == 0 { return (.ok, "to the bit, with the optimiser") }
    // 16-bit engines repeat within about this much; a lost moment of Adam is ten times more.
    let good = max(weights, step) <= 0.02
    let words =
      "restored weights differ by \(short(weights)) nats, the next update by \(short(step))"
    return (good ? .ok : .fail, words)
  }

  /// A name in use is refused as such: an attempt that broke off may have written it.
  mutating func names() async throws -> Finding {
    let name = "opd-probe-name"
    _ = try await bench.client.write(bench.model, as: name)
    do {
      // Not tried again: SkyRL 0.3.0 says status 500, and only after a minute.
      _ = try await bench.client.write(bench.model, as: name, repeating: .whereNothingWasDone)
      return (.ok, "a name in use is known to be there")
    } catch EngineError.uncertain(_, _, let reason) {
      return (.limit, "a name in use is an error: \(reason)")
    }
  }

  /// Sampling from weights of before an update must not bring them back.
  mutating func olderSamplers() async throws -> Finding {
    let old = try await bench.client.saveSampler(bench.model, as: "opd-probe-old")
    try await bench.move()
    let before = try await bench.score()
    _ = try await bench.client.sampler(of: bench.model)
    _ = try await bench.client.sample(old, bench.trained.prompt, SampleSettings())
    let after = try await bench.score()
    bench.forget()
    let difference = zip(before, after).map { abs($0 - $1) }.max() ?? .infinity
    report.abilities.keepsOldSamplers = difference <= max(report.abilities.repeatError, 1e-6)
    return report.abilities.keepsOldSamplers
      ? (.ok, "the model in training stays as it is")
      : (.limit, "they overwrite the model in training, log π moves by \(short(difference)) nats")
  }

  /// The adapter's archive can be had, and PEFT loads of it what was trained.
  mutating func exports() async throws -> Finding {
    _ = try await bench.client.saveSampler(bench.model, as: "opd-probe-export")
    let bytes = try await bench.client.adapterArchive(bench.model, named: "opd-probe-export")
    do {
      let (isWhole, text) = try ExportedAdapter(archive: bytes).loaded()
      return (isWhole ? .ok : .limit, text)
    } catch let error as any ExplainedError {
      return (.limit, error.happened)
    }
  }
}
#endif
