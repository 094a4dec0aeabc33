internal import Storage

extension PictureProcessor {
  /// The processor that a `preprocessor_config.json` describes.
  ///
  /// - Parameters:
  ///   - bytes: The file.
  ///   - file: Its path, for sentences.
  /// - Returns: The processor.
  /// - Throws: `CheckpointError` for another kind, a missing key, and any key that is not used or harmless.
  package static func read(_ bytes: [UInt8], file: String) throws -> PictureProcessor {
    guard case .object(let object) = try JSONValue(bytes, from: file) else {
      throw CheckpointError.noObject(file: file)
    }
    let keys = ConfigurationKeys(object: object, file: file)
    // Before processors had a name of their own, they were called feature extractors.
    let older = try keys.optionalText("feature_extractor_type")?
      .replacing("FeatureExtractor", with: "ImageProcessor")
    let name = try keys.optionalText("image_processor_type") ?? older
    guard let name else { throw keys.expected("the kind of the processor", "image_processor_type") }
    return try read(keys, named: name)
  }

  /// The processor of a kind; endings that say which library computes are left off the name.
  static func read(_ keys: ConfigurationKeys, named name: String) throws -> PictureProcessor {
    let kind = ["Fast", "Pil"].reduce(name) {
      $0.hasSuffix($1) ? String($0.dropLast($1.count)) : $0
    }
    guard let own = ownRules[kind] else {
      throw CheckpointError.refused(
        "image_processor_type", value: "\"\(name)\"",
        expected: ownRules.keys.sorted().joined(separator: ", "), file: keys.file)
    }
    try keys.check(common.merging(own) { $1 })
    switch kind {
    case "CLIPImageProcessor": return .cropped(try CropProcessor(keys))
    case "SiglipImageProcessor": return .square(try SquareProcessor(keys))
    case "Qwen2VLImageProcessor": return .patched(try PatchProcessor(keys))
    default: return .tiled(try TileProcessor(keys))
    }
  }

  private static let common: [String: KeyRule] = {
    var rules: [String: KeyRule] = [:]
    for key in ["do_resize", "do_rescale", "do_normalize"] { rules[key] = .only([.flag(true)]) }
    for key in ["size", "resample", "rescale_factor", "image_mean", "image_std"] {
      rules[key] = .used
    }
    // Pictures are always of three colours here, and of one size: no padding is left to do.
    for key in [
      "image_processor_type", "feature_extractor_type", "processor_class", "do_convert_rgb",
      "do_pad", "return_tensors", "data_format", "input_data_format", "device",
      "disable_grouping", "default_to_square", "video_sampling", "image_seq_length",
      "return_row_col_info", "_processor_class", "video_processor_type",
    ] { rules[key] = .harmless }
    for key in ["do_center_crop", "crop_size", "pad_size"] { rules[key] = .only([.flag(false)]) }
    return rules
  }()

  private static let tiledRules: [String: KeyRule] = [
    "do_image_splitting": .used, "max_image_size": .used,
  ]

  private static let ownRules: [String: [String: KeyRule]] = [
    "CLIPImageProcessor": ["do_center_crop": .only([.flag(true)]), "crop_size": .used],
    "SiglipImageProcessor": [:],
    "SmolVLMImageProcessor": tiledRules,
    "Idefics3ImageProcessor": tiledRules,
    "Qwen2VLImageProcessor": [
      "patch_size": .used, "merge_size": .used, "temporal_patch_size": .used,
      "min_pixels": .used, "max_pixels": .used,
    ],
  ]
}

extension ConfigurationKeys {
  /// An object inside this one.
  func object(_ key: String) throws -> ConfigurationKeys? {
    switch self[key] {
    case nil: return nil
    case .object(let inner)?:
      return ConfigurationKeys(object: inner, file: file, prefix: prefix + key + ".")
    default: throw expected("an object", key)
    }
  }

  /// A list of whole numbers in a range, or `nil` where the key is absent.
  func optionalIntegers(_ key: String, in range: ClosedRange<Int>) throws -> [Int]? {
    guard let value = self[key] else { return nil }
    guard case .list(let list) = value else { throw expected("whole numbers in \(range)", key) }
    return try list.map { entry in
      guard case .integer(let integer) = entry, range.contains(integer) else {
        throw expected("whole numbers in \(range)", key)
      }
      return integer
    }
  }

