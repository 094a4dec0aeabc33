import Core
import Foundation
import Storage
import Tensors
import Testing

@testable import Networks

private let shape = DecoderConfiguration(
  vocabularySize: 11, layers: 2, width: 10, heads: 4, keyValueHeads: 2, headWidth: 6, hidden: 7,
  positions: 32)

private func settings(_ changes: [String: JSONValue] = [:]) -> [UInt8] {
  var object: [String: JSONValue] = [
    "peft_type": .text("LORA"), "r": .integer(4), "lora_alpha": .integer(8),
    "target_modules": .list([.text("q_proj"), .text("up_proj")]), "use_dora": .flag(false),
    "eva_config": .null, "lora_dropout": .number(0.05),
  ]
  for (key, value) in changes { object[key] = value }
  return (try? JSONEncoder().encode(JSONValue.object(object))).map { Array($0) } ?? []
}

private func read(_ changes: [String: JSONValue] = [:]) throws -> AdapterConfiguration {
  try AdapterConfiguration(settings(changes), file: "adapter_config.json")
}

private func randomAdapter(_ changes: [String: JSONValue] = [:]) throws -> LowRankAdapter {
  var generator = Seed(3).generator()
  var adapter = try LowRankAdapter(try read(changes), for: shape, file: "a") { _ in
    Float(0.4 * generator.normal())
  }
  for part in adapter.factors.indices {
    for i in adapter.factors[part].up.indices {
      adapter.factors[part].up[i] = Float(0.4 * generator.normal())
    }
  }
  return adapter
}

@Suite("A low-rank adapter")
struct AdapterTests {
  @Test("adapts modules whose path ends in a name, matches a pattern, or all")
  func targets() throws {
    #expect(try randomAdapter().factors.count == 4)
    #expect(try randomAdapter(["target_modules": .text("all-linear")]).factors.count == 14)
    let pattern = try randomAdapter(["target_modules": .text(".*\\.1\\..*_proj")])
    #expect(pattern.factors.count == 7)
    // A suffix counts after a dot only.
    #expect(try !read(["target_modules": .list([.text("proj")])]).adapts("a.q_proj", file: "a"))
  }

  @Test("takes ranks and alphas from patterns at the end of a path, and scales by r or its root")
  func patterns() throws {
    let changes: [String: JSONValue] = [
      "rank_pattern": .object(["layers\\.0\\.self_attn\\.q_proj": .integer(2)]),
      "alpha_pattern": .object(["up_proj": .number(12)]),
    ]
    let plain = try read(changes)
    func size(_ module: String) throws -> [Double] {
      let size = try plain.size(module, file: "a")
      return [Double(size.rank), size.scaling]
    }
    #expect(try size("model.layers.0.self_attn.q_proj") == [2, 4])
    #expect(try size("model.layers.10.self_attn.q_proj") == [4, 2])
    #expect(try size("model.layers.0.mlp.up_proj") == [4, 3])
    #expect(try size("model.layers.0.mlp.setup_proj") == [4, 2])
    #expect(try read(["use_rslora": .flag(true)]).size("x", file: "a").scaling == 4)
  }

  private func refusal(_ changes: [String: JSONValue]) -> String {
    do {
      return "\(try LowRankAdapter(try read(changes), for: shape, file: "a") { _ in 0 })"
    } catch { return "\(error)" }
  }

  @Test("of another kind is refused with the key's name")
  func refused() {
    #expect(refusal(["use_dora": .flag(true)]).contains("sets 'use_dora' to true"))
    #expect(refusal(["peft_type": .text("IA3")]).contains("'peft_type'"))
    #expect(refusal(["bias": .text("all")]).contains("sets 'bias' to \"all\""))
    #expect(refusal(["init_lora_weights": .text("pissa")]).contains("\"pissa\""))
    #expect(refusal(["modules_to_save": .list([.text("lm_head")])]).contains("modules_to_save"))
    #expect(refusal(["eva_config": .object([:])]).contains("sets 'eva_config'"))
    #expect(refusal(["brand_new": .integer(1)]).contains("'brand_new'"))
    #expect(refusal(["r": .integer(0)]).contains("'r'"))
    #expect(refusal(["rank_pattern": .object(["(": .integer(2)])]).contains("regular expressions"))
    let two: [String: JSONValue] = ["q_proj": .integer(2), ".*_proj": .integer(3)]
    #expect(refusal(["rank_pattern": .object(two)]).contains("one value for"))
  }

  @Test("comes back from a folder as it was, and is refused where it does not fit")
  func roundTrip() throws {
    let folder = FileManager.default.temporaryDirectory.appending(
      path: "adapter-\(UInt64.random(in: .min ... .max))"
    ).path
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let adapter = try randomAdapter(["alpha_pattern": .object(["up_proj": .number(1.5)])])
    try adapter.write(folder: folder)
    #expect(try LowRankAdapter(folder: folder, for: shape) == adapter)
    var wider = shape
    wider.width = 12
    #expect(throws: CheckpointError.self) { try LowRankAdapter(folder: folder, for: wider) }
    var shallow = shape
    shallow.layers = 1
    #expect(throws: CheckpointError.self) { try LowRankAdapter(folder: folder, for: shallow) }
  }

