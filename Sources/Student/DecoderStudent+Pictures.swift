package import Core
package import Networks
internal import Tensors

/// How a student with pictures is set up.
package struct PictureTraining: Sendable {
  /// Changes of the decoder's layers.
  package var decoder: AdapterConfiguration
  /// Changes of the tower's layers; `nil` where the tower stays as it is.
  package var tower: AdapterConfiguration?
  /// Whether the connector is trained, too.
  package var connector = true
  /// Whether a large frame is cut into tiles, as pictures are; else it is one.
  package var cutsTiles = false
  /// Whether the time of a frame stands before it.
  package var saysTimes = false

  /// Changes of the decoder's layers, and a connector that is trained.
  package init(decoder: AdapterConfiguration) { self.decoder = decoder }
}

extension SeeingStudent {
  /// A model with pictures as a student: changes beside frozen weights are trained, and the connector.
  ///
  /// At first it is the model, bit for bit: B begins at 0, and the connector as it is.
  ///
  /// - Parameters:
  ///   - model: The model.
  ///   - tokenizer: Its tokenizer.
  ///   - text: How prompts become text.
  ///   - training: What is trained, and how frames are shown.
  ///   - videos: The videos that prompts are about; `nil` for a student of texts.
  ///   - seed: From which A is drawn, uniformly within ±1/√inputs as PEFT does.
  /// - Throws: `StorageError`, `CheckpointError`; `VisionError.untrained` for a family that is asked alone.
  /// - Complexity: Reads every weight. The decoder's are held twice, a frozen tower's once, in the code of their file.
  package init(
    _ model: VisionModel, tokenizer: any Tokenizer, text: TextPrompts, training: PictureTraining,
    videos: (any FilmedFrames)?, seed: Seed
  ) throws {
    let shape = try model.decoder()
    let tower = try model.tower()
    var generator = seed.generator()
    let changes = try model.adapter(
      training.decoder, tower: training.tower, connector: training.connector, file: "lora"
    ) { Float((2 * generator.uniform() - 1) / Double($0).squareRoot()) }
    let isTrained = training.tower != nil
    let alone = model.layout(of: tower, after: ParameterLayout())
    let whole = isTrained ? model.layout(of: tower, after: shape.layout) : shape.layout
    let prompts = PicturePrompts(
      text: text,
      sight: try PictureSight(
        model, in: isTrained ? whole : alone, cutsTiles: training.cutsTiles),
      tower: isTrained ? nil : .own(Weights(frozen: model, alone, for: .inference)),
      shows: videos != nil, saysTimes: training.saysTimes, outputs: shape.width)
    let base = FrozenBase(
      weights: Weights(frozen: model, whole, for: .training), adapter: changes,
      checksum: model.checksum)
    self.init(
      DecoderStudent(
        DecoderModel(shape, prompts, tokenizer, base: base), changes.parameters()),
      watcher: videos.map { FrameWatcher(videos: $0, prompts: prompts) })
  }
}
