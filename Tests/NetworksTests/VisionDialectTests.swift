import Core
import Foundation
import Storage
import Tensors
import Testing

@testable import Networks

/// A configuration in the form of older files on the Hub: the decoder's keys beside everything else.
private let flat = """
  "model_type": "qwen2_5_vl", "architectures": ["Qwen2_5_VLForConditionalGeneration"],
  "attention_dropout": 0.0, "bos_token_id": 1, "eos_token_id": 2, "vision_start_token_id": 3,
  "vision_end_token_id": 4, "vision_token_id": 5, "image_token_id": 6, "video_token_id": 7,
  "hidden_act": "silu", "hidden_size": 32, "initializer_range": 0.02, "intermediate_size": 24,
  "max_position_embeddings": 128, "max_window_layers": 70, "num_attention_heads": 2,
  "num_hidden_layers": 1, "num_key_value_heads": 1, "rms_norm_eps": 1e-06,
  "rope_theta": 1000000.0, "sliding_window": 32768, "tie_word_embeddings": true,
  "torch_dtype": "bfloat16", "transformers_version": "4.41.2", "use_cache": true,
  "use_sliding_window": false, "vocab_size": 12,
  "rope_scaling": {"type": "mrope", "mrope_section": [2, 3, 3]},
  """

private let tower = """
  "depth": 2, "hidden_act": "silu", "hidden_size": 16, "intermediate_size": 12, "num_heads": 2,
  "in_chans": 3, "out_hidden_size": 32, "patch_size": 14, "spatial_merge_size": 2,
  "spatial_patch_size": 14, "window_size": 112, "fullatt_block_indexes": [1],
  "tokens_per_second": 2, "temporal_patch_size": 2
  """

private let tiled = """
  {"model_type": "smolvlm", "architectures": ["SmolVLMForConditionalGeneration"],
   "image_token_id": 9, "pad_token_id": 2, "scale_factor": 4, "tie_word_embeddings": false,
   "torch_dtype": "float32", "transformers_version": "4.47.1", "transformers.js_config": {},
   "use_cache": true, "use_reentrant_checkpointing": false, "vocab_size": 10,
   "text_config": {
     "_attn_implementation_autoset": false, "_flash_attn_2_enabled": true,
     "_name_or_path": "None", "architectures": ["VLlama3ForCausalLM"], "attention_bias": false,
     "head_dim": 8, "hidden_act": "silu", "hidden_size": 16, "intermediate_size": 12,
     "is_llama_config": true, "max_position_embeddings": 128, "mlp_bias": false,
     "model_type": "llama", "neftune_noise_alpha": 0.0, "num_attention_heads": 2,
     "num_hidden_layers": 1, "num_key_value_heads": 1, "pad_token_id": 2,
     "perceiver_config": {"resampler_depth": 6}, "pixel_shuffle_factor": 4, "pretraining_tp": 1,
     "qk_layer_norms": false, "rms_norm_eps": 1e-05, "rope_interleaved": false,
     "rope_scaling": null, "rope_theta": 100000, "use_cache": true, "use_resampler": false,
     "vocab_size": 10},
   "vision_config": {
     "attention_dropout": 0.0, "hidden_act": "gelu_pytorch_tanh", "hidden_size": 12,
     "image_size": 16, "initializer_range": 0.02, "intermediate_size": 10,
     "layer_norm_eps": 1e-06, "max_image_size": {"longest_edge": 16},
     "model_type": "smolvlm_vision", "num_attention_heads": 3, "num_channels": 3,
     "num_hidden_layers": 1, "patch_size": 4, "size": {"longest_edge": 64},
     "tie_word_embeddings": false, "use_base_siglip": false}}
  """

