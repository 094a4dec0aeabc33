internal import Storage
internal import Tensors

/// What the configurations of towers may say, and what they say.
enum VisionKeys {
  /// Keys that every object of a configuration may have: bookkeeping, training and generation.
  static let bookkeeping: [String: KeyRule] = {
    var rules: [String: KeyRule] = ["is_encoder_decoder": .only([.flag(false)])]
    for key in [
      "model_type", "architectures", "dtype", "torch_dtype", "transformers_version",
      "_name_or_path", "initializer_range", "initializer_factor", "attention_dropout",
      "use_cache", "tie_word_embeddings", "transformers.js_config", "return_dict",
      "output_attentions", "output_hidden_states", "_attn_implementation_autoset", "bos_token_id",
      "eos_token_id", "pad_token_id",
    ] { rules[key] = .harmless }
    return rules
  }()

  /// The keys beside tower and decoder.
  static func outside(_ used: [String], harmless: [String]) -> [String: KeyRule] {
    var rules = bookkeeping
    for key in harmless { rules[key] = .harmless }
    for key in used { rules[key] = .used }
    return rules
  }

  /// The keys beside tower and decoder of Qwen's models.
  static let qwen = outside(
    ["vision_config", "text_config", "image_token_id", "video_token_id", "tie_word_embeddings"],
    harmless: ["vision_start_token_id", "vision_end_token_id", "vision_token_id"])

  /// SigLIP's tower, also before a decoder.
  static let siglip: [String: KeyRule] = {
    // The sizes of pictures are the processor's business.
    var rules = outside(
      [
        "hidden_size", "intermediate_size", "num_hidden_layers", "num_attention_heads",
        "image_size", "patch_size", "hidden_act", "layer_norm_eps", "vision_use_head",
      ], harmless: ["size", "max_image_size", "projection_dim"])
    rules["num_channels"] = .only([.integer(3)])
    rules["use_base_siglip"] = .only([.flag(false), .flag(true)])
    return rules
  }()

  /// Qwen2-VL's tower.
  static let qwen2: [String: KeyRule] = qwenTower(["embed_dim", "mlp_ratio", "hidden_size"])

  /// Qwen2.5-VL's tower.
  static let qwen25: [String: KeyRule] = qwenTower([
    "hidden_size", "intermediate_size", "out_hidden_size", "window_size",
    "fullatt_block_indexes", "tokens_per_second",
  ])

  private static func qwenTower(_ own: [String]) -> [String: KeyRule] {
    var rules = outside(
      own + [
        "depth", "num_heads", "hidden_act", "patch_size", "spatial_patch_size",
        "spatial_merge_size", "temporal_patch_size", "rope_parameters",
      ], harmless: [])
    rules["in_channels"] = .only([.integer(3)])
    rules["in_chans"] = .only([.integer(3)])
    return rules
  }

  /// The tower that checked settings describe.
  ///
  /// - Throws: `CheckpointError` for a missing key or a value that is not computed.
  static func tower(
    _ family: VisionConfiguration.Family, _ keys: ConfigurationKeys
  ) throws -> VisionConfiguration {
    var result =
      switch family {
      case .siglip, .idefics3: try learned(family, keys)
      case .clip: try clipTower(keys)
      case .qwen2: try qwen2Tower(keys)
      case .qwen25: try qwen25Tower(keys)
      }
    if !family.hasLearnedPositions { try readGrid(keys, into: &result) }
    let unit = family.hasLearnedPositions ? 2 : 4
    guard result.width.isMultiple(of: unit * result.heads) else {
      throw keys.expected(
        "a divisor of \(result.width) with heads of a multiple of \(unit) numbers",
        family.hasLearnedPositions ? "num_attention_heads" : "num_heads")
    }
    return result
  }

  /// Settings that a file leaves out are those of its class: published files do.
  private static func learned(
    _ family: VisionConfiguration.Family, _ keys: ConfigurationKeys
  ) throws -> VisionConfiguration {
    let isAlone = family == .siglip
    let patch = try keys.optionalInteger("patch_size", in: 1...256) ?? (isAlone ? 16 : 32)
    let size = try keys.optionalInteger("image_size", in: 1...8192) ?? 224
    guard size >= patch else { throw keys.expected("at least a patch", "image_size") }
    var result = VisionConfiguration(
      family: family, layers: try keys.optionalInteger("num_hidden_layers", in: 1...256) ?? 12,
      width: try keys.optionalInteger("hidden_size", in: widths) ?? (isAlone ? 768 : 1152),
      heads: try keys.optionalInteger("num_attention_heads", in: 1...1024) ?? (isAlone ? 12 : 16),
      hidden: try keys.optionalInteger("intermediate_size", in: widths) ?? 3072, patch: patch,
      activation: try keys.activation() ?? .tanhGELU)
    result.side = size / patch
    result.normEpsilon = try keys.optionalNumber("layer_norm_eps") ?? 1e-6
    result.pools = try isAlone && keys.optionalFlag("vision_use_head") ?? true
    return result
  }

