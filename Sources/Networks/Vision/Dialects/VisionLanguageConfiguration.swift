internal import Storage

/// What the `config.json` of a model that reads pictures says: its tower and, where it has one, its decoder.
package struct VisionLanguageConfiguration: Sendable, Hashable {
  /// The tower, and what leads from it to the decoder.
  package var vision: VisionConfiguration
  /// The decoder's architecture.
  package var dialect: CheckpointDialect?
  /// The decoder's shape.
  package var decoder: DecoderConfiguration?
  /// The token in whose places the rows of a picture stand.
  package var imageToken: Int?
  /// The token in whose places the rows of a video stand.
  package var videoToken: Int?
  /// Whether files of the kind may come without the matrix behind a class row.
  var mayLackProjection = false

  /// The `model_type` of every model that is read.
  static let kinds = [
    "clip", "clip_vision_model", "siglip", "siglip_vision_model", "idefics3", "smolvlm",
    "qwen2_vl", "qwen2_5_vl",
  ]

  /// Whether a configuration is of a model with pictures.
  ///
  /// - Throws: `StorageError.unreadable` where the file is no JSON.
  package static func describes(_ bytes: [UInt8], file: String) throws -> Bool {
    guard case .object(let object) = try JSONValue(bytes, from: file),
      case .text(let kind)? = object["model_type"]
    else { return false }
    return kinds.contains(kind)
  }

  /// Reads a `config.json`.
  ///
  /// - Parameters:
  ///   - bytes: The file's bytes.
  ///   - file: Its path, for sentences.
  ///   - positions: The most positions that will be used, 131,072 if left out; the model's own limit where that is smaller.
  /// - Throws: `CheckpointError` for another architecture, a missing key, and any key that is not used or harmless.
  package init(_ bytes: [UInt8], file: String, positions: Int? = nil) throws {
    guard case .object(let object) = try JSONValue(bytes, from: file) else {
      throw CheckpointError.noObject(file: file)
    }
    let keys = ConfigurationKeys(object: object, file: file)
    let kind = try keys.optionalText("model_type")
    if let alone = try VisionKeys.tower(ofKind: kind, keys) {
      vision = alone
      mayLackProjection = kind == "clip_vision_model"
      return
    }
    switch kind {
    case "idefics3", "smolvlm":
      vision = try VisionKeys.tower(.idefics3, try keys.inner("vision_config", VisionKeys.siglip))
      try readIdefics3(keys, positions)
    case "qwen2_vl":
      vision = try VisionKeys.tower(.qwen2, try keys.inner("vision_config", VisionKeys.qwen2))
      try readQwen(keys, positions)
    case "qwen2_5_vl":
      vision = try VisionKeys.tower(.qwen25, try keys.inner("vision_config", VisionKeys.qwen25))
      try readQwen(keys, positions)
    case let other:
      throw CheckpointError.architecture(other ?? "none", file: file, known: Self.kinds)
    }
  }

  private mutating func readIdefics3(_ keys: ConfigurationKeys, _ positions: Int?) throws {
    try keys.check(
      VisionKeys.outside(
        [
          "vision_config", "text_config", "scale_factor", "image_token_id", "tie_word_embeddings",
        ], harmless: ["vocab_size", "_pad_token_id", "use_reentrant_checkpointing"]))
    let text = try TextSettings(keys, own: keys.object("text_config"))
    try setDecoder(
      text, try CheckpointDialect.named(text.kind ?? "llama", file: keys.file), positions)
    vision.merge = try keys.optionalInteger("scale_factor", in: 1...16) ?? 2
    guard vision.side.isMultiple(of: vision.merge) else {
      throw keys.expected("a divisor of \(vision.side) patches", "scale_factor")
    }
    imageToken = try token("image_token_id", keys)
  }

  private mutating func readQwen(_ keys: ConfigurationKeys, _ positions: Int?) throws {
    let text = try TextSettings(keys, own: keys.object("text_config"), outside: VisionKeys.qwen)
    try setDecoder(text, .qwen2, positions)
    let axes = try text.axes(pairs: (decoder?.headWidth ?? 0) / 2)
    decoder?.variations?.rotaryAxes = axes
    imageToken = try token("image_token_id", keys)
    videoToken = try token("video_token_id", keys)
  }

  private mutating func setDecoder(
    _ text: TextSettings, _ dialect: CheckpointDialect, _ positions: Int?
  ) throws {
    try text.check(dialect)
    let shape = try HuggingFaceConfiguration.shape(text.keys, dialect, positions)
    guard vision.outputs == 0 || vision.outputs == shape.width else {
      throw text.keys.expected("the \(vision.outputs) columns of the tower", "hidden_size")
    }
    vision.outputs = shape.width
    self.dialect = dialect
    decoder = shape
    // A decoder with pictures has variations, if only to hold its axes.
    decoder?.variations = shape.variations ?? DecoderVariations()
  }

  private func token(_ key: String, _ keys: ConfigurationKeys) throws -> Int? {
    try keys.optionalInteger(key, in: 0...(decoder?.vocabularySize ?? 1) - 1)
  }
}