/// CLIP as its first files on the Hub have it, cut down: two objects of one meaning, and settings of generation.
private let clip = """
  {"_name_or_path": "openai/clip-vit-base-patch32", "architectures": ["CLIPModel"],
   "initializer_factor": 1.0, "logit_scale_init_value": 2.6592, "model_type": "clip",
   "projection_dim": 5, "text_config": {"hidden_size": 4}, "text_config_dict": null,
   "torch_dtype": "float32", "transformers_version": null,
   "vision_config": {
     "add_cross_attention": false, "bad_words_ids": null, "chunk_size_feed_forward": 0,
     "dropout": 0.0, "hidden_act": "quick_gelu", "hidden_size": 8, "id2label": {"0": "LABEL_0"},
     "image_size": 9, "initializer_factor": 1.0, "intermediate_size": 6, "is_decoder": false,
     "is_encoder_decoder": false, "layer_norm_eps": 1e-05, "length_penalty": 1.0,
     "max_length": 20, "model_type": "clip_vision_model", "num_attention_heads": 2,
     "num_hidden_layers": 1, "patch_size": 4, "pruned_heads": {}, "top_k": 50,
     "use_bfloat16": false},
   "vision_config_dict": {"patch_size": 3, "projection_dim": 7}}
  """

private func read(_ text: String) throws -> VisionLanguageConfiguration {
  try VisionLanguageConfiguration(Array(text.utf8), file: "c")
}

private func flatFile(_ tower: String = tower, more: String = "") -> String {
  "{\(flat) \(more) \"vision_config\": {\(tower)}}"
}

