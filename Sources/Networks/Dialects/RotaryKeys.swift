internal import Storage

/// What a configuration says of rotary positions, in either of its forms.
enum RotaryKeys {
  /// The base and the scaling.
  ///
  /// - Parameters:
  ///   - keys: A config.json: `rope_parameters`, or `rope_theta` with `rope_scaling` (where `type` may stand for `rope_type`).
  ///   - longest: `max_position_embeddings`, which stands in for a missing original length.
  /// - Returns: Both; 10,000 where no base is given.
  /// - Throws: `CheckpointError` for another kind, and any key that the kind does not use.
  static func read(
    _ keys: ConfigurationKeys, longest: Int
  ) throws -> (base: Double, scaling: RotaryScaling) {
    let own = ["rope_parameters", "rope_scaling"].filter { keys[$0] != nil }
    guard own.count < 2 else {
      throw CheckpointError.refused(
        "rope_scaling", value: keys["rope_scaling"]?.summary ?? "",
        expected: "one of rope_parameters and rope_scaling", file: keys.file)
    }
    let outer = try keys.optionalNumber("rope_theta")
    guard let name = own.first else { return (outer ?? 10_000, .none) }
    guard case .object(let object)? = keys[name] else { throw keys.expected("an object", name) }
    let inner = ConfigurationKeys(object: object, file: keys.file, prefix: name + ".")
    let base = try inner.optionalNumber("rope_theta")
    if let base, let outer, base != outer {
      throw CheckpointError.refused(
        "rope_theta", value: "\(outer)", expected: "\(base) as in \(name)", file: keys.file)
    }
    return (base ?? outer ?? 10_000, try scaling(inner, longest: Double(longest)))
  }

  private static func scaling(
    _ keys: ConfigurationKeys, longest: Double
  ) throws -> RotaryScaling {
    let first = try keys.optionalText("rope_type")
    let second = try keys.optionalText("type")
    let kind = first ?? second ?? "default"
    guard let used = usedKeys[kind], second == nil || second == kind else {
      throw CheckpointError.refused(
        keys.prefix + "rope_type", value: "\"\(second ?? kind)\"",
        expected: usedKeys.keys.sorted().joined(separator: ", "), file: keys.file)
    }
    var rules: [String: KeyRule] = [
      "rope_type": .used, "type": .used, "rope_theta": .used,
      "partial_rotary_factor": .only([.integer(1), .number(1)]),
    ]
    for key in used { rules[key] = .used }
    // The plain kind reads none of these, though files carry them.
    if kind == "linear" { rules["original_max_position_embeddings"] = .harmless }
    if kind == "yarn" { rules["finetuned"] = .harmless }
    try keys.check(rules)
    switch kind {
    case "linear": return .linear(factor: try keys.number("factor"))
    case "llama3": return .llama3(try llama3(keys))
    case "yarn": return .yarn(try yarn(keys, longest))
    default: return .none
    }
  }

  private static let usedKeys: [String: [String]] = [
    "default": [], "linear": ["factor"],
    "llama3": [
      "factor", "low_freq_factor", "high_freq_factor", "original_max_position_embeddings",
    ],
    "yarn": [
      "factor", "original_max_position_embeddings", "attention_factor", "beta_fast", "beta_slow",
      "mscale", "mscale_all_dim", "truncate",
    ],
  ]

  private static func llama3(_ keys: ConfigurationKeys) throws -> RotaryScaling.Llama3 {
    let low = try keys.number("low_freq_factor")
    let high = try keys.number("high_freq_factor")
    guard high > low else { throw keys.expected("more than low_freq_factor", "high_freq_factor") }
    return RotaryScaling.Llama3(
      factor: try keys.number("factor"), low: low, high: high,
      original: try keys.number("original_max_position_embeddings"))
  }

  private static func yarn(
    _ keys: ConfigurationKeys, _ longest: Double
  ) throws -> RotaryScaling.Yarn {
    let factor = try keys.number("factor")
    var magnitude = RotaryScaling.Yarn.magnitude(factor)
    if let one = try keys.optionalNumber("mscale"),
      let other = try keys.optionalNumber("mscale_all_dim")
    {
      magnitude =
        RotaryScaling.Yarn.magnitude(factor, one) / RotaryScaling.Yarn.magnitude(factor, other)
    }
    return RotaryScaling.Yarn(
      factor: factor,
      original: try keys.optionalNumber("original_max_position_embeddings") ?? longest,
      fast: try keys.optionalNumber("beta_fast") ?? 32,
      slow: try keys.optionalNumber("beta_slow") ?? 1,
      magnitude: try keys.optionalNumber("attention_factor") ?? magnitude,
      isTruncated: try keys.optionalFlag("truncate") ?? true)
  }
}
