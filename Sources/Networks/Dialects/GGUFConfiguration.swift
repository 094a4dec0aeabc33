internal import Storage

/// The metadata of a GGUF file as a decoder's shape.
enum GGUFConfiguration {
  /// The dialect and shape that a file's metadata describe.
  ///
  /// - Parameters:
  ///   - file: The file; whether it has an output matrix and rotary divisors is read from its tensors.
  ///   - positions: The most positions that will be used, 131,072 if left out; the model's own limit where that is smaller.
  /// - Returns: Both.
  /// - Throws: `CheckpointError` for another architecture, a missing key, and any key that is not used or harmless.
  static func read(
    _ file: GGUFFile, positions: Int? = nil
  ) throws -> (dialect: CheckpointDialect, shape: DecoderConfiguration) {
    let name = file.metadata["general.architecture"]?.text
    let known = [CheckpointDialect.llama, .qwen2, .qwen3]
    guard let name, let dialect = known.first(where: { $0.name == name }) else {
      throw CheckpointError.architecture(
        name ?? "none", file: file.path, known: known.map(\.name))
    }
    var own: [String: JSONValue] = [:]
    for (key, value) in file.metadata where !isHarmless(key) {
      guard key.hasPrefix(name + ".") else {
        throw CheckpointError.unknownKey(key, value: JSONValue(value).summary, file: file.path)
      }
      own[String(key.dropFirst(name.count + 1))] = JSONValue(value)
    }
    let keys = ConfigurationKeys(object: own, file: file.path, prefix: name + ".")
    try keys.check(rules)
    return (dialect, try shape(file, keys, dialect, positions))
  }

  /// Descriptions, and what the tokenizer reads.
  private static func isHarmless(_ key: String) -> Bool {
    ["general.", "tokenizer.", "quantize.imatrix."].contains { key.hasPrefix($0) }
  }

  private static let rules: [String: KeyRule] = {
    var rules: [String: KeyRule] = [
      "rope.scaling.type": .used, "rope.scaling.finetuned": .harmless,
      "expert_count": .only([.integer(0)]), "expert_used_count": .only([.integer(0)]),
    ]
    for key in [
      "block_count", "context_length", "embedding_length", "feed_forward_length", "vocab_size",
      "attention.head_count", "attention.head_count_kv", "attention.key_length",
      "attention.value_length", "attention.layer_norm_rms_epsilon", "rope.freq_base",
      "rope.dimension_count", "rope.scaling.factor", "rope.scaling.original_context_length",
    ] { rules[key] = .used }
    return rules
  }()

  private static func shape(
    _ file: GGUFFile, _ keys: ConfigurationKeys, _ dialect: CheckpointDialect, _ positions: Int?
  ) throws -> DecoderConfiguration {
    let heads = try keys.integer("attention.head_count", in: 1...1 << 12)
    let shared = try keys.optionalInteger("attention.head_count_kv", in: 1...heads) ?? heads
    guard heads.isMultiple(of: shared) else {
      throw keys.expected("a divisor of \(heads) heads", "attention.head_count_kv")
    }
    let width = try keys.integer("embedding_length")
    let headWidth = try headWidth(keys, width / heads)
    let longest = try keys.integer("context_length", in: 1...1 << 26)
    guard let embedding = file.tensors["token_embd.weight"] else {
      throw CheckpointError.missingTensor("token_embd.weight", file: file.path)
    }
    // Where the key is there, it must be what the embedding has.
    let rows = min(embedding.rows, 1 << 22)
    _ = try keys.optionalInteger("vocab_size", in: rows...rows)
    var variations = DecoderVariations()
    variations.hasBiases = dialect.hasBiases
    variations.hasHeadNorms = dialect.hasHeadNorms
    variations.hasOwnOutput = file.tensors["output.weight"] != nil
    variations.rotaryScaling = try scaling(file, keys, headWidth / 2, Double(longest))
    return DecoderConfiguration(
      vocabularySize: rows, layers: try keys.integer("block_count", in: 1...1024),
      width: width, heads: heads, keyValueHeads: shared, headWidth: headWidth,
      hidden: try keys.integer("feed_forward_length"),
      positions: min(longest, positions ?? PretrainedModel.mostPositions),
      rotaryBase: try keys.optionalNumber("rope.freq_base") ?? 10_000,
      normEpsilon: try keys.number("attention.layer_norm_rms_epsilon"),
      variations: variations == DecoderVariations() ? nil : variations)
  }

  /// Keys, values and rotation must have one width.
  private static func headWidth(_ keys: ConfigurationKeys, _ derived: Int) throws -> Int {
    let width = try keys.optionalInteger("attention.key_length", in: 2...1 << 14) ?? derived
    guard width > 0, width.isMultiple(of: 2) else {
      throw keys.expected("an even width", "attention.key_length")
    }
    for key in ["attention.value_length", "rope.dimension_count"] {
      _ = try keys.optionalInteger(key, in: width...width)
    }
    return width
  }

  private static func scaling(
    _ file: GGUFFile, _ keys: ConfigurationKeys, _ pairs: Int, _ longest: Double
  ) throws -> RotaryScaling {
    let kind = try keys.optionalText("rope.scaling.type") ?? "none"
    let divisors = file.tensors["rope_freqs.weight"]
    if let divisors {
      guard divisors.shape == [pairs] else {
        throw CheckpointError.shape(
          divisors.name, expected: [pairs], received: divisors.shape, file: file.path)
      }
    }
    switch kind {
    case "none": return divisors.map { .divisors($0.values().map { Double($0) }) } ?? .none
    case "linear" where divisors == nil:
      return .linear(factor: try keys.number("rope.scaling.factor"))
    case "yarn" where divisors == nil:
      let factor = try keys.number("rope.scaling.factor")
      let original = try keys.optionalNumber("rope.scaling.original_context_length") ?? longest
      return .yarn(
        RotaryScaling.Yarn(
          factor: factor, original: original, fast: 32, slow: 1,
          magnitude: RotaryScaling.Yarn.magnitude(factor), isTruncated: true))
    default:
      throw CheckpointError.refused(
        keys.prefix + "rope.scaling.type", value: "\"\(kind)\"",
        expected: "none, linear or yarn, without rope_freqs.weight", file: file.path)
    }
  }
}
