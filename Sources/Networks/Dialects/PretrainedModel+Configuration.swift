internal import Foundation
internal import Storage

extension PretrainedModel {
  /// The `config.json` with which transformers builds this model: a folder's own, or one written from a GGUF file.
  ///
  /// - Throws: `CheckpointError.unwritable` for a GGUF file whose rotary positions config.json has no words for here.
  package func huggingFaceConfiguration() throws -> [UInt8] {
    guard names == .gguf else { return try TextFile.bytes(path + "/config.json") }
    let variations = configuration.variations ?? DecoderVariations()
    guard dialect == .llama, variations.rotaryScaling == .none, !variations.hasBiases,
      !variations.hasHeadNorms
    else { throw CheckpointError.unwritable(dialect.name, file: path) }
    var fields = shapeFields
    for name in ["bos", "eos"] {
      guard let token = metadata["tokenizer.ggml.\(name)_token_id"]?.integer else { continue }
      fields["\(name)_token_id"] = .integer(token)
    }
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .prettyPrinted]
    return Array(try encoder.encode(JSONValue.object(fields)))
  }

  /// The shape in the words of config.json.
  private var shapeFields: [String: JSONValue] {
    [
      "model_type": .text("llama"), "architectures": .list([.text("LlamaForCausalLM")]),
      "hidden_act": .text("silu"), "torch_dtype": .text("float32"),
      "vocab_size": .integer(configuration.vocabularySize),
      "hidden_size": .integer(configuration.width),
      "intermediate_size": .integer(configuration.hidden),
      "num_hidden_layers": .integer(configuration.layers),
      "num_attention_heads": .integer(configuration.heads),
      "num_key_value_heads": .integer(configuration.keyValueHeads),
      "head_dim": .integer(configuration.headWidth),
      "max_position_embeddings": .integer(configuration.positions),
      "rms_norm_eps": .number(configuration.normEpsilon),
      "rope_theta": .number(configuration.rotaryBase),
      "tie_word_embeddings": .flag(configuration.variations?.hasOwnOutput != true),
    ]
  }
}