  private static func qwen2Tower(_ keys: ConfigurationKeys) throws -> VisionConfiguration {
    let width = try keys.integer("embed_dim", in: widths)
    var result = VisionConfiguration(
      family: .qwen2, layers: try keys.integer("depth", in: 1...256), width: width,
      heads: try keys.integer("num_heads", in: 1...1024),
      hidden: width * (try keys.optionalInteger("mlp_ratio", in: 1...16) ?? 4),
      patch: try keys.optionalInteger("patch_size", in: 1...256) ?? 14,
      activation: try keys.activation() ?? .quickGELU)
    result.outputs = try keys.integer("hidden_size", in: widths)
    return result
  }

  private static func qwen25Tower(_ keys: ConfigurationKeys) throws -> VisionConfiguration {
    var result = VisionConfiguration(
      family: .qwen25, layers: try keys.integer("depth", in: 1...256),
      width: try keys.integer("hidden_size", in: widths),
      heads: try keys.integer("num_heads", in: 1...1024),
      hidden: try keys.integer("intermediate_size", in: widths),
      patch: try keys.optionalInteger("patch_size", in: 1...256) ?? 14,
      activation: try keys.activation() ?? .silu)
    guard result.activation == .silu else {
      throw CheckpointError.refused(
        keys.prefix + "hidden_act", value: result.activation.rawValue, expected: "\"silu\"",
        file: keys.file)
    }
    result.outputs = try keys.integer("out_hidden_size", in: widths)
    let depth = result.layers
    result.fullLayers = try keys.optionalIntegers("fullatt_block_indexes", in: 0...255) ?? []
    guard result.fullLayers.allSatisfy({ $0 < depth }) else {
      throw keys.expected("numbers of \(depth) layers", "fullatt_block_indexes")
    }
    result.window = try keys.integer("window_size", in: 1...8192)
    result.positionsPerSecond = try keys.integer("tokens_per_second", in: 1...10_000)
    return result
  }

  /// What both of Qwen's towers have.
  private static func readGrid(
    _ keys: ConfigurationKeys, into result: inout VisionConfiguration
  ) throws {
    let patch = result.patch
    _ = try keys.optionalInteger("spatial_patch_size", in: patch...patch)
    result.merge = try keys.optionalInteger("spatial_merge_size", in: 1...16) ?? 2
    result.frames = try keys.optionalInteger("temporal_patch_size", in: 1...16) ?? 2
    if let window = result.window {
      result.window = window / result.merge / patch
      guard window >= result.merge * patch else {
        throw keys.expected("at least \(result.merge * patch) pixels", "window_size")
      }
    }
    guard let rotary = try keys.object("rope_parameters") else { return }
    try rotary.check(["rope_type": .only([.text("axial")]), "rope_theta": .used])
    result.rotaryBase = try rotary.optionalNumber("rope_theta") ?? result.rotaryBase
  }

  /// Far more than any tower has, and so few that no product of two overflows.
  static let widths = 1...1 << 16
}

extension ConfigurationKeys {
  /// An object that must be there, with its keys checked.
  func inner(_ key: String, _ rules: [String: KeyRule]) throws -> ConfigurationKeys {
    guard let inner = try object(key) else { throw expected("an object", key) }
    try inner.check(rules)
    return inner
  }

  /// The function of the feed-forward part, or `nil` where the key is absent.
  func activation() throws -> Activation? {
    guard let name = try optionalText("hidden_act") else { return nil }
    let known: [String: Activation] = [
      "gelu": .gelu, "gelu_pytorch_tanh": .tanhGELU, "quick_gelu": .quickGELU, "silu": .silu,
    ]
    guard let activation = known[name] else {
      throw CheckpointError.refused(
        prefix + "hidden_act", value: "\"\(name)\"",
        expected: known.keys.sorted().joined(separator: ", "), file: file)
    }
    return activation
  }
}
