internal import Storage

/// The `config.json` beside safetensors: as transformers 5 writes it, and as older files on the Hub have it.
enum HuggingFaceConfiguration {
  /// The dialect and shape that a `config.json` describes.
  ///
  /// - Parameters:
  ///   - bytes: The file's bytes.
  ///   - file: Its path, for sentences.
  ///   - positions: The most positions that will be used, 131,072 if left out; the model's own limit where that is smaller.
  /// - Returns: Both.
  /// - Throws: `CheckpointError` for another architecture, a missing key, and any key that is not used or harmless.
  static func read(
    _ bytes: [UInt8], file: String, positions: Int? = nil
  ) throws -> (dialect: CheckpointDialect, shape: DecoderConfiguration) {
    guard case .object(let object) = try JSONValue(bytes, from: file) else {
      throw CheckpointError.noObject(file: file)
    }
    let keys = ConfigurationKeys(object: object, file: file)
    let dialect = try CheckpointDialect.named(try keys.optionalText("model_type"), file: file)
    try keys.check(dialect.rules)
    return (dialect, try shape(keys, dialect, positions))
  }

  /// The shape that settings describe whose keys were checked.
  static func shape(
    _ keys: ConfigurationKeys, _ dialect: CheckpointDialect, _ positions: Int?
  ) throws -> DecoderConfiguration {
    let heads = try keys.integer("num_attention_heads", in: 1...1 << 12)
    let width = try keys.integer("hidden_size")
    let layers = try keys.integer("num_hidden_layers", in: 1...1024)
    let longest = try keys.integer("max_position_embeddings", in: 1...1 << 26)
    let rotary = try RotaryKeys.read(keys, longest: longest)
    var variations = DecoderVariations()
    variations.hasBiases = dialect.hasBiases
    variations.hasHeadNorms = dialect.hasHeadNorms
    variations.hasOwnOutput = try keys.optionalFlag("tie_word_embeddings") != true
    variations.rotaryScaling = rotary.scaling
    try setWindows(&variations, keys, dialect, layers: layers)
    return DecoderConfiguration(
      vocabularySize: try keys.integer("vocab_size"), layers: layers, width: width, heads: heads,
      keyValueHeads: try keyValueHeads(keys, dialect, heads),
      headWidth: try headWidth(keys, dialect, width, heads),
      hidden: try keys.integer("intermediate_size"),
      positions: min(longest, positions ?? PretrainedModel.mostPositions), rotaryBase: rotary.base,
      // The default of all five classes.
      normEpsilon: try keys.optionalNumber("rms_norm_eps") ?? 1e-6,
      variations: variations == DecoderVariations() ? nil : variations)
  }

  private static func keyValueHeads(
    _ keys: ConfigurationKeys, _ dialect: CheckpointDialect, _ heads: Int
  ) throws -> Int {
    let range = 1...heads
    let count =
      dialect.derivesHeads
      ? try keys.optionalInteger("num_key_value_heads", in: range) ?? heads
      : try keys.integer("num_key_value_heads", in: range)
    guard heads.isMultiple(of: count) else {
      throw keys.expected("a divisor of \(heads) heads", "num_key_value_heads")
    }
    return count
  }

  private static func headWidth(
    _ keys: ConfigurationKeys, _ dialect: CheckpointDialect, _ width: Int, _ heads: Int
  ) throws -> Int {
    let given = try keys.optionalInteger("head_dim", in: 2...1 << 14)
    // Qwen 3's class would take 128 whatever the width.
    if given == nil, dialect == .qwen3 { throw keys.expected("a head's width", "head_dim") }
    let found = given ?? width / heads
    guard found > 0, found.isMultiple(of: 2) else {
      throw keys.expected("an even width", "head_dim")
    }
    return found
  }

  private static func setWindows(
    _ variations: inout DecoderVariations, _ keys: ConfigurationKeys, _ dialect: CheckpointDialect,
    layers: Int
  ) throws {
    let window = dialect.windows == .none ? nil : try keys.optionalInteger("sliding_window")
    switch dialect.windows {
    case .none: return
    case .everyLayer: variations.slidingLayers = window == nil ? [] : Array(0..<layers)
    case .listed: variations.slidingLayers = try slidingLayers(keys, window, layers: layers)
    }
    variations.slidingWindow = variations.slidingLayers.isEmpty ? nil : window
  }

  private static func slidingLayers(
    _ keys: ConfigurationKeys, _ window: Int?, layers: Int
  ) throws -> [Int] {
    let isUsed = try keys.optionalFlag("use_sliding_window") ?? false
    guard let value = keys["layer_types"] else {
      guard isUsed, window != nil else { return [] }
      let first = try keys.integer("max_window_layers", in: 0...1 << 22)
      return first < layers ? Array(first..<layers) : []
    }
    guard case .list(let kinds) = value, kinds.count == layers else {
      throw keys.expected("a list of \(layers) kinds", "layer_types")
    }
    for kind in kinds where kind != .text("full_attention") && kind != .text("sliding_attention") {
      throw CheckpointError.refused(
        "layer_types", value: kind.summary, expected: "full_attention or sliding_attention",
        file: keys.file)
    }
    let sliding = kinds.indices.filter { kinds[$0] == .text("sliding_attention") }
    guard sliding.isEmpty || (isUsed && window != nil) else {
      throw keys.expected("a window for the sliding layers", "sliding_window")
    }
    return sliding
  }
}
