import Core
import Foundation
import Networks
import Storage
import Tensors
import Tokenizers

@testable import Serve
@testable import Student

/// A model of random weights that reads pictures of one tile, 8 pixels a side.
struct SeeingModel {
  static let words = Vocabulary(
    words: "abcdefghijklmnopqrstuvwxyz .:\n".map { String($0) }
      + [
        "<image>", "<fake_token_around_image>", "<global-img>", "<|im_start|>",
        "<end_of_utterance>", "User", "Assistant", "System", "<end>",
      ], end: "<end>")

  let service: CompletionService

  init(positions: Int = 256) throws {
    let folder = FileManager.default.temporaryDirectory.path + "/seeing-\(UUID())"
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(atPath: folder) }
    try Self.write(folder)
    let reader = try PictureReader(VisionModel(folder, positions: positions))
    let prompts = try TextPrompts(
      format: "{query}", template: "plain", tokenizer: Self.words, longest: positions)
    service = CompletionService(
      ServedModel(
        "seeing", DecoderPolicy(reader, tokenizer: Self.words, prompts: prompts),
        fingerprint: "weights", positions: positions, reader: reader))
  }

  private static func write(_ folder: String) throws {
    let configuration = """
      {"model_type": "smolvlm", "image_token_id": \(words.token(of: "<image>") ?? 0), "scale_factor": 2,
       "tie_word_embeddings": true,
       "text_config": {"model_type": "llama", "head_dim": 8, "hidden_act": "silu", "hidden_size": 16,
         "intermediate_size": 12, "max_position_embeddings": 512, "num_attention_heads": 2,
         "num_hidden_layers": 1, "num_key_value_heads": 1, "rms_norm_eps": 1e-05,
         "rope_theta": 10000, "vocab_size": \(words.count)},
       "vision_config": {"hidden_act": "gelu_pytorch_tanh", "hidden_size": 12, "image_size": 8,
         "intermediate_size": 10, "layer_norm_eps": 1e-06, "model_type": "smolvlm_vision",
         "num_attention_heads": 3, "num_channels": 3, "num_hidden_layers": 1, "patch_size": 2}}
      """
    let processor = """
      {"image_processor_type": "SmolVLMImageProcessor", "do_image_splitting": false,
       "size": {"longest_edge": 16}, "max_image_size": {"longest_edge": 8}, "resample": 1}
      """
    try configuration.write(toFile: folder + "/config.json", atomically: true, encoding: .utf8)
    try processor.write(
      toFile: folder + "/preprocessor_config.json", atomically: true, encoding: .utf8)
    let text = "model.text_model."
    let tower = "model.vision_model."
    let shapes: [(String, [Int])] =
      [
        (text + "embed_tokens.weight", [words.count, 16]), (text + "norm.weight", [16]),
        ("model.connector.modality_projection.proj.weight", [16, 48]),
        (tower + "embeddings.patch_embedding.weight", [12, 3, 2, 2]),
        (tower + "embeddings.patch_embedding.bias", [12]),
        (tower + "embeddings.position_embedding.weight", [16, 12]),
        (tower + "post_layernorm.weight", [12]), (tower + "post_layernorm.bias", [12]),
      ] + layer(text + "layers.0.") + towerLayer(tower + "encoder.layers.0.")
    var draws = Seed(8).generator()
    let tensors = shapes.map { name, shape in
      NamedTensor(
        name, shape: shape,
        values: (0..<shape.reduce(1, *)).map { _ in Float(draws.normal()) * 0.5 })
    }
    try SafetensorsFile(tensors: tensors).write(folder + "/model.safetensors")
  }

  private static func layer(_ prefix: String) -> [(String, [Int])] {
    [
      ("input_layernorm.weight", [16]), ("post_attention_layernorm.weight", [16]),
      ("self_attn.q_proj.weight", [16, 16]), ("self_attn.k_proj.weight", [8, 16]),
      ("self_attn.v_proj.weight", [8, 16]), ("self_attn.o_proj.weight", [16, 16]),
      ("mlp.gate_proj.weight", [12, 16]), ("mlp.up_proj.weight", [12, 16]),
      ("mlp.down_proj.weight", [16, 12]),
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

/// PNG files without a library: stored blocks, no filters.
enum TinyPNG {
  /// A picture of one colour in base64; `claimed` is the size that it says it has.
  static func base64(
    _ red: UInt8, _ green: UInt8, _ blue: UInt8, width: Int = 8, height: Int = 8,
    claimed: (width: Int, height: Int)? = nil
  ) -> String {
    let row = [0] + Array([[UInt8]](repeating: [red, green, blue], count: width).joined())
    let pixels = Array([[UInt8]](repeating: row, count: height).joined())
    let size = claimed ?? (width, height)
    let header = number(size.width) + number(size.height) + [8, 2, 0, 0, 0]
    let file =
      [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A] + chunk("IHDR", header)
      + chunk("IDAT", stored(pixels)) + chunk("IEND", [])
    return Data(file).base64EncodedString()
  }

  private static func number(_ value: Int) -> [UInt8] {
    [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: value >> $0) }
  }

  private static func chunk(_ name: String, _ body: [UInt8]) -> [UInt8] {
    let covered = Array(name.utf8) + body
    return number(body.count) + covered + number(Int(CyclicRedundancy.checksum(covered)))
  }

  /// zlib with one stored block (RFC 1950, RFC 1951 §3.2.4).
  private static func stored(_ bytes: [UInt8]) -> [UInt8] {
    var (a, b) = (1, 0)
    for byte in bytes {
      a = (a + Int(byte)) % 65_521
      b = (b + a) % 65_521
    }
    let length = [UInt8(bytes.count & 255), UInt8(bytes.count >> 8)]
    return [0x78, 0x01, 0x01] + length + length.map { ~$0 } + bytes + number(b << 16 | a)
  }
}