  /// Σ w·logit of the merged model, and its gradient.
  private func value(_ adapter: LowRankAdapter, _ gradient: inout Parameters<Double>) -> Double {
    var generator = Seed(1).generator()
    var parameters = Parameters<Double>(zeros: shape.layout)
    for i in parameters.values.indices { parameters.values[i] = 0.4 * generator.normal() }
    adapter.merge(into: &parameters)
    var total = 0.0
    var sums = gradient.values
    let branch = Branch(prompt: PromptRows(tokens: [1, 4, 2]), responses: [[3, 9, 0], [5]])
    Tape<Double>().run(Weights(parameters, for: .training), addingGradientTo: &sums) { tape in
      Decoder<Double>(shape).pass([branch], on: tape, differentiating: true) {
        _, response, logits in
        var generator = Seed(9).derived("w", response).generator()
        for i in 0..<logits.count {
          let weight = generator.normal()
          total += weight * logits[i]
          logits[i] = weight
        }
      }
    }
    gradient.values = sums
    return total
  }

  @Test("beside frozen weights computes what the merged weights do, forward and backward")
  func beside() throws {
    let adapter = try randomAdapter(["target_modules": .text("all-linear")])
    var generator = Seed(1).generator()
    var frozen = Parameters<Double>(zeros: shape.layout)
    for i in frozen.values.indices { frozen.values[i] = 0.4 * generator.normal() }
    var merged = frozen
    adapter.merge(into: &merged)
    let branch = Branch(prompt: PromptRows(tokens: [1, 4, 2]), responses: [[3, 9, 0], [5]])
    func pass(_ tape: Tape<Double>) -> [Double] {
      var result: [Double] = []
      Decoder<Double>(shape).pass([branch], on: tape, differentiating: true) {
        _, response, logits in
        for i in 0..<logits.count {
          result.append(logits[i])
          logits[i] = sin(Double(3 * i + response))
        }
      }
      return result
    }
    var whole = Parameters<Double>(zeros: shape.layout)
    var sums = whole.values
    let first = Tape<Double>().run(
      Weights(merged, for: .training), addingGradientTo: &sums, body: pass)
    whole.values = sums
    let weights: AdapterWeights<Double> = adapter.weights(
      adapter.parameters(), beside: shape.layout, for: .training)
    var own = Parameters<Double>(zeros: weights.weights.layout)
    sums = own.values
    let second = Tape<Double>().run(
      Weights(frozen, for: .training), adapters: weights, addingGradientTo: &sums, body: pass)
    own.values = sums
    #expect(zip(first, second).allSatisfy { abs($0 - $1) < 1e-10 * max(1, abs($0)) })
    for (part, expected) in zip(adapter.factors, adapter.gradients(whole)) {
      let pairs = zip(own[part.downName] + own[part.upName], expected.down + expected.up)
      #expect(pairs.allSatisfy { abs($0 - $1) < 1e-9 * max(1, abs($1)) }, "\(part.module)")
    }
  }

  @Test("gives the sampler the trainer's bits")
  func bits() throws {
    let adapter = try randomAdapter()
    var generator = Seed(1).generator()
    var frozen = Parameters<Float>(zeros: shape.layout)
    for i in frozen.values.indices { frozen.values[i] = Float(0.4 * generator.normal()) }
    let weights = Weights(frozen, for: .inference)
    let beside: AdapterWeights<Float> = adapter.weights(
      adapter.parameters(), beside: shape.layout, for: .inference)
    let (decoder, tape) = (Decoder<Float>(shape), Tape<Float>())
    let prompt = PromptRows(tokens: [1, 4, 2])
    let samples = tape.run(weights, adapters: beside) {
      decoder.sample(
        [prompt], seeds: [[Seed(1), Seed(2), Seed(3)]], temperature: 1, ends: [], maximumLength: 9,
        on: $0)
    }
    tape.run(weights, adapters: beside) { tape in
      let branch = Branch(prompt: prompt, responses: samples[0].map(\.tokens))
      decoder.pass([branch], on: tape, differentiating: false) { _, response, logits in
        _ = Rows.logSoftmax(&logits, width: 11, temperature: 1)
        for (i, token) in samples[0][response].tokens.enumerated() {
          #expect(logits[i * 11 + token] == samples[0][response].logProbabilities[i])
        }
      }
    }
  }

  @Test("has gradients that agree with central differences")
  func gradients() throws {
    let adapter = try randomAdapter(["use_rslora": .flag(true)])
    var gradient = Parameters<Double>(zeros: shape.layout)
    _ = value(adapter, &gradient)
    let own = adapter.gradients(gradient)
    var ignored = gradient
    // A power of two, so that adding it to a Float is exact enough.
    let h: Float = 1 / 1024
    for part in [0, 3] {
      for index in [0, 5, 11] {
        var (up, down) = (adapter, adapter)
        up.factors[part].down[index] += h
        down.factors[part].down[index] -= h
        let step = Double(up.factors[part].down[index] - down.factors[part].down[index])
        let numeric = (value(up, &ignored) - value(down, &ignored)) / step
        #expect(abs(numeric - own[part].down[index]) < 1e-4 * max(1, abs(numeric)))
        (up, down) = (adapter, adapter)
        up.factors[part].up[index] += h
        down.factors[part].up[index] -= h
        let other = Double(up.factors[part].up[index] - down.factors[part].up[index])
        let slope = (value(up, &ignored) - value(down, &ignored)) / other
        #expect(abs(slope - own[part].up[index]) < 1e-4 * max(1, abs(slope)))
      }
    }
  }
}
