internal import Storage

/// One `model_type`: what it adds to the plain decoder, and what its configuration may say.
package struct CheckpointDialect: Sendable, Hashable {
  /// The `model_type` of config.json.
  package let name: String
  /// Whether queries, keys and values have biases.
  let hasBiases: Bool
  /// Whether heads of queries and keys are normalised.
  let hasHeadNorms: Bool
  /// Which layers have a sliding window.
  let windows: WindowRule

  /// How a configuration says which layers slide.
  enum WindowRule: Sendable {
    /// None do.
    case none
    /// All, where `sliding_window` is set.
    case everyLayer
    /// `layer_types`, or from `max_window_layers` on where `use_sliding_window` is true.
    case listed
  }

  /// Whether a missing number of key-value heads or head width follows from the others.
  ///
  /// The classes of the other dialects have defaults of their own, which no published file relies on.
  var derivesHeads: Bool { self == Self.llama || self == Self.smollm }

  static let llama = CheckpointDialect(
    name: "llama", hasBiases: false, hasHeadNorms: false, windows: .none)
  static let smollm = CheckpointDialect(
    name: "smollm", hasBiases: false, hasHeadNorms: false, windows: .none)
  static let mistral = CheckpointDialect(
    name: "mistral", hasBiases: false, hasHeadNorms: false, windows: .everyLayer)
  static let qwen2 = CheckpointDialect(
    name: "qwen2", hasBiases: true, hasHeadNorms: false, windows: .listed)
  static let qwen3 = CheckpointDialect(
    name: "qwen3", hasBiases: false, hasHeadNorms: true, windows: .listed)

  /// All dialects.
  package static let all = [llama, smollm, mistral, qwen2, qwen3]

  /// The dialect of a name.
  ///
  /// - Throws: `CheckpointError.architecture`.
  static func named(_ name: String?, file: String) throws -> CheckpointDialect {
    guard let dialect = all.first(where: { $0.name == name }) else {
      throw CheckpointError.architecture(name ?? "none", file: file, known: all.map(\.name))
    }
    return dialect
  }

  /// What config.json may say.
  var rules: [String: KeyRule] {
    var rules = Self.common
    switch windows {
    case .none: rules["sliding_window"] = .only([])
    case .everyLayer: rules["sliding_window"] = .used
    case .listed:
      for key in ["sliding_window", "use_sliding_window", "max_window_layers", "layer_types"] {
        rules[key] = .used
      }
      rules["use_mrope"] = .only([.flag(false)])
    }
    return rules
  }

  private static let common: [String: KeyRule] = {
    var rules: [String: KeyRule] = [
      "hidden_act": .only([.text("silu")]), "attention_bias": .only([.flag(false)]),
      "mlp_bias": .only([.flag(false)]), "rope_interleaved": .only([.flag(false)]),
      "pretraining_tp": .only([.integer(1)]),
      "partial_rotary_factor": .only([.integer(1), .number(1)]),
      "is_encoder_decoder": .only([.flag(false)]),
      "add_cross_attention": .only([.flag(false)]), "is_decoder": .harmless,
    ]
    for key in [
      "model_type", "vocab_size", "hidden_size", "intermediate_size", "num_hidden_layers",
      "num_attention_heads", "num_key_value_heads", "head_dim", "max_position_embeddings",
      "rms_norm_eps", "tie_word_embeddings", "rope_theta", "rope_scaling", "rope_parameters",
    ] { rules[key] = .used }
    // Training, generation and bookkeeping: none enters a forward pass.
    for key in [
      "architectures", "attention_dropout", "bos_token_id", "eos_token_id", "pad_token_id",
      "initializer_range", "use_cache", "torch_dtype", "dtype", "transformers_version",
      "_name_or_path", "is_llama_config", "transformers.js_config", "_attn_implementation_autoset",
      "return_dict", "output_attentions", "output_hidden_states", "task_specific_params",
      "tokenizer_class", "prefix", "problem_type", "id2label", "label2id", "unk_token_id",
    ] { rules[key] = .harmless }
    return rules
  }()
}
