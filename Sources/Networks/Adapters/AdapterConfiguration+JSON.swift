internal import Foundation
internal import Storage

extension AdapterConfiguration {
  /// Reads `adapter_config.json`.
  ///
  /// - Parameters:
  ///   - bytes: The file's bytes.
  ///   - file: Its path, for sentences.
  /// - Throws: `CheckpointError` for other kinds of adapters (DoRA among them) and any key that is not used or harmless.
  package init(_ bytes: [UInt8], file: String) throws {
    guard case .object(let object) = try JSONValue(bytes, from: file) else {
      throw CheckpointError.noObject(file: file)
    }
    let keys = ConfigurationKeys(object: object, file: file)
    try keys.check(Self.rules)
    guard try keys.optionalText("peft_type") == "LORA" else {
      throw keys.expected("LORA", "peft_type")
    }
    rank = try keys.integer("r", in: Self.ranks)
    alpha = try keys.number("lora_alpha")
    isRankStabilised = try keys.optionalFlag("use_rslora") ?? false
    targets = try Self.targets(keys)
    base = try keys.optionalText("base_model_name_or_path")
    for key in try Self.patternKeys(keys, "rank_pattern") {
      rankPattern[key.name] = try key.keys.integer(key.name, in: Self.ranks)
    }
    for key in try Self.patternKeys(keys, "alpha_pattern") {
      alphaPattern[key.name] = try key.keys.number(key.name)
    }
  }

  /// Writes the file as PEFT reads it.
  ///
  /// - Throws: `StorageError.unwritable`.
  package func write(_ path: String) throws {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .prettyPrinted, .withoutEscapingSlashes]
    try AtomicFile.write(Array(try encoder.encode(json)), to: path)
  }

  /// The settings as PEFT reads them.
  private var json: JSONValue {
    let patterns = rankPattern.mapValues { JSONValue.integer($0) }
    return .object([
      "peft_type": .text("LORA"), "task_type": .text("CAUSAL_LM"), "r": .integer(rank),
      "lora_alpha": Self.number(alpha), "use_rslora": .flag(isRankStabilised),
      "rank_pattern": .object(patterns),
      "alpha_pattern": .object(alphaPattern.mapValues(Self.number)),
      "target_modules": targets.json, "base_model_name_or_path": base.map { .text($0) } ?? .null,
      "bias": .text("none"), "fan_in_fan_out": .flag(false), "inference_mode": .flag(true),
      "init_lora_weights": .flag(true), "lora_dropout": .number(0), "modules_to_save": .null,
      "use_dora": .flag(false),
    ])
  }

  private static let ranks = 1...1 << 16

  /// PEFT's class says that α is a whole number; it takes others.
  private static func number(_ value: Double) -> JSONValue {
    Int(exactly: value).map { .integer($0) } ?? .number(value)
  }

  private static func targets(_ keys: ConfigurationKeys) throws -> Targets {
    switch keys["target_modules"] {
    case nil, .null: return .usual
    case .text("all-linear"): return .allLinear
    case .text(let pattern): return .pattern(pattern)
    case .list(let list):
      let names = list.compactMap { if case .text(let name) = $0 { name } else { nil } }
      guard names.count == list.count else { fallthrough }
      return .names(names.sorted())
    default: throw keys.expected("names or a pattern", "target_modules")
    }
  }

  private static func patternKeys(
    _ keys: ConfigurationKeys, _ name: String
  ) throws -> [(name: String, keys: ConfigurationKeys)] {
    guard let value = keys[name] else { return [] }
    guard case .object(let object) = value else { throw keys.expected("an object", name) }
    let inner = ConfigurationKeys(object: object, file: keys.file, prefix: name + ".")
    return object.keys.sorted().map { ($0, inner) }
  }

  private static let rules: [String: KeyRule] = {
    var rules: [String: KeyRule] = [
      "bias": .only([.text("none")]),
      // The other ways change the base weights, or are named here so that nobody is surprised.
      "init_lora_weights": .only([.flag(true), .flag(false), .text("gaussian")]),
      "modules_to_save": .only([.list([])]), "exclude_modules": .only([.list([])]),
      "target_parameters": .only([.list([])]),
    ]
    for key in [
      "peft_type", "r", "lora_alpha", "use_rslora", "rank_pattern", "alpha_pattern",
      "target_modules", "base_model_name_or_path",
    ] { rules[key] = .used }
    for key in [
      "use_dora", "fan_in_fan_out", "lora_bias", "use_qalora", "use_bdlora", "ensure_weight_tying",
    ] { rules[key] = .only([.flag(false)]) }
    for key in [
      "layers_to_transform", "layer_replication", "trainable_token_indices", "eva_config",
      "corda_config", "kasa_config", "lora_ga_config", "monteclora_config", "velora_config",
      "arrow_config", "alora_invocation_tokens", "megatron_config",
    ] { rules[key] = .only([]) }
    // Bookkeeping, and settings of what is refused above. Dropout is for training and off where answers are computed.
    for key in [
      "auto_mapping", "inference_mode", "task_type", "revision", "peft_version", "megatron_core",
      "layers_pattern", "loftq_config", "qalora_group_size", "lora_dropout", "runtime_config",
    ] { rules[key] = .harmless }
    return rules
  }()
}

extension AdapterConfiguration.Targets {
  fileprivate var json: JSONValue {
    switch self {
    case .names(let names): .list(names.map { .text($0) })
    case .pattern(let pattern): .text(pattern)
    case .allLinear: .text("all-linear")
    case .usual: .null
    }
  }
}
