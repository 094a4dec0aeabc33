import Core
import Foundation
import Storage
import Testing

@testable import Networks

private func json(_ changes: [String: JSONValue?] = [:], model: String = "llama") -> [UInt8] {
  var object: [String: JSONValue] = [
    "model_type": .text(model), "vocab_size": .integer(50), "hidden_size": .integer(24),
    "intermediate_size": .integer(32), "num_hidden_layers": .integer(4),
    "num_attention_heads": .integer(4), "num_key_value_heads": .integer(2),
    "head_dim": .integer(8), "max_position_embeddings": .integer(256),
    "rms_norm_eps": .number(1e-5), "hidden_act": .text("silu"), "torch_dtype": .text("bfloat16"),
    "tie_word_embeddings": .flag(true), "rope_theta": .number(500_000),
  ]
  for (key, value) in changes { object[key] = value }
  return (try? JSONEncoder().encode(JSONValue.object(object))).map { Array($0) } ?? []
}

private func shape(
  _ changes: [String: JSONValue?] = [:], model: String = "llama"
) throws -> DecoderConfiguration {
  try HuggingFaceConfiguration.read(json(changes, model: model), file: "config.json").shape
}

private func refusal(_ changes: [String: JSONValue?] = [:], model: String = "llama") -> String {
  do {
    return "\(try shape(changes, model: model))"
  } catch { return "\(error)" }
}

@Suite("A foreign configuration")
struct DialectTests {
  @Test("means the same in the form of transformers 5 and in that of older files")
  func forms() throws {
    let scaling: [String: JSONValue] = [
      "rope_type": .text("llama3"), "factor": .integer(8), "low_freq_factor": .integer(1),
      "high_freq_factor": .integer(4), "original_max_position_embeddings": .integer(64),
    ]
    let old = try shape(["rope_scaling": .object(scaling)])
    var whole = scaling
    whole["rope_theta"] = .number(500_000)
    let new = try shape([
      "rope_theta": nil, "rope_parameters": .object(whole), "torch_dtype": nil,
      "dtype": .text("float32"),
    ])
    #expect(old == new && old.variations?.rotaryScaling != .some(.none))
    var renamed = scaling
    renamed["type"] = renamed.removeValue(forKey: "rope_type")
    #expect(try shape(["rope_scaling": .object(renamed)]) == old)
  }

  @Test("of a plain tied model has no variations, and defaults are the classes' own")
  func plain() throws {
    let plain = try shape(["head_dim": nil, "rms_norm_eps": nil])
    #expect(plain.variations == nil && plain.headWidth == 6 && plain.normEpsilon == 1e-6)
    #expect(try shape(["tie_word_embeddings": nil]).variations?.hasOwnOutput == true)
    #expect(try shape(model: "qwen2").variations?.hasBiases == true)
    #expect(try shape(model: "qwen3").variations?.hasHeadNorms == true)
    #expect(try shape(model: "smollm") == shape())
  }

  @Test("says which layers slide: all of Mistral's, those that Qwen lists")
  func windows() throws {
    let mistral = try shape(["sliding_window": .integer(8)], model: "mistral")
    #expect(mistral.variations?.slidingLayers == [0, 1, 2, 3] && mistral.window(ofLayer: 1) == 8)
    #expect(try shape(["sliding_window": .null], model: "mistral").variations == nil)
    let qwen: [String: JSONValue?] = [
      "use_sliding_window": .flag(true), "sliding_window": .integer(16),
      "max_window_layers": .integer(3),
    ]
    #expect(try shape(qwen, model: "qwen2").variations?.slidingLayers == [3])
    var listed = qwen
    let kinds = ["full_attention", "sliding_attention", "full_attention", "full_attention"]
    listed["layer_types"] = .list(kinds.map { .text($0) })
    let shape = try shape(listed, model: "qwen3")
    #expect(shape.window(ofLayer: 1) == 16 && shape.window(ofLayer: 3) == nil)
  }