  /// The filter; the names of other numbers are refused.
  fileprivate func filter(_ standard: Resampling) throws -> Resampling {
    guard let number = try optionalInteger("resample", in: 0...5) else { return standard }
    guard let filter = Resampling(rawValue: number) else {
      throw CheckpointError.refused(
        prefix + "resample", value: "\(number)",
        expected: "0 (nearest), 1 (Lanczos), 2 (bilinear) or 3 (bicubic)", file: file)
    }
    return filter
  }

  fileprivate func rescaling(_ standard: PictureRescaling) throws -> PictureRescaling {
    var result = standard
    if let factor = try optionalNumber("rescale_factor") { result.factor = factor }
    if let mean = try colours("image_mean") { result.mean = mean }
    if let deviation = try colours("image_std") { result.deviation = deviation }
    guard result.deviation.allSatisfy({ $0 > 0 }) else {
      throw expected("three positive numbers", "image_std")
    }
    return result
  }

  /// Three numbers.
  private func colours(_ key: String) throws -> [Float]? {
    guard let value = self[key] else { return nil }
    guard case .list(let list) = value, list.count == 3 else {
      throw expected("three numbers", key)
    }
    return try list.map { entry in
      switch entry {
      case .integer(let integer): Float(integer)
      case .number(let number): Float(number)
      default: throw expected("three numbers", key)
      }
    }
  }

  /// A side or a number of pixels.
  fileprivate static let pixels = 1...1 << 26
}

extension SquareProcessor {
  fileprivate init(_ keys: ConfigurationKeys) throws {
    guard let size = try keys.object("size") else { throw keys.expected("a size", "size") }
    try size.check(["height": .used, "width": .used])
    self.init(
      width: try size.integer("width", in: 1...8192),
      height: try size.integer("height", in: 1...8192))
    filter = try keys.filter(filter)
    rescaling = try keys.rescaling(rescaling)
  }
}

extension CropProcessor {
  /// Older files write one number for a size.
  fileprivate init(_ keys: ConfigurationKeys) throws {
    func size(_ key: String, _ names: [String]) throws -> [Int] {
      if case .integer? = keys[key] {
        return try names.map { _ in try keys.integer(key, in: 1...8192) }
      }
      guard let size = try keys.object(key) else { throw keys.expected("a size", key) }
      try size.check(Dictionary(uniqueKeysWithValues: names.map { ($0, .used) }))
      return try names.map { try size.integer($0, in: 1...8192) }
    }
    let shortest = try size("size", ["shortest_edge"])[0]
    let kept = try size("crop_size", ["height", "width"])
    guard kept.allSatisfy({ $0 <= shortest }) else {
      throw keys.expected("at most the \(shortest) pixels of 'size'", "crop_size")
    }
    self.init(shortest: shortest, width: kept[1], height: kept[0])
    filter = try keys.filter(filter)
    rescaling = try keys.rescaling(rescaling)
  }
}

extension TileProcessor {
  fileprivate init(_ keys: ConfigurationKeys) throws {
    func longest(_ key: String) throws -> Int {
      guard let size = try keys.object(key) else { throw keys.expected("a size", key) }
      try size.check(["longest_edge": .used])
      return try size.integer("longest_edge", in: 1...8192)
    }
    self.init(longest: try longest("size"), tile: try longest("max_image_size"))
    splits = try keys.optionalFlag("do_image_splitting") ?? true
    filter = try keys.filter(filter)
    rescaling = try keys.rescaling(rescaling)
  }
}

extension PatchProcessor {
  fileprivate init(_ keys: ConfigurationKeys) throws {
    self.init()
    if let size = try keys.object("size") {
      try size.check(["shortest_edge": .used, "longest_edge": .used])
      fewest = try size.integer("shortest_edge", in: ConfigurationKeys.pixels)
      most = try size.integer("longest_edge", in: ConfigurationKeys.pixels)
    }
    fewest = try keys.optionalInteger("min_pixels", in: ConfigurationKeys.pixels) ?? fewest
    most = try keys.optionalInteger("max_pixels", in: ConfigurationKeys.pixels) ?? most
    guard fewest <= most else { throw keys.expected("no fewer than the least", "max_pixels") }
    patch = try keys.optionalInteger("patch_size", in: 1...256) ?? patch
    merge = try keys.optionalInteger("merge_size", in: 1...16) ?? merge
    frames = try keys.optionalInteger("temporal_patch_size", in: 1...16) ?? frames
    filter = try keys.filter(filter)
    rescaling = try keys.rescaling(rescaling)
  }
}
