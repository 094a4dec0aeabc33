import Core
import Foundation
import Networks
import Storage

/// A model of random weights that reads bytes and pictures of one tile, 8 pixels a side, as SmolVLM's folders have them.
struct TinyPictureModel {
  let folder: String

  init(_ folder: String) throws {
    self.folder = folder
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    try write("config.json", Self.configuration)
    try write(
      "preprocessor_config.json",
      """
      {"image_processor_type": "SmolVLMImageProcessor", "do_image_splitting": true,
       "size": {"longest_edge": 16}, "max_image_size": {"longest_edge": 8}, "resample": 1}
      """)
    try write("tokenizer.json", Self.tokenizer)
    try write("generation_config.json", #"{"eos_token_id": 256}"#)
    var draws = Seed(8).generator()
    let tensors = Self.shapes.map { name, shape in
      let isNorm = name.contains("norm") && name.hasSuffix("weight")
      let width = Double(shape.dropFirst().reduce(1, *))
      return NamedTensor(
        name, shape: shape,
        values: (0..<shape.reduce(1, *)).map { _ in
          Float(isNorm ? 1 : draws.normal() / max(3, width).squareRoot())
        })
    }
    try SafetensorsFile(tensors: tensors).write(folder + "/model.safetensors")
  }

  private func write(_ name: String, _ text: String) throws {
    try text.write(toFile: folder + "/" + name, atomically: true, encoding: .utf8)
  }

  private static let configuration = """
    {"model_type": "smolvlm", "image_token_id": 257, "scale_factor": 2, "tie_word_embeddings": true,
     "text_config": {"model_type": "llama", "head_dim": 8, "hidden_act": "silu", "hidden_size": 32,
       "intermediate_size": 24, "max_position_embeddings": 512, "num_attention_heads": 4,
       "num_hidden_layers": 2, "num_key_value_heads": 2, "rms_norm_eps": 1e-05,
       "rope_theta": 10000, "vocab_size": 260},
     "vision_config": {"hidden_act": "gelu_pytorch_tanh", "hidden_size": 12, "image_size": 8,
       "intermediate_size": 10, "layer_norm_eps": 1e-06, "model_type": "smolvlm_vision",
       "num_attention_heads": 3, "num_channels": 3, "num_hidden_layers": 2, "patch_size": 2}}
    """

  /// Bytes, and four control tokens.
  private static var tokenizer: String {
    let printable = Set<UInt8>(33...126).union(161...172).union(174...255)
    var next: UInt32 = 256
    let entries = (0...255 as ClosedRange<UInt8>).map { byte in
      if !printable.contains(byte) { next += 1 }
      let scalar = printable.contains(byte) ? UInt32(byte) : next - 1
      return "\"\\u" + String(format: "%04x", scalar) + "\": \(byte)"
    }
    let controls = ["<end>", "<image>", "<fake_token_around_image>", "<global-img>"]
    let added = controls.enumerated().map { index, content in
      """
      {"id": \(256 + index), "content": "\(content)", "single_word": false, "lstrip": false,
       "rstrip": false, "normalized": false, "special": true}
      """
    }
    return """
      {"added_tokens": [\(added.joined(separator: ", "))],
       "normalizer": null, "post_processor": null, "decoder": {"type": "ByteLevel"},
       "pre_tokenizer": {"type": "ByteLevel", "add_prefix_space": false, "trim_offsets": true, "use_regex": true},
       "model": {"type": "BPE", "vocab": {\(entries.joined(separator: ", "))}, "merges": []}}
      """
  }

  private static var shapes: [(String, [Int])] {
    let text = "model.text_model."
    let tower = "model.vision_model."
    let ends: [(String, [Int])] = [
      (text + "embed_tokens.weight", [260, 32]), (text + "norm.weight", [32]),
      ("model.connector.modality_projection.proj.weight", [32, 48]),
      (tower + "embeddings.patch_embedding.weight", [12, 3, 2, 2]),
      (tower + "embeddings.patch_embedding.bias", [12]),
      (tower + "embeddings.position_embedding.weight", [16, 12]),
      (tower + "post_layernorm.weight", [12]), (tower + "post_layernorm.bias", [12]),
    ]
    let layers = (0..<2).flatMap { index in
      layer(text + "layers.\(index).") + towerLayer(tower + "encoder.layers.\(index).")
    }
    return ends + layers
  }

  private static func layer(_ prefix: String) -> [(String, [Int])] {
    [
      ("input_layernorm.weight", [32]), ("post_attention_layernorm.weight", [32]),
      ("self_attn.q_proj.weight", [32, 32]), ("self_attn.k_proj.weight", [16, 32]),
      ("self_attn.v_proj.weight", [16, 32]), ("self_attn.o_proj.weight", [32, 32]),
      ("mlp.gate_proj.weight", [24, 32]), ("mlp.up_proj.weight", [24, 32]),
      ("mlp.down_proj.weight", [32, 24]),
    ].map { (prefix + $0, $1) }
  }

  private static func towerLayer(_ prefix: String) -> [(String, [Int])] {
    let square = ["q_proj", "k_proj", "v_proj", "out_proj"].flatMap { name -> [(String, [Int])] in
      [("self_attn.\(name).weight", [12, 12]), ("self_attn.\(name).bias", [12])]
    }
    let norms = ["layer_norm1", "layer_norm2"].flatMap { name -> [(String, [Int])] in
      [("\(name).weight", [12]), ("\(name).bias", [12])]
    }
    let wide: [(String, [Int])] = [
      ("mlp.fc1.weight", [10, 12]), ("mlp.fc1.bias", [10]), ("mlp.fc2.weight", [12, 10]),
      ("mlp.fc2.bias", [12]),
    ]
    return (square + norms + wide).map { (prefix + $0, $1) }
  }
}
