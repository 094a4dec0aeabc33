internal import Foundation
public import Storage
public import Tensors

/// Translates between this decoder's parameters and the tensors of a Llama checkpoint, as other libraries name them.
public enum LlamaCheckpoint {
  /// The shape that a checkpoint's `config.json` describes.
  ///
  /// - Throws: `LlamaCheckpointError` for another architecture or a missing key.
  public static func configuration(json: [UInt8]) throws -> DecoderConfiguration {
    guard let object = try JSONSerialization.jsonObject(with: Data(json)) as? [String: Any] else {
      throw LlamaCheckpointError.notAnObject
    }
    func integer(_ key: String) throws -> Int {
      guard let value = object[key] as? Int else { throw LlamaCheckpointError.missingKey(key) }
      return value
    }
    guard object["model_type"] as? String == "llama" else {
      throw LlamaCheckpointError.architecture(object["model_type"] as? String ?? "none")
    }
    guard object["tie_word_embeddings"] as? Bool ?? false else {
      throw LlamaCheckpointError.untied
    }
    let rope = object["rope_parameters"] as? [String: Any]
    let heads = try integer("num_attention_heads")
    return DecoderConfiguration(
      vocabularySize: try integer("vocab_size"), layers: try integer("num_hidden_layers"),
      width: try integer("hidden_size"), heads: heads,
      keyValueHeads: object["num_key_value_heads"] as? Int ?? heads,
      headWidth: object["head_dim"] as? Int, hidden: try integer("intermediate_size"),
      positions: try integer("max_position_embeddings"),
      rotaryBase: (object["rope_theta"] ?? rope?["rope_theta"]) as? Double ?? 10_000,
      normEpsilon: object["rms_norm_eps"] as? Double ?? 1e-5)
  }

  /// The checkpoint tensors that make up a parameter, in the order of its rows.
  public static func sources(_ parameter: String) -> [String] {
    switch parameter {
    case "embedding": return ["model.embed_tokens.weight"]
    case "features": return ["model.feature_projection.weight"]
    case "norm": return ["model.norm.weight"]
    default: break
    }
    let parts = parameter.split(separator: ".")
    guard parts.count == 3 else { return [] }
    let names: [String] =
      switch parts[2] {
      case "attentionNorm": ["input_layernorm"]
      case "query": ["self_attn.q_proj"]
      case "keyValue": ["self_attn.k_proj", "self_attn.v_proj"]
      case "output": ["self_attn.o_proj"]
      case "feedForwardNorm": ["post_attention_layernorm"]
      case "gateUp": ["mlp.gate_proj", "mlp.up_proj"]
      case "down": ["mlp.down_proj"]
      default: []
      }
    return names.map { "model.layers.\(parts[1]).\($0).weight" }
  }

  /// Parameters from a checkpoint's tensors.
  ///
  /// - Throws: `LlamaCheckpointError` where a tensor is missing or has another shape.
  public static func parameters(
    _ list: [NamedTensor], _ configuration: DecoderConfiguration
  ) throws -> Parameters<Float> {
    let tensors = Dictionary(list.map { ($0.name, $0) }) { first, _ in first }
    var result = Parameters<Float>(zeros: configuration.layout)
    for entry in configuration.layout.entries {
      var values: [Float] = []
      for name in sources(entry.name) {
        guard let tensor = tensors[name] else { throw LlamaCheckpointError.missingTensor(name) }
        guard tensor.shape.last == entry.shape.last else {
          throw LlamaCheckpointError.shape(name, expected: entry.shape, received: tensor.shape)
        }
        values.append(contentsOf: tensor.values)
      }
      guard values.count == entry.count else {
        throw LlamaCheckpointError.shape(
          entry.name, expected: entry.shape, received: [values.count])
      }
      result[entry.name] = values
    }
    return result
  }

  /// A checkpoint's tensors from parameters.
  public static func tensors<Scalar: Real>(
    _ parameters: Parameters<Scalar>, _ configuration: DecoderConfiguration
  ) -> [NamedTensor] {
    var result: [NamedTensor] = []
    for entry in parameters.layout.entries {
      let names = sources(entry.name)
      let values = parameters[entry.name].map { Float($0) }
      let share = values.count / names.count
      for (i, name) in names.enumerated() {
        var shape = entry.shape
        shape[0] /= names.count
        result.append(
          NamedTensor(name, shape: shape, values: Array(values[i * share..<(i + 1) * share])))
      }
    }
    return result
  }
}

/// Why a checkpoint cannot be used.
public enum LlamaCheckpointError: Error, Hashable, CustomStringConvertible {
  /// `config.json` holds no object.
  case notAnObject
  /// `config.json` lacks a key.
  case missingKey(String)
  /// Another architecture.
  case architecture(String)
  /// Output and embedding are separate matrices.
  case untied
  /// A tensor is missing.
  case missingTensor(String)
  /// A tensor has another shape.
  case shape(String, expected: [Int], received: [Int])

  /// Two sentences: what happened and what to do.
  public var description: String {
    switch self {
    case .notAnObject: "config.json holds no object. Export the checkpoint again."
    case .missingKey(let key): "config.json has no '\(key)'. Export the checkpoint again."
    case .architecture(let name):
      "The checkpoint's architecture is '\(name)', not 'llama'. Use a Llama-architecture model."
    case .untied:
      "The checkpoint's output matrix is not tied to its embedding. Use a model with tied embeddings."
    case .missingTensor(let name):
      "The checkpoint has no tensor '\(name)'. Export the whole model in one safetensors file."
    case .shape(let name, let expected, let received):
      "Tensor '\(name)' has shape \(received), not \(expected). Compare config.json with the weights."
    }
  }
}
