internal import Core
internal import Networks
internal import Plugins
internal import Student
internal import Tasks

struct PretrainedParameters: PluginParameters {
  var path: String?
  var prompt = "{query}"
  var frames = false
  var hinted = ""
  var template = "plain"
  var positions = 512
  var trained = Trained.lora
  var lora = Lora()
  var pictures = Pictures()
  var connector = true
  var tower: Tower?

  /// What is trained of the model.
  enum Trained: String, Codable, CaseIterable {
    /// Low-rank changes beside frozen weights.
    case lora
    /// The weights themselves.
    case all
  }

  /// Low-rank changes, in PEFT's words.
  struct Lora: DefaultedConfiguration {
    var rank = 16
    var alpha = 32.0
    var targets: [String] = []
    var rankStabilised = false

    static let keys: [String: KeyDeclaration] = [
      "rank": .integer(1...4096, "rows of A", unit: "rows"),
      "alpha": .real(.above(0, to: 1e6), "what B·A is multiplied by, times 1/rank"),
      "targets": .list(
        of: .text, "names of layers, such as q_proj; every linear layer if left out"),
      "rankStabilised": .flag("whether B·A is scaled by alpha/√rank"),
    ]
  }

  var files: [String] {
    (path.map { [PretrainedModel.located($0)] } ?? []) + [pictures.folder].compactMap(\.self)
  }

  static let keys: [String: KeyDeclaration] = [
    "path": .text(
      """
      a GGUF file, a folder of config.json, tokenizer.json and safetensors, or the name of a fetched model; \
      mandatory
      """),
    "frames": .flag(
      "whether the features of the frames in view are read before the text, through a matrix that is trained, too"
    ),
    "trained": .choice(
      Trained.self, "lora: low-rank changes beside frozen weights; all: the weights themselves"),
    "lora": .structure(Lora.self, "what is trained beside frozen weights"),
    "pictures": .structure(Pictures.self, "what a model with pictures is shown of the videos"),
    "connector": .flag(
      "whether what leads from the tower to the decoder is trained as a whole beside lora, of a model with pictures"
    ),
    "tower": .structure(
      Tower.self,
      "low-rank changes of every layer of the tower, of a model with pictures; frozen if left out"),
  ].merging(TextSettings.format) { $1 }

  /// The model; only headers are read.
  func model() throws -> PretrainedModel {
    guard let path else {
      throw LaboratoryError.mandatory(key: "path", why: "the student is the model that lies there")
    }
    return try PretrainedModel(path, positions: positions)
  }

  /// The most rows of a prompt.
  ///
  /// - Throws: `LaboratoryError.positions` where an answer leaves none.
  func longest(_ codec: AnswerCodec) throws -> Int {
    let longest = positions - codec.maximumLength
    guard longest > 0 else {
      throw LaboratoryError.positions(positions, answer: codec.maximumLength)
    }
    return longest
  }

  /// How prompts become text, perhaps after frames.
  func prompts(_ codec: AnswerCodec, of dataset: Dataset) throws -> TextPrompts {
    guard !frames || dataset.channels > 0 else {
      throw ConfigurationError.unusable(
        path: "student.pretrained.frames", reason: "the data has no frames", source: nil)
    }
    guard frames || !(prompt + hinted).contains("{frames}") else {
      throw ConfigurationError.unusable(
        path: "student.pretrained.prompt", reason: "it shows {frames}, and 'frames' is false",
        source: nil)
    }
    return try TextPrompts(
      format: prompt, hinted: hinted, template: template, tokenizer: codec.tokenizer,
      longest: try longest(codec),
      frames: frames
        ? PromptEncoder(
          channels: dataset.channels, tokensPerFrame: dataset.tokensPerFrame,
          scale: dataset.featureScale) : nil)
  }

  /// What is trained beside frozen weights; `nil` where those are trained themselves.
  func adapter() throws -> AdapterConfiguration? {
    guard trained == .lora else { return nil }
    var adapter = AdapterConfiguration(
      rank: lora.rank, alpha: lora.alpha,
      targets: lora.targets.isEmpty ? .allLinear : .names(lora.targets))
    adapter.isRankStabilised = lora.rankStabilised
    adapter.base = path
    return adapter
  }
}

extension Laboratory {
  /// Adds students that are language models from disk.
  mutating func registerPretrained() throws {
    let summary = "a pretrained language model that reads prompts as text"
    bringingWeights.insert("pretrained")
    try tokenizers.register(
      "pretrained", summary: summary, parameters: PretrainedParameters.self
    ) { parameters, _ in try parameters.tokenizer() }
    try students.register(
      "pretrained", summary: summary, parameters: PretrainedParameters.self
    ) { parameters, context in
      if let folder = try parameters.folderWithPictures() {
        return try parameters.seeing(VisionModel(folder, positions: parameters.positions), context)
      }
      try parameters.refusePictures()
      return try DecoderStudent(
        try parameters.model(), tokenizer: context.codec.tokenizer,
        prompts: try parameters.prompts(context.codec, of: context.dataset),
        adapter: try parameters.adapter(),
        seed: context.seed.derived("weights"))
    }
  }
}
