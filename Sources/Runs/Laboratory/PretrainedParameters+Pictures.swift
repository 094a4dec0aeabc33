internal import Core
internal import Networks
internal import Plugins
internal import Student
internal import Tasks
internal import Tokenizers

extension PretrainedParameters {
  /// What a model with pictures is shown of the videos.
  struct Pictures: DefaultedConfiguration {
    var folder: String?
    var side: Int?
    var tiles = false
    var times = false

    static let keys: [String: KeyDeclaration] = [
      "folder": .text(
        """
        the folder of the videos, which are found by the names that the data gives them; no pictures if left out. The frames \
        in view stand at {frames} of the prompt, or before it
        """),
      "side": .integer(
        16...8192,
        "to how much the longer side is scaled down before the model's own preparation; as filmed if left out",
        unit: "px"),
      "tiles": .flag(
        "whether a large frame is cut into tiles, as the model's pictures are; else it is one"),
      "times": .flag("whether the time of a frame stands before it: Frame from 01:05:"),
    ]
  }

  /// The tokenizer that lies beside the model.
  ///
  /// - Throws: `LaboratoryError.noEnd` for one with which no answer ends; `TokenizerError` or `StorageError`.
  func tokenizer() throws -> BytePairTokenizer {
    let tokenizer =
      try folderWithPictures().map { try BytePairTokenizer(folder: $0) }
      ?? BytePairTokenizer(of: model())
    guard !tokenizer.ends.isEmpty else { throw LaboratoryError.noEnd(path: path ?? "") }
    return tokenizer
  }

  /// Low-rank changes of a tower.
  struct Tower: DefaultedConfiguration {
    var rank = 8
    var alpha = 16.0

    static let keys: [String: KeyDeclaration] = [
      "rank": .integer(1...4096, "rows of A", unit: "rows"),
      "alpha": .real(.above(0, to: 1e6), "what B·A is multiplied by, times 1/rank"),
    ]
  }

  /// The folder of a model with pictures; `nil` where the model reads text alone.
  ///
  /// - Throws: `StorageError` where it has a configuration that cannot be read.
  func folderWithPictures() throws -> String? {
    guard let folder = path.map(PretrainedModel.located) else { return nil }
    return try VisionModel.lies(in: folder) ? folder : nil
  }

  private func unusable(_ key: String, _ reason: String) -> ConfigurationError {
    .unusable(path: "student.pretrained.\(key)", reason: reason, source: nil)
  }

  /// Refuses keys of models with pictures for a model that reads text alone.
  ///
  /// - Throws: `ConfigurationError.unusable`.
  func refusePictures() throws {
    let model = "the model '\(path ?? "")' reads no pictures"
    guard pictures.folder == nil else { throw unusable("pictures.folder", model) }
    guard tower == nil else { throw unusable("tower", model) }
  }

  /// Refuses keys of models that read text alone, and frames that nobody can show.
  private func checkPictures() throws {
    guard !frames else {
      throw unusable(
        "frames", "the model looks at frames itself; name the videos in pictures.folder")
    }
    guard pictures.folder != nil || !(prompt + hinted).contains("{frames}") else {
      throw unusable(
        "prompt", "it shows {frames}, and 'pictures.folder' does not say where the videos are")
    }
    guard pictures.folder != nil || tower == nil else {
      throw unusable("tower", "'pictures.folder' does not say where the videos are")
    }
  }

  /// A student that looks at the videos of its prompts.
  ///
  /// - Throws: `ConfigurationError.unusable` for keys that do not fit; what is wrong with model or videos.
  func seeing(_ model: VisionModel, _ context: RunContext) throws -> SeeingStudent {
    try checkPictures()
    let videos = try pictures.folder.map {
      try VideoFolder($0, side: pictures.side ?? .max, patch: 1)
    }
    if let videos {
      // A video that is missing is found before anything is trained, not at the step that asks for it.
      for prompt in context.dataset.all where prompt.origin == nil && prompt.evidence.frames > 0 {
        _ = try videos.file(of: prompt)
      }
    }
    return try SeeingStudent(
      model, tokenizer: context.codec.tokenizer,
      text: TextPrompts(
        format: prompt, hinted: hinted, template: template, tokenizer: context.codec.tokenizer,
        longest: try longest(context.codec)),
      training: try pictureTraining(), videos: videos, seed: context.seed.derived("weights"))
  }

  private func pictureTraining() throws -> PictureTraining {
    guard let decoder = try adapter() else {
      throw unusable("trained", "a model with pictures is trained by lora, connector and tower")
    }
    var training = PictureTraining(decoder: decoder)
    training.tower = tower.map {
      AdapterConfiguration(rank: $0.rank, alpha: $0.alpha, targets: .allLinear)
    }
    training.connector = connector && pictures.folder != nil
    (training.cutsTiles, training.saysTimes) = (pictures.tiles, pictures.times)
    return training
  }
}