@Suite("The configuration of a model with pictures")
struct VisionDialectTests {
  @Test("is read in the form of files on the Hub")
  func hub() throws {
    let patched = try read(flatFile())
    #expect(patched.dialect == .qwen2 && patched.imageToken == 6 && patched.videoToken == 7)
    #expect(patched.vision.window == 4 && patched.vision.fullLayers == [1])
    #expect(patched.vision.positionsPerSecond == 2 && patched.vision.outputs == 32)
    let variations = try #require(patched.decoder?.variations)
    #expect(variations.rotaryAxes == [0, 0, 1, 1, 1, 2, 2, 2])
    #expect(variations.hasBiases && !variations.hasOwnOutput)
    #expect(patched.decoder?.rotaryBase == 1_000_000)
    let small = try read(tiled)
    #expect(small.dialect == .llama && small.vision.merge == 4 && small.vision.side == 4)
    #expect(small.vision.outputs == 16 && small.decoder?.variations?.hasOwnOutput == true)
    let alone = try read(#"{"model_type": "siglip", "vision_config": {}, "text_config": {}}"#)
    #expect(alone.vision.width == 768 && alone.vision.side == 14 && alone.vision.pools)
    let first = try read(clip)
    #expect(first.vision.family == .clip && first.vision.activation == .quickGELU)
    #expect(first.vision.patch == 3 && first.vision.side == 3 && first.vision.projection == 5)
    let tower = try read(#"{"model_type": "clip_vision_model", "hidden_act": "gelu"}"#).vision
    #expect(tower.side == 7 && tower.projection == 512 && tower.normEpsilon == 1e-5)
    #expect(tower.activation == .gelu && tower.pooledWidth == 512)
  }

  @Test("is refused by the name of a key that would change the numbers")
  func refusals() {
    let files: [(String, String)] = [
      (flatFile(more: #""residual_scale": 2,"#), "residual_scale"),
      (flatFile(tower + #", "deepstack": [1]"#), "vision_config.deepstack"),
      (flatFile(tower.replacing(#""in_chans": 3"#, with: #""in_chans": 4"#)), "in_chans"),
      (flatFile(tower.replacing("silu", with: "relu")), "vision_config.hidden_act"),
      (flatFile(tower.replacing("[1]", with: "[2]")), "fullatt_block_indexes"),
      (
        flatFile(tower.replacing(#""out_hidden_size": 32"#, with: #""out_hidden_size": 30"#)),
        "hidden_size"
      ),
      (
        flatFile().replacing(#""use_sliding_window": false"#, with: #""use_sliding_window": true"#),
        "use_sliding_window"
      ),
      (flatFile().replacing("[2, 3, 3]", with: "[2, 3, 4]"), "mrope_section"),
      (
        flatFile().replacing("[2, 3, 3]", with: #"[2, 3, 3], "mrope_interleaved": true"#),
        "mrope_interleaved"
      ),
      (
        tiled.replacing(#""qk_layer_norms": false"#, with: #""qk_layer_norms": true"#),
        "qk_layer_norms"
      ),
      (tiled.replacing(#""scale_factor": 4"#, with: #""scale_factor": 3"#), "scale_factor"),
      (tiled.replacing(#""num_channels": 3"#, with: #""num_channels": 1"#), "num_channels"),
      (flatFile().replacing(#""rope_theta": 1000000.0,"#, with: ""), "rope_theta"),
      (flatFile(more: #""is_encoder_decoder": true,"#), "is_encoder_decoder"),
      (tiled.replacing(#""rms_norm_eps": 1e-05,"#, with: ""), "rms_norm_eps"),
      (#"{"model_type": "llava"}"#, "llava"),
      (
        clip.replacing(#""pruned_heads": {}"#, with: #""pruned_heads": {"0": [1]}"#),
        "pruned_heads"
      ),
      (clip.replacing(#""is_decoder": false"#, with: #""is_decoder": true"#), "is_decoder"),
      (clip.replacing(#"7}}"#, with: #"7, "registers": 4}}"#), "vision_config_dict.registers"),
      (clip.replacing("quick_gelu", with: "relu"), "vision_config.hidden_act"),
      (clip.replacing(#""hidden_size": 8"#, with: #""hidden_size": 9"#), "num_attention_heads"),
      (clip.replacing(#""patch_size": 3"#, with: #""patch_size": 10"#), "image_size"),
    ]
    for (text, key) in files {
      let error = #expect(throws: CheckpointError.self) { try read(text) }
      #expect(
        error.map { "\($0)".contains(key) } ?? false, "\(key): \(error.map { "\($0)" } ?? "")")
    }
  }

  @Test("of a processor is used, harmless or refused")
  func processors() throws {
    func processor(_ text: String) throws -> PictureProcessor {
      try PictureProcessor.read(Array(text.utf8), file: "p")
    }
    let patched = try processor(
      """
      {"min_pixels": 3136, "max_pixels": 12845056, "patch_size": 14, "temporal_patch_size": 2,
       "merge_size": 2, "image_mean": [0.48145466, 0.4578275, 0.40821073],
       "image_std": [0.26862954, 0.26130258, 0.27577711],
       "image_processor_type": "Qwen2VLImageProcessorFast", "processor_class": "Qwen2_5_VLProcessor"}
      """)
    var expected = PatchProcessor()
    expected.most = 12_845_056
    #expect(patched == .patched(expected))
    let square =
      #"{"image_processor_type": "SiglipImageProcessor", "size": {"height": 8, "width": 8}"#
    #expect(try processor(square + "}") == .square(SquareProcessor(width: 8, height: 8)))
    for more in [
      #""resample": 5"#, #""do_resize": false"#, #""sharpen": 1"#, #""image_std": [0, 1, 1]"#,
      #""image_processor_type": "CLIPImageProcessor""#, #""do_center_crop": true"#,
    ] {
      #expect(throws: (any Error).self) { try processor("\(square), \(more)}") }
    }
  }

  @Test("of CLIP's processor is read in the form of old files and of new ones")
  func crops() throws {
    func processor(_ text: String) throws -> PictureProcessor {
      try PictureProcessor.read(Array("{\(text)}".utf8), file: "p")
    }
    let old = #"""
      "crop_size": 6, "do_center_crop": true, "do_normalize": true, "do_resize": true,
      "feature_extractor_type": "CLIPFeatureExtractor", "resample": 3, "size": 8
      """#
    let new = #"""
      "crop_size": {"height": 6, "width": 6}, "image_processor_type": "CLIPImageProcessor",
      "size": {"shortest_edge": 8}
      """#
    let expected = PictureProcessor.cropped(CropProcessor(shortest: 8, width: 6, height: 6))
    #expect(try processor(old) == expected && processor(new) == expected)
    for (text, part) in [
      (new.replacing("8", with: "5"), "crop_size"), (new.replacing("8", with: "0"), "size"),
      (new.replacing("shortest_edge", with: "longest_edge"), "longest_edge"),
      (new + #", "do_center_crop": false"#, "do_center_crop"),
      (old.replacing("CLIPFeature", with: "ViTFeature"), "ViTImageProcessor"),
    ] {
      let error = #expect(throws: CheckpointError.self) { try processor(text) }
      let sentence = error.map { "\($0)" } ?? ""
      #expect(sentence.contains(part), "\(part): \(sentence)")
    }
  }

  @Test(
    "of CLIP leads to weights of either spelling, with and without the matrix",
    arguments: ["", "vision_model."])
  func clipWeights(prefix: String) throws {
    let folder = FileManager.default.temporaryDirectory.path + "/clip-\(UUID())"
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(atPath: folder) }
    func write(_ configuration: String, _ tensors: [NamedTensor]) throws {
      try configuration.write(toFile: folder + "/config.json", atomically: true, encoding: .utf8)
      try SafetensorsFile(tensors: tensors).write(folder + "/model.safetensors")
    }
    let settings = try read(clip)
    var layout = ParameterLayout()
    settings.vision.append(to: &layout)
    let tensors = tensors(layout, settings, tower: prefix, body: "")
    let more = ["text_model.final_layer_norm.bias", "logit_scale", "text_projection.weight"].map {
      NamedTensor($0, shape: [1], values: [0])
    }
    try write(clip, tensors + more)
    let model = try VisionModel(folder)
    let parameters = model.parameters()
    for tensor in tensors {
      #expect(model.tensor(tensor.name, in: parameters) == tensor.values, "\(tensor.name)")
    }
    let fewer = tensors.filter { !$0.name.hasPrefix("visual_projection") }
    try write(clip, fewer)
    #expect(throws: CheckpointError.missingTensor("visual_projection.weight", file: folder)) {
      try VisionModel(folder)
    }
    let alone = #"""
      {"model_type": "clip_vision_model", "hidden_size": 8, "image_size": 9, "intermediate_size": 6,
       "num_attention_heads": 2, "num_hidden_layers": 1, "patch_size": 3, "projection_dim": 5}
      """#
    try write(alone, fewer)
    #expect(try VisionModel(folder).configuration.vision.pooledWidth == 8)
    try write(alone, tensors)
    #expect(try VisionModel(folder).configuration.vision.pooledWidth == 5)
  }

  @Test("leads to weights that are those of the file, in both spellings", arguments: [0, 1])
  func weights(spelling: Int) throws {
    let folder = FileManager.default.temporaryDirectory.path + "/vision-\(UUID())"
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(atPath: folder) }
    try flatFile().write(toFile: folder + "/config.json", atomically: true, encoding: .utf8)
    let settings = try read(flatFile())
    var layout = try #require(settings.decoder).layout
    settings.vision.append(to: &layout)
    let (tower, body) = [("visual.", "model."), ("model.visual.", "model.language_model.")][
      spelling]
    let tensors = tensors(layout, settings, tower: tower, body: body)
    try SafetensorsFile(tensors: tensors).write(folder + "/model.safetensors")
    let model = try VisionModel(folder)
    let parameters = model.parameters()
    for tensor in tensors {
      #expect(model.tensor(tensor.name, in: parameters) == tensor.values, "\(tensor.name)")
    }
    let fewer = SafetensorsFile(tensors: Array(tensors.dropLast()))
    try fewer.write(folder + "/model.safetensors")
    #expect(throws: CheckpointError.self) { try VisionModel(folder) }
    let more = tensors + [NamedTensor("other", shape: [1], values: [0])]
    try SafetensorsFile(tensors: more).write(folder + "/model.safetensors")
    #expect(throws: CheckpointError.unusedTensor("other", file: folder)) { try VisionModel(folder) }
  }

  /// Tensors of distinct numbers for a layout.
  private func tensors(
    _ layout: ParameterLayout, _ settings: VisionLanguageConfiguration, tower: String, body: String
  ) -> [NamedTensor] {
    let names = VisionNames(family: settings.vision.family, tower: tower, connector: "")
    let text = TextNames(body: body, head: "lm_head.weight")
    var result: [NamedTensor] = []
    for entry in layout.entries {
      let isVision = entry.name.hasPrefix("vision.")
      let parts = isVision ? names.sources(entry.name) : text.sources(entry.name)
      for part in parts where !result.contains(where: { $0.name == part.name }) {
        var shape = entry.shape
        shape[0] = shape[0] / parts.count / (part.thirds?.count ?? 1) * (part.thirds == nil ? 1 : 3)
        let vision = settings.vision
        if entry.name == "vision.patch" {
          shape =
            [vision.width, 3] + (vision.family == .clip ? [] : [2])
            + [vision.patch, vision.patch]
        }
        if entry.name == "vision.class" { shape = [vision.width] }
        let first = Float(result.count * 1000)
        let values = (0..<shape.reduce(1, *)).map { first + Float($0) }
        result.append(NamedTensor(part.name, shape: shape, values: values))
      }
    }
    return result
  }
}
