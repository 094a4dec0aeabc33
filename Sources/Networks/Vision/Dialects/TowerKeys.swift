internal import Storage
internal import Tensors

/// Towers without a decoder, alone or beside a text side that is not computed here.
extension VisionKeys {
  /// The tower of a whole configuration without a decoder; `nil` for another kind.
  static func tower(
    ofKind kind: String?, _ keys: ConfigurationKeys
  ) throws -> VisionConfiguration? {
    switch kind {
    case "clip_vision_model":
      try keys.check(clip)
      return try tower(.clip, keys)
    case "clip": return try clip(of: keys)
    case "siglip_vision_model":
      try keys.check(siglip)
      return try tower(.siglip, keys)
    case "siglip":
      try keys.check(outside(["vision_config"], harmless: ["text_config"]))
      return try tower(.siglip, try keys.inner("vision_config", siglip))
    default: return nil
    }
  }

  /// What the tower's object may say.
  static let clip: [String: KeyRule] = {
    var rules = outside(
      [
        "hidden_size", "intermediate_size", "num_hidden_layers", "num_attention_heads",
        "image_size", "patch_size", "hidden_act", "layer_norm_eps", "projection_dim",
      ], harmless: generation)
    rules["num_channels"] = .only([.integer(3)])
    rules["pruned_heads"] = .only([.object([:])])
    for key in ["is_decoder", "add_cross_attention"] { rules[key] = .only([.flag(false)]) }
    return rules
  }()

  /// What older releases of transformers wrote into every object: settings of a text's generation, and bookkeeping.
  private static let generation = [
    "_commit_hash", "bad_words_ids", "begin_suppress_tokens", "chunk_size_feed_forward",
    "cross_attention_hidden_size", "decoder_start_token_id", "diversity_penalty", "do_sample",
    "dropout", "early_stopping", "encoder_no_repeat_ngram_size", "exponential_decay_length_penalty",
    "finetuning_task", "forced_bos_token_id", "forced_eos_token_id", "id2label", "label2id",
    "length_penalty", "max_length", "min_length", "no_repeat_ngram_size", "num_beam_groups",
    "num_beams", "num_return_sequences", "output_scores", "prefix", "problem_type",
    "remove_invalid_values", "repetition_penalty", "return_dict_in_generate", "sep_token_id",
    "suppress_tokens", "task_specific_params", "temperature", "tf_legacy_loss",
    "tie_encoder_decoder", "tokenizer_class", "top_k", "top_p", "torchscript", "typical_p",
    "use_bfloat16",
  ]

  /// The tower of a whole model, whose matrix is as wide as the text side's.
  static func clip(of keys: ConfigurationKeys) throws -> VisionConfiguration {
    try keys.check(
      outside(
        ["vision_config", "vision_config_dict", "projection_dim"],
        harmless: ["text_config", "text_config_dict", "logit_scale_init_value", "_commit_hash"]))
    var inner = try keys.inner("vision_config", clip)
    // Old files say twice what they mean, and the second object is the one that counts.
    if let second = try keys.object("vision_config_dict") {
      try second.check(clip)
      inner = ConfigurationKeys(
        object: inner.object.merging(second.object) { $1 }, file: keys.file, prefix: inner.prefix)
    }
    var result = try tower(.clip, inner)
    result.projection = try keys.optionalInteger("projection_dim", in: widths) ?? 512
    return result
  }

  /// Settings that a file leaves out are those of its class: published files do.
  static func clipTower(_ keys: ConfigurationKeys) throws -> VisionConfiguration {
    let patch = try keys.optionalInteger("patch_size", in: 1...256) ?? 32
    let size = try keys.optionalInteger("image_size", in: 1...8192) ?? 224
    guard size >= patch else { throw keys.expected("at least a patch", "image_size") }
    var result = VisionConfiguration(
      family: .clip, layers: try keys.optionalInteger("num_hidden_layers", in: 1...256) ?? 12,
      width: try keys.optionalInteger("hidden_size", in: widths) ?? 768,
      heads: try keys.optionalInteger("num_attention_heads", in: 1...1024) ?? 12,
      hidden: try keys.optionalInteger("intermediate_size", in: widths) ?? 3072, patch: patch,
      activation: try keys.activation() ?? .quickGELU)
    result.side = size / patch
    result.normEpsilon = try keys.optionalNumber("layer_norm_eps") ?? 1e-5
    result.pools = true
    result.projection = try keys.optionalInteger("projection_dim", in: widths) ?? 512
    return result
  }
}