  @Test("that sets a key which is not computed is refused with the key's name")
  func refused() {
    #expect(refusal(["attention_bias": .flag(true)]).contains("sets 'attention_bias' to true"))
    #expect(refusal(["hidden_act": .text("gelu")]).contains("but only \"silu\" is computed"))
    #expect(refusal(["logit_scale": .number(0.5)]).contains("'logit_scale' to 0.5, a key"))
    #expect(refusal(["sliding_window": .integer(8)]).contains("sets 'sliding_window' to 8"))
    #expect(refusal(["rope_scaling": .object(["rope_type": .text("dynamic")])]).contains("dynamic"))
    let unknown: [String: JSONValue] = [
      "rope_type": .text("linear"), "factor": .integer(2), "wobble": .integer(1),
    ]
    #expect(refusal(["rope_scaling": .object(unknown)]).contains("'rope_scaling.wobble'"))
    #expect(refusal(model: "gemma3_text").contains("architecture 'gemma3_text', not one of llama"))
    #expect(
      refusal(["num_key_value_heads": nil], model: "qwen2").contains("divisor") == false)
    #expect(
      refusal(["num_key_value_heads": nil], model: "qwen2")
        .contains("as 'num_key_value_heads', but has not"))
    #expect(refusal(["num_key_value_heads": .integer(3)]).contains("a divisor of 4 heads"))
    #expect(refusal(["vocab_size": .integer(1 << 62)]).contains("'vocab_size'"))
    #expect(refusal(["hidden_size": .text("wide")]).contains("'hidden_size'"))
    #expect(refusal(["rope_theta": .number(-1)]).contains("a positive number as 'rope_theta'"))
    #expect(
      refusal(["rope_parameters": .object(["rope_theta": .integer(7)])])
        .contains("sets 'rope_theta' to 500000"))
  }

  /// Values of transformers 5.24, which computes these in single precision.
  @Test("scales rotary frequencies as transformers does")
  func rotary() throws {
    func frequencies(_ scaling: [String: JSONValue], base: Double) throws -> ([Double], Double) {
      let shape = try shape([
        "rope_theta": .number(base), "rope_scaling": .object(scaling), "head_dim": .integer(16),
      ])
      let kind = shape.variations?.rotaryScaling ?? .none
      let plain = (0..<8).map { pow(base, -Double($0) / 8) }
      return (kind.apply(to: plain, base: base), kind.magnitude)
    }
    let yarn: [String: JSONValue] = [
      "rope_type": .text("yarn"), "factor": .number(4),
      "original_max_position_embeddings": .integer(64),
    ]
    let first = try frequencies(yarn, base: 10_000)
    #expect(distance(first.0, paper) < 2e-7 && abs(first.1 - 1.138629436111989) < 1e-12)
    let second = try frequencies(
      [
        "rope_type": .text("yarn"), "factor": .number(3), "mscale": .number(0.8),
        "original_max_position_embeddings": .integer(32), "beta_fast": .integer(16),
        "beta_slow": .integer(2), "mscale_all_dim": .number(0.5), "truncate": .flag(false),
      ], base: 1000)
    #expect(distance(second.0, odd) < 2e-7 && abs(second.1 - 1.0312422146149822) < 1e-12)
    let third = try frequencies(
      ["rope_type": .text("linear"), "factor": .number(2.5)], base: 10_000)
    #expect(abs(third.0[0] - 0.4) < 1e-15 && third.1 == 1)
  }

  private let paper = [
    1, 0.23717081546783447, 0.04999999701976776, 0.007905694656074047, 0.0024999999441206455,
    0.0007905694656074047, 0.0002500000118743628, 7.905694656074047e-05,
  ]
  private let odd = [
    1, 0.1619928777217865, 0.05927598103880882, 0.024996472522616386, 0.010540924966335297,
    0.004445071332156658, 0.0018744710832834244, 0.0007904579397290945,
  ]

  /// The largest relative difference.
  private func distance(_ first: [Double], _ second: [Double]) -> Double {
    guard first.count == second.count else { return .infinity }
    return zip(first, second).reduce(0) { max($0, abs($1.0 / $1.1 - 1)) }
  }
}

/// Reference values of whole models, where they lie beside the checkout.
private let folder =
  (ProcessInfo.processInfo.environment["OPD_GOLDEN"] ?? "../shared/golden") + "/pretrained"

@Suite("Reference values of pretrained models")
struct PretrainedGoldenTests {
  @Test(
    "are met by every model, GGUF file and adapter",
    .enabled(
      if: FileManager.default.fileExists(atPath: folder), "no reference values; set OPD_GOLDEN"))
  func golden() throws {
    let results = try ModelGolden.check(folder: folder)
    #expect(!results.isEmpty)
    for result in results {
      #expect(
        result.passed, "\(result.name): \(result.error) > \(result.tolerance) \(result.note ?? "")")
    }
  }
}
