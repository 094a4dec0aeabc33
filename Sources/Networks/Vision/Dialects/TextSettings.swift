internal import Storage

/// The decoder's part of a configuration: an object of its own, or, in older files, beside everything else.
struct TextSettings {
  /// The decoder's keys in the words of a text model, without what only models with pictures say.
  let keys: ConfigurationKeys
  /// `model_type` of the decoder.
  let kind: String?

  /// The keys as they stand, with the axes of pictures.
  private let sections: [Int]?

  /// - Parameters:
  ///   - whole: All of the configuration.
  ///   - own: The decoder's object, where it has one.
  ///   - outside: What else may stand beside the decoder's keys where they have no object; `nil` where they must.
  /// - Throws: `CheckpointError`.
  init(
    _ whole: ConfigurationKeys, own: ConfigurationKeys?, outside: [String: KeyRule]? = nil
  ) throws {
    var object: [String: JSONValue]
    if let own {
      object = own.object
      kind = try own.optionalText("model_type")
      if let outside { try Self.checkRepeats(whole, own, outside) }
    } else {
      guard let outside else { throw whole.expected("an object", "text_config") }
      let others = whole.object.filter { outside[$0.key] != nil }
      try ConfigurationKeys(object: others, file: whole.file).check(outside)
      object = whole.object.filter { others[$0.key] == nil || Self.shared.contains($0.key) }
      kind = nil
    }
    let ties = try whole.optionalFlag("tie_word_embeddings") ?? false
    if ties { object["tie_word_embeddings"] = .flag(true) }
    sections = try Self.takeSections(&object, whole.file)
    keys = ConfigurationKeys(object: object, file: whole.file, prefix: own?.prefix ?? "")
  }

  /// Keys that describe the whole model and its decoder alike.
  private static let shared: Set = ["tie_word_embeddings", "model_type"]

  /// Refuses keys beside the decoder's object, unless they say the same as it does.
  private static func checkRepeats(
    _ whole: ConfigurationKeys, _ own: ConfigurationKeys, _ outside: [String: KeyRule]
  ) throws {
    let others = whole.object.filter { own.object[$0.key] == nil || own.object[$0.key] != $0.value }
    try ConfigurationKeys(object: others, file: whole.file).check(outside)
  }

  /// Takes out how the pairs of a head are shared among time, row and column; what is left is a plain text model's.
  private static func takeSections(
    _ object: inout [String: JSONValue], _ file: String
  ) throws -> [Int]? {
    for name in ["rope_parameters", "rope_scaling"] {
      guard case .object(var inner)? = object[name] else { continue }
      let keys = ConfigurationKeys(object: inner, file: file, prefix: name + ".")
      let sections = try keys.optionalIntegers("mrope_section", in: 0...1 << 14)
      guard let sections else { continue }
      if try keys.optionalFlag("mrope_interleaved") ?? false {
        throw CheckpointError.refused(
          name + ".mrope_interleaved", value: "true", expected: "false", file: file)
      }
      for key in ["mrope_section", "mrope_interleaved"] { inner[key] = nil }
      // Older files call this a kind of its own; frequencies are the plain ones.
      for key in ["type", "rope_type"] where inner[key] == .text("mrope") {
        inner[key] = .text("default")
      }
      object[name] = .object(inner)
      return sections
    }
    return nil
  }

  /// Refuses keys that the decoder's dialect does not know.
  func check(_ dialect: CheckpointDialect) throws {
    var rules = dialect.rules
    if rules["use_sliding_window"] != nil { rules["use_sliding_window"] = .only([.flag(false)]) }
    // What the authors' training code had and the published classes do not read.
    for key in [
      "_flash_attn_2_enabled", "neftune_noise_alpha", "perceiver_config", "pixel_shuffle_factor",
      "vision_config",
    ] { rules[key] = .harmless }
    for key in ["qk_layer_norms", "use_resampler"] { rules[key] = .only([.flag(false)]) }
    try keys.check(rules)
    // Their classes have other defaults than text models; no published file relies on them.
    _ = try keys.number("rms_norm_eps")
  }

  /// The axis along which each pair of a head turns: so many by time, then by row, then by column.
  ///
  /// - Parameter pairs: Half a head's width.
  /// - Returns: 0, 1 or 2 for each pair.
  /// - Throws: `CheckpointError.key` where the sections are not all pairs.
  func axes(pairs: Int) throws -> [Int] {
    guard let sections, sections.count == 3, sections.reduce(0, +) == pairs else {
      throw keys.expected("three numbers that add up to \(pairs)", "mrope_section")
    }
    let inner = try ["rope_parameters", "rope_scaling"].compactMap { try keys.object($0) }
    guard try ([keys] + inner).contains(where: { try $0.optionalNumber("rope_theta") != nil })
    else { throw keys.expected("a base", "rope_theta") }
    return sections.enumerated().flatMap { [Int](repeating: $0.offset, count: $0.element) }
  }
}
